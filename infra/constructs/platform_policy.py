"""What Dagster's role may do: every call that the platform makes of AWS, on the platform's own resources.

The template makes no such role, because it depends on where Dagster runs: attach the policy to that task or instance.
Publishing contracts is not part of it; that is for whoever deploys.
"""

from collections.abc import Iterator, Sequence

from aws_cdk import Aws, aws_iam, aws_sns
from constructs import Construct

from infra.constructs.acknowledge import acknowledge, acknowledge_objects
from infra.constructs.entity import EntityResources
from infra.constructs.lake import LakeConstruct
from infra.constructs.permissions import allow
from infra.constructs.tables import TablesConstruct
from txplatform.contracts import names

_LEDGER_ACTIONS = ("BatchGetItem", "BatchWriteItem", "GetItem", "PutItem", "Query", "UpdateItem")
_CATALOG_ACTIONS = (
    *("CreateTable", "DeleteTable", "GetDatabase", "GetTable", "UpdateTable"),
    *("GetTableVersions", "BatchDeleteTableVersion"),
)
_QUERY_ACTIONS = ("GetQueryExecution", "GetQueryResults", "StartQueryExecution", "StopQueryExecution")
# Large objects are written in parts, by pyiceberg and by Athena alike.
_WRITE_ACTIONS = ("GetObject", "PutObject", "AbortMultipartUpload", "ListMultipartUploadParts")

# By prefix of the lake bucket: what may be done to its objects, and why no name can be narrower.
_OBJECTS = {
    names.RAW_PREFIX: (("GetObject", "GetObjectVersion"), "Sources choose the names of the files they drop."),
    names.CDC_PREFIX: (("GetObject", "GetObjectVersion"), "Object names hold sequence numbers."),
    names.INVENTORY_PREFIX: (("GetObject",), "S3 names the files of its reports."),
    names.WAREHOUSE_PREFIX: ((*_WRITE_ACTIONS, "DeleteObject"), "Iceberg names its data and metadata files."),
    names.ATHENA_RESULTS_PREFIX: (_WRITE_ACTIONS, "Athena names a result by its query."),
    names.DASHBOARDS_PREFIX: (
        ("GetObject", "PutObject"),
        "A dashboard is a set of pages, and of figures of each entity.",
    ),
}


_DATA_SETS = f"dataset/{names.PREFIX}-*"
_POWER_BI_SECRET = f"secret:{names.POWER_BI_SECRET}-??????"  # Secrets Manager adds six characters


class PlatformPolicyConstruct(Construct):
    """A managed policy: files and changes in, tables and views out, the ledger kept, alerts published."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        entities: Sequence[EntityResources],
        tables: TablesConstruct,
        lake: LakeConstruct,
        alerts: aws_sns.Topic,
    ) -> None:
        super().__init__(scope, construct_id)
        ledger = tables.ledger.table_arn
        self.policy = aws_iam.ManagedPolicy(
            self,
            "Policy",
            description="What the role of Dagster's processes needs of the transaction platform.",
            statements=[
                _allow("dynamodb", _LEDGER_ACTIONS, ledger, f"{ledger}/index/{names.LEDGER_PENDING_INDEX}"),
                _allow(
                    "dynamodb",
                    ["Scan", "BatchGetItem", "DescribeTable"],
                    *(entity.table.table_arn for entity in entities),
                ),
                _allow(
                    "dynamodb", ["GetItem"], tables.registry.table_arn
                ),  # contracts that older files were written for
                *_objects(lake),
                *_catalog(),
                *_queries(),
                _allow("sns", ["Publish"], alerts.topic_arn),
                _allow("secretsmanager", ["GetSecretValue"], _arn("secretsmanager", _POWER_BI_SECRET)),
                _allow("quicksight", ["CreateIngestion", "DescribeIngestion"], _arn("quicksight", _DATA_SETS)),
            ],
        )
        for prefix, (_, reason) in _OBJECTS.items():
            acknowledge_objects(self.policy, lake.bucket, prefix, reason)
        tables_arn = f"arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>:table/{names.DATABASE}/*"
        acknowledge(
            self.policy, f"IAM5[Resource::{tables_arn}]", "The platform creates the tables of its database itself."
        )
        data_sets = f"arn:<AWS::Partition>:quicksight:<AWS::Region>:<AWS::AccountId>:{_DATA_SETS}"
        acknowledge(self.policy, f"IAM5[Resource::{data_sets}]", "A run chooses the names of its ingestions.")


def _objects(lake: LakeConstruct) -> Iterator[aws_iam.PolicyStatement]:
    bucket = lake.bucket
    # Athena asks for the bucket's region and for unfinished uploads before it writes a result; reconciliation asks
    # whether the bucket keeps versions.
    actions = ("ListBucket", "GetBucketLocation", "ListBucketMultipartUploads", "GetBucketVersioning")
    yield _allow("s3", actions, bucket.bucket_arn)
    for prefix, (actions, _) in _OBJECTS.items():
        yield _allow("s3", actions, bucket.arn_for_objects(f"{prefix}/*"))


def _catalog() -> Iterator[aws_iam.PolicyStatement]:
    places = ("catalog", f"database/{names.DATABASE}", f"table/{names.DATABASE}/*")
    yield _allow("glue", _CATALOG_ACTIONS, *(_arn("glue", place) for place in places))
    # Athena looks for the default database whatever a query names:
    # https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
    yield _allow("glue", ["GetDatabase"], _arn("glue", "database/default"))


def _queries() -> Iterator[aws_iam.PolicyStatement]:
    yield _allow("athena", _QUERY_ACTIONS, _arn("athena", f"workgroup/{names.WORKGROUP}"))
    yield _allow("athena", ["GetDataCatalog"], _arn("athena", "datacatalog/AwsDataCatalog"))


def _allow(service: str, actions: Sequence[str], *resources: str) -> aws_iam.PolicyStatement:
    return allow([f"{service}:{action}" for action in actions], resources)


def _arn(service: str, resource: str) -> str:
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"
