"""A heartbeat a minute into every entity's table: what no longer comes out at the other end of its stream is cut off.

The age of a stream's records says nothing of a mapping that is disabled or stuck, nor of records that the stream
trimmed unread. The schedule calls DynamoDB itself, without a function and without Dagster.
"""

import json
from collections.abc import Sequence

from aws_cdk import Aws, aws_iam, aws_scheduler
from constructs import Construct

from infra.constructs.entity import EntityResources
from infra.constructs.permissions import allow, service
from txplatform.contracts import names

MOST_TABLES = 25  # of one BatchWriteItem


class HeartbeatConstruct(Construct):
    """The schedule and its role, which may write items into the entities' tables."""

    def __init__(self, scope: Construct, construct_id: str, entities: Sequence[EntityResources]) -> None:
        super().__init__(scope, construct_id)
        role = aws_iam.Role(
            self,
            "Role",
            assumed_by=service("scheduler.amazonaws.com"),
            inline_policies={
                "heartbeat": aws_iam.PolicyDocument(
                    statements=[
                        allow(["dynamodb:BatchWriteItem"], [entity.table.table_arn for entity in entities]),
                    ]
                )
            },
        )
        aws_scheduler.CfnSchedule(
            self,
            "Schedule",
            name=names.HEARTBEAT_SCHEDULE,
            description="Writes the heartbeat into every entity's table.",
            schedule_expression="rate(1 minute)",
            flexible_time_window=aws_scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=aws_scheduler.CfnSchedule.TargetProperty(
                arn=f"arn:{Aws.PARTITION}:scheduler:::aws-sdk:dynamodb:batchWriteItem",
                role_arn=role.role_arn,
                input=json.dumps({"RequestItems": {entity.table_name: [_HEARTBEAT] for entity in entities}}),
                # The next one comes in a minute.
                retry_policy=aws_scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=0, maximum_event_age_in_seconds=60
                ),
            ),
        )


# To every reader of a table it is a tombstone, which stands for no record.
_HEARTBEAT = {
    "PutRequest": {
        "Item": {
            "pk": {"S": names.HEARTBEAT_KEY},
            "_version": {"S": ""},
            "_deleted": {"BOOL": True},
            "_written_at": {"S": "<aws.scheduler.scheduled-time>"},
        }
    }
}
