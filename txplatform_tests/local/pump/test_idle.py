"""Where nothing happens, the pump asks next to nothing, and it stops at once."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError

import pytest

from txplatform.local.aws.stream_waits import await_records
from txplatform.local.clients import LocalClients
from txplatform.local.functions import Outcome
from txplatform.local.pump import Pump, stream
from txplatform.local.pump.stopping import Stopping

PREFIX = "us-east-1:123456789012"
STREAM = f"arn:aws:dynamodb:{PREFIX}:table/t/stream/1"
QUEUE = f"arn:aws:sqs:{PREFIX}:q"


class IdleServices:
    """Services with a queue and a stream that stay empty; a long poll lasts until the end of the test."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.end = threading.Event()
        self.meta = SimpleNamespace(endpoint_url="http://127.0.0.1:1")

    def __call__(self, _service: str) -> "IdleServices":
        return self

    def get_paginator(self, _operation: str) -> "IdleServices":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        mapping = {"State": "Enabled", "FunctionArn": "f", "BatchSize": 10}
        sources = {"queue-id": QUEUE, "stream-id": STREAM}
        mappings = [{**mapping, "UUID": name, "EventSourceArn": arn} for name, arn in sources.items()]
        return [{"EventSourceMappings": mappings}]

    def get_queue_url(self, **_: Any) -> dict[str, Any]:
        return {"QueueUrl": "url"}

    def describe_stream(self, **_: Any) -> dict[str, Any]:
        return {"StreamDescription": {"Shards": [{"ShardId": "shard"}]}}

    def get_shard_iterator(self, **_: Any) -> dict[str, Any]:
        return {"ShardIterator": "iterator"}

    def get_records(self, **_: Any) -> dict[str, Any]:
        self.asked["get_records"] += 1
        return {"Records": [], "NextShardIterator": "iterator"}

    def receive_message(self, **options: Any) -> dict[str, Any]:
        self.asked[f"receive_message for {options['WaitTimeSeconds']} s"] += 1
        self.end.wait()
        return {}

    def await_records(self, _endpoint: str, iterator: str) -> None:
        self.asked[f"await_records at {iterator}"] += 1
        self.end.wait()


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> Iterator[IdleServices]:
    services = IdleServices()
    monkeypatch.setattr(stream, "_IDLE_SECONDS", 0.01)
    monkeypatch.setattr(stream, "await_records", services.await_records)
    yield services
    services.end.set()


def test_an_idle_pump_waits_once_for_each_queue_and_shard(idle: IdleServices, wait_until: Callable[..., Any]) -> None:
    pump = Pump(idle, lambda *_: Outcome())
    pump.start()
    once = {"get_records": 1, "await_records at iterator": 1, "receive_message for 20 s": 1}
    wait_until(lambda: idle.asked.keys() == once.keys())
    pump.stop(timeout=3600)  # which waits for no thread that waits itself
    assert idle.asked == once


def test_stopping_waits_for_the_batches_under_way() -> None:
    stopping = Stopping()
    begun, end = threading.Event(), threading.Event()

    def deliver() -> None:
        with stopping.batch():
            begun.set()
            end.wait()

    thread = threading.Thread(target=deliver)
    thread.start()
    begun.wait()
    assert not stopping.stop(timeout=0)
    assert stopping.is_set()
    end.set()
    assert stopping.stop(timeout=3600)
    thread.join()


def test_a_record_wakes_who_waits_for_it(services: LocalClients) -> None:
    dynamodb, streams, table = services("dynamodb"), services("dynamodbstreams"), f"t-{uuid.uuid4().hex[:8]}"
    arn = dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    where = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(**where)["ShardIterator"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(await_records, services.endpoint, iterator)
        assert wait([waiting], timeout=0.2).not_done
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}})
        assert wait([waiting], timeout=15).done  # unless woken, it would wait for 20 seconds
        waiting.result()
    await_records(services.endpoint, iterator)  # which has its record already


@pytest.mark.parametrize(
    "iterator",
    ["", "x", "x|1|2", f"{STREAM}|1|x", f"{STREAM}|1|2", STREAM.replace("us-east-1", "nowhere") + "|1|2"],
    ids=["empty", "no_iterator", "no_arn", "no_number", "no_table", "no_region"],
)
def test_what_reads_no_stream_is_refused(services: LocalClients, iterator: str) -> None:
    with pytest.raises(HTTPError, match="404"):
        await_records(services.endpoint, iterator)
