"""Dagster in production: its network, its database, its services, and the log-in before its UI."""

from typing import Any

from aws_cdk import CfnOutput, DockerImageAssetLocation, Stack, aws_iam
from constructs import Construct

from infra.constructs.dagster_environment import instance_variables, platform_variables
from infra.constructs.dagster_logs import DagsterLogsConstruct
from infra.constructs.dagster_services import DagsterServicesConstruct
from infra.constructs.dagster_task import TaskSetting
from infra.constructs.database import DatabaseConstruct
from infra.constructs.imported import imported
from infra.constructs.load_balancer import LoadBalancerConstruct, LoginParameters
from infra.constructs.network import NetworkConstruct
from infra.environments import Environment
from infra.exports import PLATFORM_POLICY
from infra.image import Image


class OrchestrationStack(Stack):
    """It takes the outputs of the data plane of the same installation, which must be there before."""

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, image: Image, **kwargs: Any
    ) -> None:
        super().__init__(scope, construct_id, termination_protection=environment.retain_data, **kwargs)
        login = LoginParameters(self)
        network = NetworkConstruct(self, "Network", environment)
        database = DatabaseConstruct(self, "Database", environment, network)
        logs = DagsterLogsConstruct(self, "Logs", environment)
        services = DagsterServicesConstruct(
            self,
            "Dagster",
            TaskSetting(
                environment,
                self._locate(image),
                instance_variables(logs.compute.bucket_name, database.variables),
            ),
            network=network,
            database=database,
            logs=logs,
            platform=platform_variables(f"https://{login['UiHost']}", own_contracts=image.own_contracts),
            policy=aws_iam.ManagedPolicy.from_managed_policy_arn(self, "PlatformPolicy", imported(PLATFORM_POLICY)),
        )
        balancer = LoadBalancerConstruct(
            self,
            "Ui",
            environment,
            network=network,
            logs=logs,
            webserver=services.webserver,
            login=login,
        )
        CfnOutput(self, "UiUrl", value=f"https://{login['UiHost']}")
        CfnOutput(self, "BalancerHost", value=balancer.balancer.load_balancer_dns_name)
        CfnOutput(self, "VpcId", value=network.vpc.vpc_id)

    def _locate(self, image: Image) -> DockerImageAssetLocation:
        return self.synthesizer.add_docker_image_asset(
            source_hash=image.name,
            directory_name=str(image.folder),
            docker_file="Dockerfile",
            platform="linux/amd64",
            display_name="Dagster",
        )
