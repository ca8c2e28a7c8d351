"""Acknowledged findings of cdk-nag: each rule one by one, each with its reason, next to the resource it is about."""

from aws_cdk import Acknowledgment, Validations, aws_dynamodb, aws_s3
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept a finding of the AWS Solutions rules, such as `SQS3` or `IAM5[Resource::*]`, for a construct."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason))


def acknowledge_objects(construct: IConstruct, bucket: aws_s3.Bucket, prefix: str, reason: str) -> None:
    """Accept that a construct's policy names all objects of a bucket below a prefix; the empty one is all there are."""
    resource = bucket.node.default_child
    assert isinstance(resource, aws_s3.CfnBucket)
    logical_id = bucket.stack.get_logical_id(resource)
    acknowledge(construct, f"IAM5[Resource::<{logical_id}.Arn>/{prefix}{'/' if prefix else ''}*]", reason)


def acknowledge_indexes(construct: IConstruct, table: aws_dynamodb.Table, reason: str) -> None:
    """Accept that a construct's policy names all indexes of a table."""
    resource = table.node.default_child
    assert isinstance(resource, aws_dynamodb.CfnTable)
    logical_id = table.stack.get_logical_id(resource)
    acknowledge(construct, f"IAM5[Resource::<{logical_id}.Arn>/index/*]", reason)
