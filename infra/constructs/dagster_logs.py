"""Two buckets beside the lake: what runs print, and who asked the balancer or this bucket for what."""

from aws_cdk import Aws, Duration, aws_iam, aws_s3
from constructs import Construct

from infra.constructs.acknowledge import acknowledge, acknowledge_objects
from infra.constructs.permissions import allow, service
from infra.environments import Environment
from txplatform.contracts import names

_KEPT = Duration.days(90)  # runs themselves are kept for less: txplatform/contracts/retention.py
BALANCER_PREFIX = "balancer"
_COMPUTE_PREFIX = "compute/"


class DagsterLogsConstruct(Construct):
    """The bucket of the compute logs, and one for access logs."""

    def __init__(self, scope: Construct, construct_id: str, environment: Environment) -> None:
        super().__init__(scope, construct_id)
        self._environment = environment
        self.access = self._bucket("Access", "dagster-access-logs")
        acknowledge(self.access, "S1", "This bucket holds the access logs; logging its own access would never end.")
        self.compute = self._bucket("Compute", "dagster-logs")
        self._log_access()
        self.access.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="AccessLogsOfTheBalancer",
                principals=[service("logdelivery.elasticloadbalancing.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.access.arn_for_objects(f"{BALANCER_PREFIX}/AWSLogs/{Aws.ACCOUNT_ID}/*")],
            )
        )
        self.policy = self.access.node.find_child("Policy")

    def read(self) -> list[aws_iam.PolicyStatement]:
        """Allow showing the logs of runs and ticks."""
        return [self._objects("s3:GetObject"), allow(["s3:ListBucket"], [self.compute.bucket_arn])]

    def write(self) -> list[aws_iam.PolicyStatement]:
        """Allow showing the logs of runs and ticks, writing them, and deleting those of runs that are deleted."""
        return [
            self._objects("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
            allow(["s3:ListBucket"], [self.compute.bucket_arn]),
        ]

    def acknowledge_objects(self, role: aws_iam.Role) -> None:
        """Accept that a role may reach all objects of the bucket of compute logs."""
        acknowledge_objects(role, self.compute, "", "Dagster names a log by its run and step.")

    def _objects(self, *actions: str) -> aws_iam.PolicyStatement:
        return allow(list(actions), [self.compute.arn_for_objects("*")])

    def _log_access(self) -> None:
        """Log who reads and writes compute logs; by the property itself, for the higher-level one sets a legacy one."""
        self.access.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="AccessLogsOfComputeLogs",
                principals=[service("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.access.arn_for_objects(f"{_COMPUTE_PREFIX}*")],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnEquals": {"aws:SourceArn": self.compute.bucket_arn},
                },
            )
        )
        bucket = self.compute.node.default_child
        assert isinstance(bucket, aws_s3.CfnBucket)
        bucket.logging_configuration = aws_s3.CfnBucket.LoggingConfigurationProperty(
            destination_bucket_name=self.access.bucket_name, log_file_prefix=_COMPUTE_PREFIX
        )

    def _bucket(self, construct_id: str, name: str) -> aws_s3.Bucket:
        return aws_s3.Bucket(
            self,
            construct_id,
            bucket_name=f"{names.PREFIX}-{name}-{Aws.ACCOUNT_ID}-{Aws.REGION}",
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            lifecycle_rules=[
                aws_s3.LifecycleRule(
                    id="expire", expiration=_KEPT, abort_incomplete_multipart_upload_after=Duration.days(3)
                )
            ],
            removal_policy=self._environment.removal_policy,
        )
