"""A shard reader against a real DynamoDB stream of the local AWS."""

import json
import uuid
from decimal import Decimal
from typing import Any

import pytest

from txplatform.local.clients import LocalClients
from txplatform.local.functions import Outcome
from txplatform.local.pump.delivery import StreamDelivery
from txplatform.local.pump.destination import OnFailure
from txplatform.local.pump.mappings import EventSourceMapping
from txplatform.local.pump.stopping import Stopping
from txplatform.local.pump.stream import ShardReader

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"


class Stream:
    """A table with a stream and a reader that remembers the events it delivers."""

    def __init__(self, client: LocalClients) -> None:
        self.client = client
        self.table = f"t-{uuid.uuid4().hex[:8]}"
        self.arn = client("dynamodb").create_table(
            TableName=self.table,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]["LatestStreamArn"]
        self.events: list[Any] = []
        self.outcome = Outcome()

    def put(self, pk: str, **attributes: dict[str, Any]) -> None:
        self.client("dynamodb").put_item(TableName=self.table, Item={"pk": {"S": pk}, **attributes})

    def reader(self, **options: Any) -> ShardReader:
        mapping = EventSourceMapping("mapping-id", self.arn, FUNCTION, **({"batch_size": 100} | options))
        streams = self.client("dynamodbstreams")
        shard = streams.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"][0]["ShardId"]
        stopping = Stopping()
        on_failure = OnFailure(self.client, mapping, shard)
        delivery = StreamDelivery(mapping, self._invoke, on_failure, stopping)
        return ShardReader(streams, mapping, shard, delivery, stopping)

    def _invoke(self, _: str, event: Any) -> Outcome:
        self.events.append(json.loads(json.dumps(event)))
        return self.outcome

    @property
    def keys(self) -> list[list[str]]:
        return [[item["dynamodb"]["Keys"]["pk"]["S"] for item in event["Records"]] for event in self.events]


@pytest.fixture
def stream(services: LocalClients) -> Stream:
    return Stream(services)


def test_records_have_lambdas_form(stream: Stream) -> None:
    stream.put("a", amount={"N": "12345678901234567890.123456789"}, blob={"B": b"\xff"}, tags={"L": [{"S": "x"}]})
    stream.put("a", amount={"N": "2"})
    stream.client("dynamodb").delete_item(TableName=stream.table, Key={"pk": {"S": "a"}})
    stream.reader().poll()
    records = stream.events[0]["Records"]
    assert [item["eventName"] for item in records] == ["INSERT", "MODIFY", "REMOVE"]
    insert = records[0]
    assert insert["eventSource"] == "aws:dynamodb"
    assert insert["eventSourceARN"] == stream.arn
    assert isinstance(insert["dynamodb"]["ApproximateCreationDateTime"], int | float)
    image = insert["dynamodb"]["NewImage"]
    assert Decimal(image["amount"]["N"]) == Decimal("12345678901234567890.123456789")
    assert image["blob"] == {"B": "/w=="}
    assert image["tags"] == {"L": [{"S": "x"}]}
    assert records[2]["dynamodb"]["OldImage"]["amount"] == {"N": "2"}
    assert "NewImage" not in records[2]["dynamodb"]


def test_batches_keep_order_and_size(stream: Stream) -> None:
    for number in range(7):
        stream.put(str(number))
    reader = stream.reader(batch_size=3)
    reader.poll()
    stream.put("7")
    reader.poll()
    assert stream.keys == [["0", "1", "2"], ["3", "4", "5"], ["6"], ["7"]]


def test_a_window_waits_for_a_fuller_batch(stream: Stream) -> None:
    reader = stream.reader(batch_size=2, window=3600)
    stream.put("0")
    assert not reader.poll()
    assert stream.keys == []
    stream.put("1")
    reader.poll()
    assert stream.keys == [["0", "1"]]


def test_latest_skips_what_was_there(stream: Stream) -> None:
    stream.put("before")
    reader = stream.reader(starting_position="LATEST")
    assert reader.poll()
    stream.put("after")
    reader.poll()
    assert stream.keys == [["after"]]


def test_a_bucket_gets_abandoned_records_with_its_payload(stream: Stream) -> None:
    bucket = f"b-{uuid.uuid4().hex[:8]}"
    s3 = stream.client("s3")
    s3.create_bucket(Bucket=bucket)
    stream.put("lost")
    stream.outcome = Outcome(error={"errorType": "E", "errorMessage": "m"})
    stream.reader(max_attempts=0, destination_arn=f"arn:aws:s3:::{bucket}").poll()
    (listed,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert listed["Key"].startswith("aws/lambda/mapping-id/")
    report = json.loads(s3.get_object(Bucket=bucket, Key=listed["Key"])["Body"].read())
    assert report["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert report["requestContext"]["approximateInvokeCount"] == 1
    assert report["DDBStreamBatchInfo"]["batchSize"] == 1
    (record,) = json.loads(report["payload"])["Records"]
    assert record["dynamodb"]["Keys"] == {"pk": {"S": "lost"}}


def test_a_queue_gets_the_metadata_alone(stream: Stream) -> None:
    sqs = stream.client("sqs")
    url = sqs.create_queue(QueueName=f"q-{stream.table}")["QueueUrl"]
    stream.put("lost")
    stream.outcome = Outcome(error={"errorType": "E", "errorMessage": "m"})
    stream.reader(max_attempts=0, destination_arn=f"arn:aws:sqs:us-east-1:123456789012:q-{stream.table}").poll()
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    report = json.loads(message["Body"])
    assert report["DDBStreamBatchInfo"]["streamArn"] == stream.arn
    assert "payload" not in report
