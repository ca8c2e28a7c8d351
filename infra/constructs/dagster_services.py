"""Dagster's three services: code server, webserver and daemon; and the task of a run, which no service starts."""

from collections.abc import Mapping

from aws_cdk import Duration, aws_ec2, aws_ecs, aws_iam, aws_servicediscovery
from constructs import Construct

from infra.constructs.dagster_environment import CODE_LOCATION, CODE_PORT, UI_PORT
from infra.constructs.dagster_logs import DagsterLogsConstruct
from infra.constructs.dagster_task import DagsterTaskConstruct, TaskSetting, health_check
from infra.constructs.database import DatabaseConstruct
from infra.constructs.launching import acknowledge_tasks, start_runs, stop_runs
from infra.constructs.network import NetworkConstruct
from infra.orchestration_values import TaskSize
from txplatform.contracts import names

_WORKSPACE = "/opt/txplatform/deploy/workspace.yaml"
_CODE = ("dagster", "code-server", "start", "--host", "0.0.0.0", "--port", str(CODE_PORT))  # noqa: S104  in a VPC
_WEBSERVER = ("dagster-webserver", "--host", "0.0.0.0", "--port", str(UI_PORT), "--workspace", _WORKSPACE)  # noqa: S104
_DAEMON = ("dagster-daemon", "run", "--workspace", _WORKSPACE)
_UI_ANSWERS = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{UI_PORT}/server_info', timeout=20)"


class DagsterServicesConstruct(Construct):
    """A cluster with the services. `platform` are the variables of tasks that run the platform's code."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        setting: TaskSetting,
        *,
        network: NetworkConstruct,
        database: DatabaseConstruct,
        logs: DagsterLogsConstruct,
        platform: Mapping[str, str],
        policy: aws_iam.IManagedPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self._setting, self._network, self._database, self._logs = setting, network, database, logs
        self._cluster = aws_ecs.Cluster(
            self,
            "Cluster",
            cluster_name=names.PREFIX,
            vpc=network.vpc,
            container_insights_v2=aws_ecs.ContainerInsights.ENABLED,
        )
        self._cluster.add_default_cloud_map_namespace(
            name=f"{names.PREFIX}.internal", type=aws_servicediscovery.NamespaceType.DNS_PRIVATE
        )
        self.run = self._run(platform, policy)
        self.code = self._code_server(platform, policy)
        self.webserver = self._webserver()
        self.daemon = self._daemon()
        for group in (*self.webserver.connections.security_groups, *self.daemon.connections.security_groups):
            self.code.connections.allow_from(group, aws_ec2.Port.tcp(CODE_PORT), "Dagster asks for definitions")
        for service in (self.webserver, self.daemon):
            service.node.add_dependency(self.code)  # which makes the user of the database
        self.daemon.node.add_dependency(self.run.definition)

    def _run(self, platform: Mapping[str, str], policy: aws_iam.IManagedPolicy) -> DagsterTaskConstruct:
        run = self._task_of_platform("Run", self._setting.environment.orchestration.run, policy)
        run.add_container("run", variables=platform)
        return run

    def _task_of_platform(
        self, construct_id: str, size: TaskSize, policy: aws_iam.IManagedPolicy
    ) -> DagsterTaskConstruct:
        """A task in which the platform's own code runs: it reaches what the policy says, and writes logs of steps."""
        task = DagsterTaskConstruct(
            self,
            construct_id,
            self._setting,
            size=size,
            statements=[self._database.connect(), *self._logs.write()],
            policies=[policy],
        )
        self._logs.acknowledge_objects(task.role)
        return task

    def _code_server(self, platform: Mapping[str, str], policy: aws_iam.IManagedPolicy) -> aws_ecs.FargateService:
        code = self._task_of_platform("Code", self._setting.environment.orchestration.code_server, policy)
        serving = code.add_container(
            "code",
            command=[*_CODE, "--module-name", "txplatform.definitions", "--location-name", CODE_LOCATION],
            variables=platform,
            port=CODE_PORT,
            health=health_check(f"dagster api grpc-health-check --port {CODE_PORT}"),
        )
        preparing = code.add_container(
            "database",
            command=["python", "-m", "txplatform.orchestrator.database"],
            secrets={
                "DAGSTER_ADMINISTRATOR": aws_ecs.Secret.from_secrets_manager(self._database.administrator, "username"),
                "DAGSTER_ADMINISTRATOR_PASSWORD": aws_ecs.Secret.from_secrets_manager(
                    self._database.administrator, "password"
                ),
            },
            essential=False,
        )
        serving.add_container_dependencies(
            aws_ecs.ContainerDependency(container=preparing, condition=aws_ecs.ContainerDependencyCondition.SUCCESS)
        )
        return self._service(
            code,
            1,
            cloud_map=aws_ecs.CloudMapOptions(
                name="code", dns_record_type=aws_servicediscovery.DnsRecordType.A, dns_ttl=Duration.seconds(10)
            ),
        )

    def _webserver(self) -> aws_ecs.FargateService:
        values = self._setting.environment.orchestration
        web = DagsterTaskConstruct(
            self,
            "Webserver",
            self._setting,
            size=values.webserver,
            statements=[self._database.connect(), *self._logs.read(), *stop_runs()],
        )
        self._logs.acknowledge_objects(web.role)
        acknowledge_tasks(web.role, starts=False)
        check = health_check(f'python -c "{_UI_ANSWERS}"')
        web.add_container("webserver", command=_WEBSERVER, port=UI_PORT, health=check)
        return self._service(web, values.webservers, grace=Duration.minutes(5))

    def _daemon(self) -> aws_ecs.FargateService:
        daemon = DagsterTaskConstruct(
            self,
            "Daemon",
            self._setting,
            size=self._setting.environment.orchestration.daemon,
            statements=[
                self._database.connect(),
                *self._logs.write(),
                *stop_runs(),
                *start_runs(self.run, self._cluster),
            ],
        )
        self._logs.acknowledge_objects(daemon.role)
        acknowledge_tasks(daemon.role, starts=True)
        daemon.add_container("daemon", command=_DAEMON, health=health_check("dagster-daemon liveness-check"))
        return self._service(daemon, 1, alone=True)

    def _service(
        self,
        task: DagsterTaskConstruct,
        count: int,
        *,
        alone: bool = False,
        cloud_map: aws_ecs.CloudMapOptions | None = None,
        grace: Duration | None = None,
    ) -> aws_ecs.FargateService:
        """Keep `count` tasks running; of one that must be `alone`, the old one ends before the new one starts."""
        group = self._network.security_group(task.node.id)
        self._network.serve(group)
        self._database.serve(group)
        return aws_ecs.FargateService(
            self,
            f"{task.node.id}Service",
            service_name=f"{names.PREFIX}-{task.name}",
            cluster=self._cluster,
            task_definition=task.definition,
            desired_count=count,
            security_groups=[group],
            vpc_subnets=self._network.tasks,
            assign_public_ip=False,
            circuit_breaker=aws_ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            min_healthy_percent=0 if alone else 100,
            max_healthy_percent=100 if alone else 200,
            cloud_map_options=cloud_map,
            health_check_grace_period=grace,
            propagate_tags=aws_ecs.PropagatedTagSource.SERVICE,
        )
