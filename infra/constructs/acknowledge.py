"""Acknowledged findings of cdk-nag: each rule one by one, each with its reason, next to the resource it is about."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept a finding of the AWS Solutions rules, such as `SQS3` or `IAM5[Resource::*]`, for a construct."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason))
