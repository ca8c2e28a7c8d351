"""`cdc` from stream event to object, on AWS in this process."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.cdc.handler import handler
from lambdas.shared.errors import (
    LakeUnavailableError,
    MalformedEventError,
    RegistryUnavailableError,
    UndecidedOrderError,
    UnknownEntityError,
)
from lambdas.shared.registry import SchemaRegistry
from txplatform.contracts.names import HEARTBEAT_KEY, REGISTRY_TABLE
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.cdc.conftest import BUCKET, Cloud, landed
from txplatform_tests.lambdas.conftest import CONTEXT, CONTRACTS, Counted

ALL_DONE = {"batchItemFailures": []}
pytestmark = pytest.mark.usefixtures("wired")


def test_an_event_becomes_one_object_a_day_and_a_repetition_none(cloud: Cloud, event: Callable[[str], Any]) -> None:
    assert handler(event("dynamodb_stream"), CONTEXT) == ALL_DONE
    assert [[line["op"] for line in lines] for lines in landed(cloud)] == [["insert", "modify"], ["remove"]]
    assert handler(event("dynamodb_stream"), CONTEXT) == ALL_DONE
    assert len(landed(cloud)) == 2


def test_order_keys_hold_the_current_generation(cloud: Cloud, event: Callable[[str], Any], dynamodb: Any) -> None:
    item = {"entity": {"S": "payments"}, "item": {"S": "generation"}, "generation": {"N": "3"}}
    dynamodb.put_item(TableName=REGISTRY_TABLE, Item=item)
    handler(event("dynamodb_stream"), CONTEXT)
    assert {line["order_key"][:9] for lines in landed(cloud) for line in lines} == {"1|000003|"}


def test_an_undecodable_change_stops_nobody_and_ends_in_quarantine(
    cloud: Cloud, event: Callable[[str], Any], dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = event("dynamodb_stream")
    made["Records"] = [made["Records"][0]] * 3 + made["Records"][1:]
    broken = [json.loads(json.dumps(record)) for record in made["Records"][:2]]
    for record in broken:
        record["dynamodb"]["NewImage"]["amount"] = {"N": "12.345"}
    made["Records"][:2] = broken
    reads: list[str] = []
    fresh_schema = SchemaRegistry.fresh_schema
    monkeypatch.setattr(
        SchemaRegistry, "fresh_schema", lambda self, name: reads.append(name) or fresh_schema(self, name)
    )

    assert handler(made, CONTEXT) == ALL_DONE

    assert reads == ["payments", "payments"], "the first, and one more for all that does not fit it"
    first, _ = sorted(landed(cloud), key=len, reverse=True)
    assert ["undecodable" in line for line in first] == [True, True, False, False]
    readers = pytest.importorskip("txplatform.ingest.readers", reason="the platform is not installed on this Python")
    lines = io.BytesIO("\n".join(json.dumps(line) for line in first).encode())
    [batch] = readers.read_changes(lines, CONTRACTS["payments"])
    assert batch.rows.to_list() == [3, 4]
    assert batch.broken.select("row", "rule", "message").rows() == [
        (1, "row.undecodable", "attribute 'amount' breaks the rule 'scale'"),
        (2, "row.undecodable", "attribute 'amount' breaks the rule 'scale'"),
    ]
    assert json.loads(batch.broken["payload"][0])["image"] == broken[0]["dynamodb"]["NewImage"]


def test_whatever_one_image_makes_go_wrong_stops_nobody(cloud: Cloud, event: Callable[[str], Any]) -> None:
    made = event("dynamodb_stream")
    made["Records"][0]["dynamodb"]["NewImage"]["amount"] = None
    assert handler(made, CONTEXT) == ALL_DONE
    lines = [line for lines in landed(cloud) for line in lines]
    assert [line.get("undecodable") for line in lines] == ["the item cannot be rendered: TypeError", None, None]


def test_what_comes_before_a_record_that_is_not_a_change_is_written(cloud: Cloud, event: Callable[[str], Any]) -> None:
    made = event("dynamodb_stream")
    made["Records"][1]["eventName"] = "TRUNCATE"
    failed = made["Records"][1]["dynamodb"]["SequenceNumber"]
    assert handler(made, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": failed}]}
    assert [[line["op"] for line in lines] for lines in landed(cloud)] == [["insert"]]
    made["Records"] = made["Records"][1:]
    assert handler(made, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": failed}]}
    assert len(landed(cloud)) == 1


def test_an_image_of_a_newer_contract_is_read_by_it(cloud: Cloud, event: Callable[[str], Any], dynamodb: Any) -> None:
    handler(event("dynamodb_stream"), CONTEXT)
    document = registry_document(CONTRACTS["payments"])
    document["fields"]["colour"] = {"type": "string"}
    document["version"] = "9.0.0"
    published = {"entity": {"S": "payments"}, "item": {"S": "schema"}, "version": {"S": "9.0.0"}}
    dynamodb.put_item(TableName=REGISTRY_TABLE, Item={**published, "document": {"S": json.dumps(document)}})
    made = event("dynamodb_stream")
    made["Records"] = made["Records"][:1]
    made["Records"][0]["dynamodb"]["NewImage"]["colour"] = {"S": "red"}
    assert handler(made, CONTEXT) == ALL_DONE
    [line] = next(lines for lines in landed(cloud) if len(lines) == 1 and lines[0]["op"] == "insert")
    assert (line["schema_version"], line["record"]["colour"]) == ("9.0.0", "red")


def test_nothing_is_lost_when_something_does_not_answer(
    cloud: Cloud, event: Callable[[str], Any], dynamodb: Any
) -> None:
    dynamodb.delete_item(TableName=REGISTRY_TABLE, Key={"entity": {"S": "payments"}, "item": {"S": "schema"}})
    with pytest.raises(UnknownEntityError):
        handler(event("dynamodb_stream"), CONTEXT)
    dynamodb.delete_table(TableName=REGISTRY_TABLE)
    with pytest.raises(RegistryUnavailableError):
        handler(event("dynamodb_stream"), CONTEXT)
    assert landed(cloud) == []


def test_without_the_bucket_all_is_retried(cloud: Cloud, event: Callable[[str], Any]) -> None:
    cloud("s3").delete_bucket(Bucket=BUCKET)
    with pytest.raises(LakeUnavailableError, match="NoSuchBucket"):
        handler(event("dynamodb_stream"), CONTEXT)


@pytest.mark.parametrize("malformed", [{}, {"Records": [{}]}, {"Records": [None]}, {"Records": [{"dynamodb": 7}]}])
def test_another_event_is_refused(malformed: Any) -> None:
    with pytest.raises(MalformedEventError):
        handler(malformed, CONTEXT)


def test_a_heartbeat_is_counted_and_is_no_line(
    cloud: Cloud, event: Callable[[str], Any], dynamodb: Any, counted: Counted
) -> None:
    made = event("dynamodb_stream")
    heartbeat = json.loads(json.dumps(made["Records"][1]))
    heartbeat["dynamodb"]["NewImage"] = {"pk": {"S": HEARTBEAT_KEY}, "_deleted": {"BOOL": True}}
    made["Records"] = [made["Records"][0], heartbeat]
    assert handler(made, CONTEXT) == ALL_DONE
    assert [[line["op"] for line in lines] for lines in landed(cloud)] == [["insert"]]
    assert counted() == {("Entity", "payments"): {"Heartbeats": 1.0}}
    assert handler({**made, "abandoned_at": "2026-11-26T10:00:00Z"}, CONTEXT) == ALL_DONE
    assert counted() == {}, "one that is redriven says nothing of the stream"


def test_a_heartbeat_counts_only_once_what_came_with_it_is_written(
    cloud: Cloud, event: Callable[[str], Any], counted: Counted
) -> None:
    made = event("dynamodb_stream")
    made["Records"][1]["dynamodb"]["NewImage"] = {"pk": {"S": HEARTBEAT_KEY}, "_deleted": {"BOOL": True}}
    cloud("s3").delete_bucket(Bucket=BUCKET)
    with pytest.raises(LakeUnavailableError):
        handler(made, CONTEXT)
    assert counted() == {}


PART = {"entity": "payments", "generation": 3, "started_at": "2026-11-26T10:00:00.000000Z", "part": "items-0000"}


def test_a_part_of_a_bootstrap_is_one_object_below_all_changes_of_its_generation(
    cloud: Cloud, event: Callable[[str], Any], dynamodb: Any
) -> None:
    image = event("dynamodb_stream")["Records"][0]["dynamodb"]["NewImage"]
    items = [image, {**image, "amount": {"N": "1.234"}}, {"pk": {"S": HEARTBEAT_KEY}, "_deleted": {"BOOL": True}}]
    identity = {"payment_id": "gone", "created_at": "2026-01-01T00:00:00.000000Z"}
    order_keys = [f"1|000003|{0:040d}", f"1|000003|{77:040d}"]
    absent = [
        {"identity": identity, "order_key": order_keys[0], "item": None},
        {"identity": identity, "order_key": order_keys[1], "item": image},
    ]
    part = {"bootstrap": {**PART, "items": items, "absent": absent}}
    key = "cdc/payments/dt=2026-11-26/bootstrap-000003-items-0000.jsonl.gz"
    assert handler(part, CONTEXT) == {"object": key, "lines": 4}
    assert handler(part, CONTEXT) == {"object": key, "lines": 4}
    [lines] = landed(cloud)
    moved = lines.pop(2)
    assert (moved["previous"], moved["order_key"], moved["deleted"]) == (identity, order_keys[1], False)
    assert {line["order_key"] for line in lines} == {order_keys[0]}
    assert [line["op"] for line in lines] == ["read", "read", "remove"]
    assert [line.get("deleted") for line in lines] == [False, None, True]
    assert lines[1]["undecodable"] == "attribute 'amount' breaks the rule 'scale'"
    assert lines[2]["record"] == identity
    assert lines[0]["occurred_at"] == image.get("_written_at", {"S": PART["started_at"]})["S"]


def test_an_empty_part_writes_nothing(cloud: Cloud, dynamodb: Any) -> None:
    assert handler({"bootstrap": {**PART, "items": [], "absent": []}}, CONTEXT) == {"lines": 0}
    assert landed(cloud) == []


@pytest.mark.parametrize(
    "malformed",
    [
        {},
        PART,
        {**PART, "items": [7], "absent": []},
        {**PART, "items": [], "absent": [], "part": "../x"},
        {**PART, "items": [], "absent": [{"identity": {}, "order_key": "9", "item": None}]},
    ],
    ids=["empty", "no_items", "no_item", "path", "order_key"],
)
def test_another_part_is_refused(malformed: Any) -> None:
    with pytest.raises(MalformedEventError):
        handler({"bootstrap": malformed}, CONTEXT)


def test_redriven_changes_take_the_generation_in_which_they_were_abandoned(
    cloud: Cloud, event: Callable[[str], Any], dynamodb: Any
) -> None:
    started = [
        {"M": {"generation": {"N": str(number)}, "at": {"S": f"2025-11-2{day}T00:00:00.000000Z"}}}
        for number, day in ((2, 5), (3, 7))
    ]
    item = {
        "entity": {"S": "payments"},
        "item": {"S": "generation"},
        "generation": {"N": "3"},
        "started": {"L": started},
    }
    dynamodb.put_item(TableName=REGISTRY_TABLE, Item=item)
    kept = event("failures/stream_to_s3")
    batch = {**json.loads(kept["payload"]), "abandoned_at": kept["timestamp"]}
    assert handler(batch, CONTEXT) == ALL_DONE
    [lines] = landed(cloud)
    assert {line["order_key"][:9] for line in lines} == {"1|000002|"}
    with pytest.raises(UndecidedOrderError, match="start of generation 3"):
        handler({**batch, "abandoned_at": "2025-11-26T23:59:00Z"}, CONTEXT)
    with pytest.raises(MalformedEventError):
        handler({**batch, "abandoned_at": "yesterday"}, CONTEXT)
