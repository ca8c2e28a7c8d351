"""Dagster's stack, read from the committed template: what reaches what, what is kept, and how services are deployed."""

from typing import Any

import pytest

from infra.constructs.dagster_environment import CODE_HOST, CODE_PORT, UI_PORT
from infra.environments import PRODUCTION
from infra.orchestration_values import ENDPOINTS
from txplatform_tests.infra.synthesis import of_type

Template = dict[str, Any]
CONTAINERS = {"run": "run", "code": "code", "webserver": "webserver", "daemon": "daemon"}
# What production has and the local stack has not, by type: the only stack of which the local deployer makes nothing.
PRODUCTION_ONLY = {
    "AWS::EC2::EIP": 2,
    "AWS::EC2::FlowLog": 1,
    "AWS::EC2::InternetGateway": 1,
    "AWS::EC2::NatGateway": 2,
    "AWS::EC2::Route": 4,
    "AWS::EC2::RouteTable": 8,
    "AWS::EC2::SecurityGroup": 6,
    "AWS::EC2::SecurityGroupEgress": 9,
    "AWS::EC2::SecurityGroupIngress": 9,
    "AWS::EC2::Subnet": 8,
    "AWS::EC2::SubnetRouteTableAssociation": 8,
    "AWS::EC2::VPC": 1,
    "AWS::EC2::VPCEndpoint": 14,
    "AWS::EC2::VPCGatewayAttachment": 1,
    "AWS::ECS::Cluster": 1,
    "AWS::ECS::Service": 3,
    "AWS::ECS::TaskDefinition": 4,
    "AWS::ElasticLoadBalancingV2::Listener": 1,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": 1,
    "AWS::ElasticLoadBalancingV2::TargetGroup": 1,
    "AWS::IAM::Policy": 5,
    "AWS::IAM::Role": 9,
    "AWS::Logs::LogGroup": 5,
    "AWS::RDS::DBInstance": 1,
    "AWS::RDS::DBParameterGroup": 1,
    "AWS::RDS::DBSubnetGroup": 1,
    "AWS::S3::Bucket": 2,
    "AWS::S3::BucketPolicy": 2,
    "AWS::ServiceDiscovery::PrivateDnsNamespace": 1,
    "AWS::ServiceDiscovery::Service": 1,
}


def one(template: Template, kind: str) -> dict[str, Any]:
    (found,) = of_type(template, kind).values()
    return found


def containers(template: Template) -> dict[str, dict[str, Any]]:
    """Every container, by its name."""
    definitions = of_type(template, "AWS::ECS::TaskDefinition").values()
    return {item["Name"]: item for definition in definitions for item in definition["ContainerDefinitions"]}


def service(template: Template, name: str) -> dict[str, Any]:
    (found,) = [
        item
        for item in of_type(template, "AWS::ECS::Service").values()
        if item["ServiceName"] == f"{PRODUCTION.installation}-{name}"
    ]
    return found


def traffic(template: Template) -> set[tuple[str, str, int]]:
    """Who may call whom, and at which port, by the security groups' names or ranges of addresses."""
    groups = of_type(template, "AWS::EC2::SecurityGroup")
    called = {key: item["GroupName"].removeprefix("txplatform-") for key, item in groups.items()}

    def name(reference: dict[str, Any]) -> str:
        return called[reference["Fn::GetAtt"][0]]

    among = {
        (name(item["SourceSecurityGroupId"]), name(item["GroupId"]), item["FromPort"])
        for item in of_type(template, "AWS::EC2::SecurityGroupIngress").values()
    }
    ranges = {
        (rule["CidrIp"], called[key], rule["FromPort"])
        for key, item in groups.items()
        for rule in item.get("SecurityGroupIngress", ())
    }
    return among | ranges


def test_resources_of_production_alone_are_these(orchestration: Template) -> None:
    kinds = [item["Type"] for item in orchestration["Resources"].values()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == PRODUCTION_ONLY


def test_each_is_called_by_whom_it_must_and_nobody_else(orchestration: Template) -> None:
    tasks = ("code", "webserver", "daemon")  # runs have the daemon's
    assert traffic(orchestration) == {
        *((task, "endpoints", 443) for task in tasks),
        *((task, "database", 5433) for task in tasks),
        ("webserver", "code", CODE_PORT),
        ("daemon", "code", CODE_PORT),
        ("balancer", "webserver", UI_PORT),
        *((clients, "balancer", 443) for clients in PRODUCTION.orchestration.ui_clients),
    }


def test_tasks_and_database_have_no_way_to_the_internet(orchestration: Template) -> None:
    routes = of_type(orchestration, "AWS::EC2::Route").values()
    tables = {item["RouteTableId"]["Ref"] for item in routes if item["DestinationCidrBlock"] == "0.0.0.0/0"}
    associations = of_type(orchestration, "AWS::EC2::SubnetRouteTableAssociation").values()
    outward = {item["SubnetId"]["Ref"] for item in associations if item["RouteTableId"]["Ref"] in tables}
    used: set[str] = set()
    for item in of_type(orchestration, "AWS::ECS::Service").values():
        network = item["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert network["AssignPublicIp"] == "DISABLED"
        used |= {subnet["Ref"] for subnet in network["Subnets"]}
    used |= {subnet["Ref"] for subnet in one(orchestration, "AWS::RDS::DBSubnetGroup")["SubnetIds"]}
    assert len(used) == 4
    assert not used & outward
    balancer = {subnet["Ref"] for subnet in one(orchestration, "AWS::ElasticLoadBalancingV2::LoadBalancer")["Subnets"]}
    assert balancer <= outward  # to the provider of the log-in


def test_every_service_that_tasks_call_has_an_endpoint_where_they_are(orchestration: Template) -> None:
    endpoints = of_type(orchestration, "AWS::EC2::VPCEndpoint").values()
    interfaces = [item for item in endpoints if item["VpcEndpointType"] == "Interface"]
    assert len(interfaces) == len(ENDPOINTS)
    tasks = service(orchestration, "daemon")["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"]
    assert all(item["SubnetIds"] == tasks and item["PrivateDnsEnabled"] is True for item in interfaces)
    gateways = {str(item["ServiceName"]).rsplit(".", 1)[-1] for item in endpoints if item not in interfaces}
    assert {name.strip("']}\"") for name in gateways} == {"s3", "dynamodb"}


def test_the_database_is_encrypted_backed_up_and_protected(orchestration: Template) -> None:
    database = one(orchestration, "AWS::RDS::DBInstance")
    expected = {
        "StorageEncrypted": True,
        "PubliclyAccessible": False,
        "DeletionProtection": True,
        "MultiAZ": True,
        "BackupRetentionPeriod": 35,
        "ManageMasterUserPassword": True,
        "EnableIAMDatabaseAuthentication": True,
        "CopyTagsToSnapshot": True,
        "DeleteAutomatedBackups": False,
    }
    assert {key: database[key] for key in expected} == expected
    assert "MasterUserPassword" not in database
    (resource,) = [item for item in orchestration["Resources"].values() if item["Type"] == "AWS::RDS::DBInstance"]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")
    assert one(orchestration, "AWS::RDS::DBParameterGroup")["Parameters"]["rds.force_ssl"] == "1"


@pytest.mark.parametrize("name", ["code", "webserver", "daemon"])
def test_a_deployment_that_fails_is_rolled_back(orchestration: Template, name: str) -> None:
    configuration = service(orchestration, name)["DeploymentConfiguration"]
    assert configuration["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert "HealthCheck" in containers(orchestration)[name]


def test_there_is_never_a_second_daemon(orchestration: Template) -> None:
    daemon = service(orchestration, "daemon")
    assert daemon["DesiredCount"] == 1
    assert daemon["DeploymentConfiguration"]["MaximumPercent"] == 100
    assert daemon["DeploymentConfiguration"]["MinimumHealthyPercent"] == 0


def test_the_database_has_its_user_before_anybody_connects(orchestration: Template) -> None:
    code = containers(orchestration)["code"]
    assert code["DependsOn"] == [{"Condition": "SUCCESS", "ContainerName": "database"}]
    assert containers(orchestration)["database"]["Essential"] is False
    services = {
        item["Properties"]["ServiceName"]: item
        for item in orchestration["Resources"].values()
        if item["Type"] == "AWS::ECS::Service"
    }
    (code_id,) = [
        key
        for key, item in orchestration["Resources"].items()
        if item["Properties"].get("ServiceName") == "txplatform-code"
    ]
    assert code_id in services["txplatform-webserver"]["DependsOn"]
    assert code_id in services["txplatform-daemon"]["DependsOn"]


def test_the_administrators_password_reaches_that_one_container_alone(orchestration: Template) -> None:
    secrets = {name: item["Secrets"] for name, item in containers(orchestration).items() if "Secrets" in item}
    assert secrets.keys() == {"database"}


def test_the_code_server_is_found_by_the_name_that_the_workspace_has(orchestration: Template) -> None:
    namespace = one(orchestration, "AWS::ServiceDiscovery::PrivateDnsNamespace")["Name"]
    assert f"{one(orchestration, 'AWS::ServiceDiscovery::Service')['Name']}.{namespace}" == CODE_HOST
    assert "ServiceRegistries" in service(orchestration, "code")


def test_one_image_serves_all(orchestration: Template) -> None:
    assert len({str(item["Image"]) for item in containers(orchestration).values()}) == 1


def test_the_ui_is_internal_and_asks_who_one_is(orchestration: Template) -> None:
    balancer = one(orchestration, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Scheme"] == "internal"
    attributes = {item["Key"]: item["Value"] for item in balancer["LoadBalancerAttributes"]}
    assert attributes["access_logs.s3.enabled"] == "true"
    assert attributes["deletion_protection.enabled"] == "true"
    listener = one(orchestration, "AWS::ElasticLoadBalancingV2::Listener")
    first, second = sorted(listener["DefaultActions"], key=lambda action: action["Order"])
    assert (first["Type"], second["Type"]) == ("authenticate-oidc", "forward")
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    secret = first["AuthenticateOidcConfig"]["ClientSecret"]
    assert "resolve:secretsmanager:" in str(secret)
    assert one(orchestration, "AWS::ElasticLoadBalancingV2::TargetGroup")["HealthCheckPath"] == "/server_info"


def test_what_belongs_to_an_account_is_said_when_it_is_deployed(orchestration: Template) -> None:
    parameters = orchestration["Parameters"]
    assert {name for name in parameters if name.startswith(("Ui", "Login"))} == parameters.keys()
    assert [name for name, item in parameters.items() if "Default" in item] == []


def test_logs_end(orchestration: Template) -> None:
    assert all("RetentionInDays" in item for item in of_type(orchestration, "AWS::Logs::LogGroup").values())
    for bucket in of_type(orchestration, "AWS::S3::Bucket").values():
        (rule,) = bucket["LifecycleConfiguration"]["Rules"]
        assert rule["ExpirationInDays"] == 90
