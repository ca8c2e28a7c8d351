"""A task of Dagster on Fargate: one image for all, a role of its own, a log group, and the environment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from aws_cdk import Aws, DockerImageAssetLocation, Duration, aws_ecs, aws_iam, aws_logs
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.permissions import allow, service
from infra.environments import Environment
from infra.orchestration_values import TaskSize
from txplatform.contracts import names

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_LINUX = aws_ecs.RuntimePlatform(
    cpu_architecture=aws_ecs.CpuArchitecture.X86_64, operating_system_family=aws_ecs.OperatingSystemFamily.LINUX
)


@dataclass(frozen=True, slots=True)
class TaskSetting:
    """What all tasks share: their environment of infrastructure, their image, and what Dagster's instance reads."""

    environment: Environment
    image: DockerImageAssetLocation
    variables: Mapping[str, str]


class DagsterTaskConstruct(Construct):
    """A task definition whose role may do what `statements` and `policies` allow, and nothing else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        setting: TaskSetting,
        *,
        size: TaskSize,
        statements: Sequence[aws_iam.PolicyStatement],
        policies: Sequence[aws_iam.IManagedPolicy] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = construct_id.lower()
        self._setting = setting
        environment = setting.environment
        self.logs = aws_logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/ecs/{names.PREFIX}-{self.name}",
            retention=environment.log_retention,
            removal_policy=environment.removal_policy,
        )
        self.role = self._role("Role", statements, policies)
        # Fargate's own, with which it pulls the image and starts containers; code in them has nothing of it.
        self.execution_role = self._role("ExecutionRole", _pull(setting.image))
        acknowledge(self.execution_role, "IAM5[Resource::*]", "The token of a registry is for all that it holds.")
        self.definition = aws_ecs.FargateTaskDefinition(
            self,
            "Definition",
            family=f"{names.PREFIX}-{self.name}",
            cpu=size.cpu,
            memory_limit_mib=size.memory_mib,
            task_role=_as_role(self.role),
            execution_role=_as_role(self.execution_role),
            runtime_platform=_LINUX,
        )
        acknowledge(
            self.definition,
            "ECS2",
            "The variables are names and addresses; the one secret, the administrator's, is taken from its manager.",
        )

    def add_container(
        self,
        name: str,
        *,
        command: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
        secrets: Mapping[str, aws_ecs.Secret] | None = None,
        health: aws_ecs.HealthCheck | None = None,
        port: int | None = None,
        essential: bool = True,
    ) -> aws_ecs.ContainerDefinition:
        """Add a container of the image, with these variables besides those of Dagster's instance."""
        return self.definition.add_container(
            name,
            container_name=name,
            image=aws_ecs.ContainerImage.from_registry(self._setting.image.image_uri),
            command=list(command) or None,
            environment={**self._setting.variables, **(variables or {})},
            secrets=dict(secrets or {}),
            health_check=health,
            port_mappings=[] if port is None else [aws_ecs.PortMapping(container_port=port)],
            essential=essential,
            stop_timeout=Duration.seconds(120),  # the longest that Fargate takes: a run ends its step
            logging=aws_ecs.LogDrivers.aws_logs(stream_prefix=self.name, log_group=self.logs),
        )

    def _role(
        self,
        construct_id: str,
        statements: Sequence[aws_iam.PolicyStatement],
        policies: Sequence[aws_iam.IManagedPolicy] = (),
    ) -> aws_iam.Role:
        return aws_iam.Role(
            self,
            construct_id,
            assumed_by=service("ecs-tasks.amazonaws.com"),
            inline_policies={"dagster": aws_iam.PolicyDocument(statements=list(statements))},
            managed_policies=list(policies),
        )


def _as_role(role: aws_iam.Role) -> aws_iam.IRole:
    return cast(aws_iam.IRole, role)  # as in permissions.service


def _pull(image: DockerImageAssetLocation) -> list[aws_iam.PolicyStatement]:
    repository = f"arn:{Aws.PARTITION}:ecr:{Aws.REGION}:{Aws.ACCOUNT_ID}:repository/{image.repository_name}"
    return [allow(_PULL, [repository]), allow(["ecr:GetAuthorizationToken"], ["*"])]


def health_check(command: str) -> aws_ecs.HealthCheck:
    """Ask a container whether it is well: after five minutes in which it may start, three refusals end its task."""
    return aws_ecs.HealthCheck(
        command=["CMD-SHELL", f"{command} || exit 1"],
        interval=Duration.seconds(60),
        timeout=Duration.seconds(30),
        retries=3,
        start_period=Duration.seconds(300),
    )
