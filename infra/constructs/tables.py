"""The DynamoDB tables: one an entity, the schema registry, the idempotency keys, and the ledger of what has landed."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy, aws_dynamodb
from constructs import Construct

from infra.environments import Environment
from txplatform.contracts import names
from txplatform.contracts.render.dynamodb import SecondaryIndex

_STRING = aws_dynamodb.AttributeType.STRING
_TYPES = {"S": _STRING, "N": aws_dynamodb.AttributeType.NUMBER}


class TablesConstruct(Construct):
    """The tables that every entity shares, and a factory for those of an entity."""

    def __init__(self, scope: Construct, construct_id: str, environment: Environment) -> None:
        super().__init__(scope, construct_id)
        self._environment = environment
        self.registry = self._table("Registry", names.REGISTRY_TABLE, hash_key="entity", range_key="item")
        self.idempotency = self._table(
            "Idempotency",
            names.IDEMPOTENCY_TABLE,
            hash_key="id",
            time_to_live_attribute=names.IDEMPOTENCY_EXPIRY_ATTRIBUTE,
        )
        self.ledger = self._table(
            "Ledger",
            names.LEDGER_TABLE,
            hash_key="pk",
            range_key="sk",
            time_to_live_attribute=names.LEDGER_EXPIRY_ATTRIBUTE,
        )
        self.ledger.add_global_secondary_index(
            index_name=names.LEDGER_PENDING_INDEX,
            partition_key=aws_dynamodb.Attribute(name="pending", type=_STRING),
            sort_key=aws_dynamodb.Attribute(name="landed_at", type=_STRING),
            projection_type=aws_dynamodb.ProjectionType.ALL,
        )

    def entity_table(self, entity: str, indexes: Sequence[SecondaryIndex]) -> aws_dynamodb.Table:
        """Add the table of an entity: keyed by the record key, streaming both images, expiring old tombstones.

        Its indexes hold whole items, so that a query reads an index alone.
        """
        table = self._table(
            f"Entity-{entity}",
            names.entity_table(entity),
            hash_key="pk",
            stream=aws_dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            time_to_live_attribute="_expires_at",
        )
        for index in indexes:
            table.add_global_secondary_index(
                index_name=index.name,
                partition_key=aws_dynamodb.Attribute(name=index.partition_key, type=_TYPES[index.partition_key_type]),
                sort_key=aws_dynamodb.Attribute(name=index.sort_key, type=_STRING),
                projection_type=aws_dynamodb.ProjectionType.ALL,
            )
        return table

    def _table(
        self,
        construct_id: str,
        table_name: str,
        *,
        hash_key: str,
        range_key: str | None = None,
        stream: aws_dynamodb.StreamViewType | None = None,
        time_to_live_attribute: str | None = None,
    ) -> aws_dynamodb.Table:
        retain = self._environment.retain_data
        return aws_dynamodb.Table(
            self,
            construct_id,
            table_name=table_name,
            partition_key=aws_dynamodb.Attribute(name=hash_key, type=_STRING),
            sort_key=aws_dynamodb.Attribute(name=range_key, type=_STRING) if range_key else None,
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=aws_dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=retain,
            # A protected table cannot be deleted, not even when the deployment that makes it fails.
            removal_policy=RemovalPolicy.RETAIN if retain else RemovalPolicy.DESTROY,
            stream=stream,
            time_to_live_attribute=time_to_live_attribute,
        )
