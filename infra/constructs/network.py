"""The network of Dagster: tasks reach AWS by endpoints alone; the balancer reaches the log-in's provider by NAT."""

from aws_cdk import aws_ec2, aws_logs
from constructs import Construct

from infra.environments import Environment
from infra.orchestration_values import ENDPOINTS
from txplatform.contracts import names

_GATEWAYS = {"S3": aws_ec2.GatewayVpcEndpointAwsService.S3, "DynamoDb": aws_ec2.GatewayVpcEndpointAwsService.DYNAMODB}
_TYPES = aws_ec2.SubnetType


class NetworkConstruct(Construct):
    """A VPC over two zones; `tasks` are the subnets of the zones in which tasks run."""

    def __init__(self, scope: Construct, construct_id: str, environment: Environment) -> None:
        super().__init__(scope, construct_id)
        values = environment.orchestration
        tasks = _TYPES.PRIVATE_WITH_EGRESS if values.tasks_reach_internet else _TYPES.PRIVATE_ISOLATED
        self.vpc = aws_ec2.Vpc(
            self,
            "Vpc",
            vpc_name=names.PREFIX,
            ip_addresses=aws_ec2.IpAddresses.cidr(values.network),
            max_azs=2,
            nat_gateways=values.zones,
            subnet_configuration=[
                _subnets("public", _TYPES.PUBLIC, 26),
                _subnets("balancer", _TYPES.PRIVATE_WITH_EGRESS, 26),
                _subnets("database", _TYPES.PRIVATE_ISOLATED, 26),
                _subnets("tasks", tasks, 23),
            ],
            gateway_endpoints={
                name: aws_ec2.GatewayVpcEndpointOptions(service=service) for name, service in _GATEWAYS.items()
            },
        )
        self.tasks = aws_ec2.SubnetSelection(
            subnets=self.vpc.select_subnets(subnet_group_name="tasks").subnets[: values.zones]
        )
        self.balancer = aws_ec2.SubnetSelection(subnet_group_name="balancer")
        self.database = aws_ec2.SubnetSelection(subnet_group_name="database")
        self._log_flows(environment)
        self._endpoints = self.security_group("Endpoints")
        for name in ENDPOINTS:
            self.vpc.add_interface_endpoint(
                name,
                service=aws_ec2.InterfaceVpcEndpointAwsService(name),
                subnets=self.tasks,
                security_groups=[self._endpoints],
                open=False,
                private_dns_enabled=True,
            )

    def serve(self, group: aws_ec2.SecurityGroup) -> None:
        """Let the tasks of a security group call AWS, and nobody else."""
        self._endpoints.connections.allow_from(group, aws_ec2.Port.tcp(443), "AWS")
        # S3 and DynamoDB, by gateways without security groups: their addresses are public, the way there is not.
        group.add_egress_rule(aws_ec2.Peer.any_ipv4(), aws_ec2.Port.tcp(443), "S3 and DynamoDB")

    def security_group(self, name: str) -> aws_ec2.SecurityGroup:
        """Add a security group that lets nothing in or out until it is said."""
        return aws_ec2.SecurityGroup(
            self,
            name,
            vpc=self.vpc,
            security_group_name=f"{names.PREFIX}-{name.lower()}",
            description=f"{name} of Dagster",
            allow_all_outbound=False,
        )

    def _log_flows(self, environment: Environment) -> None:
        logs = aws_logs.LogGroup(
            self,
            "Flows",
            log_group_name=f"/vpc/{names.PREFIX}",
            retention=environment.log_retention,
            removal_policy=environment.removal_policy,
        )
        # Accepted traffic is what endpoints, balancer and database log themselves.
        self.vpc.add_flow_log(
            "RefusedFlows",
            destination=aws_ec2.FlowLogDestination.to_cloud_watch_logs(logs),
            traffic_type=aws_ec2.FlowLogTrafficType.REJECT,
        )


def _subnets(name: str, kind: aws_ec2.SubnetType, mask: int) -> aws_ec2.SubnetConfiguration:
    return aws_ec2.SubnetConfiguration(name=name, subnet_type=kind, cidr_mask=mask)
