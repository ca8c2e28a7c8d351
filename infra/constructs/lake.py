"""The lake: its bucket, the queue that hears of every landed object, the Glue database and the Athena workgroup."""

from datetime import timedelta

from aws_cdk import Aws, Duration, aws_athena, aws_glue, aws_iam, aws_s3, aws_sqs
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.permissions import service
from infra.environments import Environment
from txplatform.contracts import names, retention


class LakeConstruct(Construct):
    """A versioned, encrypted bucket that announces landed objects on a queue; the catalog and the workgroup."""

    def __init__(self, scope: Construct, construct_id: str, environment: Environment, landing: aws_sqs.Queue) -> None:
        super().__init__(scope, construct_id)
        self._removal = environment.removal_policy
        bucket_name = names.lake_bucket(Aws.ACCOUNT_ID, Aws.REGION)
        # As text, because the policies that name the bucket must exist before it does.
        bucket_arn = f"arn:{Aws.PARTITION}:s3:::{bucket_name}"
        self.bucket = self._bucket(bucket_name)
        self._log_access(self._access_logs(bucket_name, bucket_arn))
        self._announce_landed_objects(landing, bucket_arn)
        self._take_inventory(bucket_arn)
        self.database = aws_glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=aws_glue.CfnDatabase.DatabaseInputProperty(
                name=names.DATABASE, description="Iceberg tables and views of the transaction platform."
            ),
        )
        # Deleting a database deletes its tables: the files would stay, and nothing would lead to them.
        self.database.apply_removal_policy(self._removal)
        self.workgroup = self._workgroup()

    def _access_logs(self, bucket_name: str, bucket_arn: str) -> aws_s3.Bucket:
        logs = aws_s3.Bucket(
            self,
            "AccessLogs",
            bucket_name=f"{bucket_name}-access-logs",
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            lifecycle_rules=[aws_s3.LifecycleRule(id="expire", expiration=Duration.days(365))],
            removal_policy=self._removal,
        )
        logs.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="AccessLogsOfTheLake",
                principals=[service("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[logs.arn_for_objects("*")],
                conditions=_from(bucket_arn),
            )
        )
        acknowledge(logs, "S1", "This bucket holds the access logs; logging its own access would never end.")
        return logs

    def _bucket(self, bucket_name: str) -> aws_s3.Bucket:
        return aws_s3.Bucket(
            self,
            "Bucket",
            bucket_name=bucket_name,
            versioned=True,
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            lifecycle_rules=[
                aws_s3.LifecycleRule(
                    id="expire-query-results",
                    prefix=f"{names.ATHENA_RESULTS_PREFIX}/",
                    expiration=_days(retention.QUERY_RESULTS),
                    noncurrent_version_expiration=Duration.days(1),
                ),
                aws_s3.LifecycleRule(
                    id="expire-inventory",
                    prefix=f"{names.INVENTORY_PREFIX}/",
                    expiration=_days(retention.INVENTORY_REPORTS),
                    noncurrent_version_expiration=Duration.days(1),
                ),
                # Pending and abandoned changes stay readable as superseded versions: the ledger names the version.
                aws_s3.LifecycleRule(
                    id="expire-changes",
                    prefix=f"{names.CDC_PREFIX}/",
                    expiration=_days(retention.CHANGE_OBJECTS),
                ),
                *(
                    aws_s3.LifecycleRule(
                        id=f"expire-rewritten-{prefix}",
                        prefix=f"{prefix}/",
                        noncurrent_version_expiration=_days(retention.REWRITTEN_OBJECTS),
                    )
                    for prefix in (names.WAREHOUSE_PREFIX, names.DASHBOARDS_PREFIX)
                ),
                # Of two rules the shorter time counts. A delete marker goes with the last version that it hides.
                aws_s3.LifecycleRule(
                    id="expire-superseded-versions",
                    noncurrent_version_expiration=_days(retention.SUPERSEDED_OBJECTS),
                    expired_object_delete_marker=True,
                    abort_incomplete_multipart_upload_after=Duration.days(3),
                ),
            ],
            removal_policy=self._removal,
        )

    def _log_access(self, logs: aws_s3.Bucket) -> None:
        bucket = self._cfn_bucket()
        bucket.logging_configuration = aws_s3.CfnBucket.LoggingConfigurationProperty(
            destination_bucket_name=logs.bucket_name, log_file_prefix="lake/"
        )
        bucket.node.add_dependency(logs.node.find_child("Policy"))

    def _announce_landed_objects(self, landing: aws_sqs.Queue, bucket_arn: str) -> None:
        landing.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="LakeBucket",
                principals=[service("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[landing.queue_arn],
                conditions=_from(bucket_arn),
            )
        )
        # By the bucket's own property: the higher-level call would bring a custom resource with a function of its own.
        bucket = self._cfn_bucket()
        bucket.notification_configuration = aws_s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                aws_s3.CfnBucket.QueueConfigurationProperty(
                    event="s3:ObjectCreated:*",
                    queue=landing.queue_arn,
                    filter=aws_s3.CfnBucket.NotificationFilterProperty(
                        s3_key=aws_s3.CfnBucket.S3KeyFilterProperty(
                            rules=[aws_s3.CfnBucket.FilterRuleProperty(name="prefix", value=f"{prefix}/")]
                        )
                    ),
                )
                for prefix in names.LANE_PREFIXES.values()
            ]
        )
        # S3 tries the queue when the notification is set: its policy must be there first.
        bucket.node.add_dependency(landing.node.find_child("Policy"))

    def _take_inventory(self, bucket_arn: str) -> None:
        """Let S3 list each landing area daily: reconciliation reads that instead of listing all days itself."""
        self.bucket.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="Inventory",
                principals=[service("s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects(f"{names.INVENTORY_PREFIX}/*")],
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": Aws.ACCOUNT_ID,
                        "s3:x-amz-acl": "bucket-owner-full-control",
                    },
                    "ArnEquals": {"aws:SourceArn": bucket_arn},
                },
            )
        )
        self._cfn_bucket().inventory_configurations = [
            aws_s3.CfnBucket.InventoryConfigurationProperty(
                id=prefix,
                prefix=f"{prefix}/",
                enabled=True,
                included_object_versions="Current",
                optional_fields=["Size", "LastModifiedDate", "ETag"],
                schedule_frequency="Daily",
                destination=aws_s3.CfnBucket.DestinationProperty(
                    bucket_arn=bucket_arn,
                    bucket_account_id=Aws.ACCOUNT_ID,
                    format="CSV",
                    prefix=names.INVENTORY_PREFIX,
                ),
            )
            for prefix in names.LANE_PREFIXES.values()
        ]

    def _cfn_bucket(self) -> aws_s3.CfnBucket:
        bucket = self.bucket.node.default_child
        assert isinstance(bucket, aws_s3.CfnBucket)
        return bucket

    def _workgroup(self) -> aws_athena.CfnWorkGroup:
        return aws_athena.CfnWorkGroup(
            self,
            "WorkGroup",
            name=names.WORKGROUP,
            description="Queries of the transaction platform.",
            work_group_configuration=aws_athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                engine_version=aws_athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version="Athena engine version 3"
                ),
                result_configuration=aws_athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{self.bucket.bucket_name}/{names.ATHENA_RESULTS_PREFIX}/",
                    encryption_configuration=aws_athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_S3"
                    ),
                ),
            ),
        )


def _days(time: timedelta) -> Duration:
    return Duration.days(time.days)


def _from(bucket_arn: str) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}, "ArnEquals": {"aws:SourceArn": bucket_arn}}
