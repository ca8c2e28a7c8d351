"""The way to Dagster's UI: an internal load balancer, which lets in whoever the provider of the log-in knows."""

from aws_cdk import CfnParameter, Duration, SecretValue, Stack, aws_ec2, aws_ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from infra.constructs.dagster_environment import UI_PORT
from infra.constructs.dagster_logs import BALANCER_PREFIX, DagsterLogsConstruct
from infra.constructs.network import NetworkConstruct
from infra.environments import Environment
from txplatform.contracts import names

_PARAMETERS = {
    "UiHost": "Name by which browsers call Dagster's UI; it leads to the load balancer.",
    "UiCertificateArn": "ARN of the certificate of that name, in the region of the stack.",
    "LoginIssuer": "Issuer of the OpenID Connect provider, as its configuration document says it.",
    "LoginAuthorizationEndpoint": "Where the provider lets a person log in.",
    "LoginTokenEndpoint": "Where the load balancer asks the provider for tokens.",
    "LoginUserInfoEndpoint": "Where the load balancer asks the provider who somebody is.",
    "LoginClientId": "Client of the provider, with the redirect https://<UiHost>/oauth2/idpresponse.",
    "LoginCredentialsName": "Secret of Secrets Manager whose whole text is the client's secret.",
}


class LoginParameters:
    """What belongs to an account, and is said when the stack is deployed; later deployments keep it."""

    def __init__(self, stack: Stack) -> None:
        self._values = {
            name: CfnParameter(stack, name, type="String", min_length=1, description=text)
            for name, text in _PARAMETERS.items()
        }

    def __getitem__(self, name: str) -> str:
        return self._values[name].value_as_string


class LoadBalancerConstruct(Construct):
    """It reaches the webserver, the provider of the log-in, and nothing else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        environment: Environment,
        *,
        network: NetworkConstruct,
        logs: DagsterLogsConstruct,
        webserver: aws_ecs.FargateService,
        login: LoginParameters,
    ) -> None:
        super().__init__(scope, construct_id)
        group = network.security_group("Balancer")
        group.add_egress_rule(aws_ec2.Peer.any_ipv4(), aws_ec2.Port.tcp(443), "Provider of the log-in")
        for clients in environment.orchestration.ui_clients:
            group.add_ingress_rule(aws_ec2.Peer.ipv4(clients), aws_ec2.Port.tcp(443), "Browsers")
        self.balancer = elb.ApplicationLoadBalancer(
            self,
            "Balancer",
            load_balancer_name=f"{names.PREFIX}-dagster",
            vpc=network.vpc,
            vpc_subnets=network.balancer,
            internet_facing=False,
            security_group=group,
            drop_invalid_header_fields=True,
            deletion_protection=environment.retain_data,
        )
        # By attributes: the higher-level call asks for a region, and the template has none.
        self.balancer.set_attribute("access_logs.s3.enabled", "true")
        self.balancer.set_attribute("access_logs.s3.bucket", logs.access.bucket_name)
        self.balancer.set_attribute("access_logs.s3.prefix", BALANCER_PREFIX)
        self.balancer.node.add_dependency(logs.policy)  # it tries the bucket when the logs are switched on
        target = elb.ApplicationTargetGroup(
            self,
            "Webserver",
            vpc=network.vpc,
            port=UI_PORT,
            protocol=elb.ApplicationProtocol.HTTP,
            targets=[webserver],
            deregistration_delay=Duration.seconds(30),
            health_check=elb.HealthCheck(path="/server_info", healthy_http_codes="200"),
        )
        self.balancer.add_listener(
            "Https",
            port=443,
            open=False,
            certificates=[elb.ListenerCertificate.from_arn(login["UiCertificateArn"])],
            ssl_policy=elb.SslPolicy.RECOMMENDED_TLS,
            default_action=elb.ListenerAction.authenticate_oidc(
                issuer=login["LoginIssuer"],
                authorization_endpoint=login["LoginAuthorizationEndpoint"],
                token_endpoint=login["LoginTokenEndpoint"],
                user_info_endpoint=login["LoginUserInfoEndpoint"],
                client_id=login["LoginClientId"],
                client_secret=SecretValue.secrets_manager(login["LoginCredentialsName"]),
                scope="openid",
                session_timeout=Duration.hours(8),
                allow_https_outbound=False,
                next=elb.ListenerAction.forward([target]),
            ),
        )
