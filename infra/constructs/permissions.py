"""The statements that the functions' roles are made of: named actions on named resources."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import aws_dynamodb, aws_iam, aws_s3, aws_sqs


def service(host: str) -> aws_iam.IPrincipal:
    """Name an AWS service as a principal, such as `lambda.amazonaws.com`."""
    # A renamed parameter makes the class misfit its own interface: https://github.com/aws/aws-cdk/issues/31454
    return cast(aws_iam.IPrincipal, aws_iam.ServicePrincipal(host))


def allow(actions: Sequence[str], resources: Sequence[str]) -> aws_iam.PolicyStatement:
    """Allow actions on resources."""
    return aws_iam.PolicyStatement(actions=list(actions), resources=list(resources))


def consume(queues: Sequence[aws_sqs.IQueue], *, postpones: bool = False) -> aws_iam.PolicyStatement:
    """Allow what an event-source mapping of a queue does on behalf of its function.

    One that `postpones` also says when a message comes back. It is one statement, for a role's policies are small.
    """
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    postponing = ["sqs:ChangeMessageVisibility"] if postpones else []
    return allow([*actions, *postponing], [queue.queue_arn for queue in queues])


def send(queues: Sequence[aws_sqs.IQueue]) -> aws_iam.PolicyStatement:
    """Allow sending messages to queues."""
    return allow(["sqs:SendMessage"], [queue.queue_arn for queue in queues])


def read_items(tables: Sequence[aws_dynamodb.ITable]) -> aws_iam.PolicyStatement:
    """Allow reading single items of tables by key."""
    return allow(["dynamodb:GetItem"], [table.table_arn for table in tables])


def read_streams(tables: Sequence[aws_dynamodb.ITable]) -> aws_iam.PolicyStatement:
    """Allow what an event-source mapping of a table's stream does on behalf of its function."""
    actions = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
    return allow(actions, [_stream_arn(table) for table in tables])


def put_objects(bucket: aws_s3.IBucket, prefix: str) -> aws_iam.PolicyStatement:
    """Allow writing objects of a bucket below a prefix (given without a slash at its end)."""
    return allow(["s3:PutObject"], [bucket.arn_for_objects(f"{prefix}/*")])


def _stream_arn(table: aws_dynamodb.ITable) -> str:
    assert table.table_stream_arn is not None
    return table.table_stream_arn
