"""The database of Dagster: what it knows of runs, events, ticks and schedules. No record of an entity is in it."""

from aws_cdk import CfnDeletionPolicy, Stack, aws_ec2, aws_iam, aws_rds, aws_secretsmanager
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.network import NetworkConstruct
from infra.constructs.permissions import allow
from infra.environments import Environment
from txplatform.contracts import names

DATABASE = "dagster"
USER = "dagster"  # the tasks'; it has no password, each connection takes a token of its task's role
_ADMINISTRATOR = "administrator"  # of RDS; it makes the user, and its password changes every week
_PORT = 5433
_FAMILY, _VERSION = "postgres17", "17"
_IDLE_MILLISECONDS = 10 * 60 * 1000  # a task that was killed within a transaction holds its rows no longer


class DatabaseConstruct(Construct):
    """PostgreSQL, encrypted, backed up, and reached with TLS from the tasks' security groups alone."""

    def __init__(
        self, scope: Construct, construct_id: str, environment: Environment, network: NetworkConstruct
    ) -> None:
        super().__init__(scope, construct_id)
        values = environment.orchestration.database
        self._group = network.security_group("Database")
        subnets = aws_rds.CfnDBSubnetGroup(
            self,
            "Subnets",
            db_subnet_group_description="Database of Dagster",
            subnet_ids=network.vpc.select_subnets(subnet_group_name="database").subnet_ids,
        )
        parameters = aws_rds.CfnDBParameterGroup(
            self,
            "Parameters",
            family=_FAMILY,
            description="Database of Dagster",
            parameters={
                "rds.force_ssl": "1",
                "idle_in_transaction_session_timeout": str(_IDLE_MILLISECONDS),
                "log_min_duration_statement": "1000",
            },
        )
        # By its own resource type: the higher-level construct has no password that RDS itself makes and changes.
        self._instance = aws_rds.CfnDBInstance(
            self,
            "Instance",
            db_instance_identifier=f"{names.PREFIX}-dagster",
            db_name=DATABASE,
            engine="postgres",
            engine_version=_VERSION,
            port=str(_PORT),
            db_instance_class=values.instance_class,
            storage_type="gp3",
            allocated_storage=str(values.storage_gib),
            max_allocated_storage=values.storage_gib * 5,
            storage_encrypted=True,
            master_username=_ADMINISTRATOR,
            manage_master_user_password=True,
            enable_iam_database_authentication=True,
            ca_certificate_identifier="rds-ca-rsa2048-g1",
            publicly_accessible=False,
            multi_az=values.standby,
            backup_retention_period=values.backup_days,
            delete_automated_backups=not environment.retain_data,
            deletion_protection=environment.retain_data,
            copy_tags_to_snapshot=True,
            auto_minor_version_upgrade=True,
            enable_cloudwatch_logs_exports=["postgresql", "upgrade"],
            db_parameter_group_name=parameters.ref,
            db_subnet_group_name=subnets.ref,
            vpc_security_groups=[self._group.security_group_id],
        )
        policy = CfnDeletionPolicy.SNAPSHOT if environment.retain_data else CfnDeletionPolicy.DELETE
        self._instance.cfn_options.deletion_policy = policy
        self._instance.cfn_options.update_replace_policy = CfnDeletionPolicy.SNAPSHOT
        # The minor version is RDS's to choose: a template that named one would take the next one back.
        self._instance.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3691"]}})
        self._acknowledge(environment)
        self.administrator = aws_secretsmanager.Secret.from_secret_complete_arn(
            self, "Administrator", self._instance.attr_master_user_secret_secret_arn
        )

    @property
    def variables(self) -> dict[str, str]:
        """What deploy/dagster.yaml asks for of the database."""
        return {
            "DAGSTER_POSTGRES_HOST": self._instance.attr_endpoint_address,
            "DAGSTER_POSTGRES_PORT": self._instance.attr_endpoint_port,
            "DAGSTER_POSTGRES_DB": DATABASE,
            "DAGSTER_POSTGRES_USER": USER,
        }

    def serve(self, group: aws_ec2.SecurityGroup) -> None:
        """Let the tasks of a security group connect."""
        aws_ec2.Connections(security_groups=[self._group]).allow_from(group, aws_ec2.Port.tcp(_PORT))

    def connect(self) -> aws_iam.PolicyStatement:
        """Allow connecting as the tasks' user."""
        resource = f"dbuser:{self._instance.attr_dbi_resource_id}/{USER}"
        return allow(["rds-db:connect"], [Stack.of(self).format_arn(service="rds-db", resource=resource)])

    def _acknowledge(self, environment: Environment) -> None:
        if not environment.orchestration.database.standby:
            acknowledge(
                self._instance, "RDS3", f"{environment.name} holds no data that is missed, and may stand still."
            )
        if not environment.retain_data:
            acknowledge(self._instance, "RDS10", f"{environment.name} is deleted with its stack, on purpose.")
