"""The event-source mappings: which queue or stream feeds which function, in what batches."""

from aws_cdk import Duration, aws_dynamodb, aws_lambda, aws_s3
from constructs import Construct

from infra.constructs.queue import QueueConstruct

# An hour less than the stream keeps a record: what is too old goes to the failure destination before the stream trims
# it unread, which no metric would count.
LONGEST_RECORD_AGE = Duration.hours(23)


def feed_from_queue(
    scope: Construct,
    construct_id: str,
    queue: QueueConstruct,
    function: aws_lambda.CfnFunction,
    *,
    concurrency: int,
    window: Duration,
) -> aws_lambda.CfnEventSourceMapping:
    """Have a function called with up to 10 messages, which it answers with those that it failed.

    A call waits for `window` at most until there are so many, and `concurrency` of them may run at a time.
    """
    return aws_lambda.CfnEventSourceMapping(
        scope,
        construct_id,
        function_name=function.ref,
        event_source_arn=queue.queue.queue_arn,
        batch_size=10,
        maximum_batching_window_in_seconds=window.to_seconds(),
        scaling_config=aws_lambda.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=concurrency),
        function_response_types=["ReportBatchItemFailures"],
    )


def feed_from_stream(
    scope: Construct,
    construct_id: str,
    table: aws_dynamodb.Table,
    function: aws_lambda.CfnFunction,
    failures: aws_s3.Bucket,
) -> aws_lambda.CfnEventSourceMapping:
    """Have a function called with up to 100 changes of a table, or after a second.

    The function sets aside a change that it cannot render. A batch fails while something behind it is down, and from a
    record on that is not a change of an entity: it is halved and tried again, without a limit, until its records are
    too old. What is abandoned then goes to the bucket with its payload, which a queue would not keep:
    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    return aws_lambda.CfnEventSourceMapping(
        scope,
        construct_id,
        function_name=function.ref,
        event_source_arn=table.table_stream_arn,
        starting_position="TRIM_HORIZON",
        batch_size=100,
        maximum_batching_window_in_seconds=1,
        bisect_batch_on_function_error=True,
        maximum_retry_attempts=-1,
        maximum_record_age_in_seconds=LONGEST_RECORD_AGE.to_seconds(),
        function_response_types=["ReportBatchItemFailures"],
        destination_config=aws_lambda.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=aws_lambda.CfnEventSourceMapping.OnFailureProperty(destination=failures.bucket_arn)
        ),
        metrics_config=aws_lambda.CfnEventSourceMapping.MetricsConfigProperty(metrics=["EventCount"]),
    )
