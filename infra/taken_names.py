"""The names that a template takes in an account and region: those which no other installation may have."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

# The property that names a resource there. Others are named within something else, or by CloudFormation.
_NAMES = {
    "AWS::Athena::WorkGroup": "Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::Cognito::UserPoolDomain": "Domain",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
    "AWS::Glue::Database": "DatabaseInput",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::SecretsManager::Secret": "Name",
}


def taken_names(template: Mapping[str, Any]) -> set[str]:
    """List them, those of exports included, each with what has it."""
    resources = [(item["Type"], item.get("Properties", {})) for item in template["Resources"].values()]
    names = {(kind, json.dumps(values[_NAMES[kind]])) for kind, values in resources if _NAMES.get(kind) in values}
    exports = {("export", item["Export"]["Name"]) for item in template.get("Outputs", {}).values() if "Export" in item}
    return {f"{kind} {name}" for kind, name in names | exports}


def taken_twice(names: Iterable[set[str]]) -> list[str]:
    """List the names that more than one of the sets has."""
    return sorted(name for name, count in Counter(name for own in names for name in own).items() if count > 1)
