"""Lines and objects of changes: exact to the digit, and the same for the same records."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cdc.core import Change, objects, parse_change, render_line, render_undecodable
from lambdas.shared.errors import DecodeError
from lambdas.shared.items import encode_record
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from lambdas.shared.validation import check_upsert
from txplatform.contracts import names
from txplatform_tests.contracts.strategies import records, values
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS

PATTERN = names.entity_table(names.ENTITY_SLOT)


@pytest.fixture
def changes(event: Callable[[str], Any]) -> list[Change]:
    return [parse_change(record, PATTERN) for record in event("dynamodb_stream")["Records"]]


def test_captured_records_become_lines(changes: list[Change], payments: EntitySchema, payment: dict[str, Any]) -> None:
    insert, tombstone, removal = (json.loads(render_line(payments, 7, change).text) for change in changes)
    assert insert == {
        "entity": "payments",
        "op": "insert",
        "order_key": "1|000007|0000000000004421584500000000017450439091",
        "sequence_number": "4421584500000000017450439091",
        "occurred_at": "2023-11-14T22:13:21.000000Z",
        "schema_version": payments.version,
        "trace_id": "order-service-7f3a",
        "written_by": None,
        "request_id": None,
        "deleted": False,
        "record": {**payment, "items_count": 3},
    }
    gone = {"payment_id": "pay_1", "created_at": payment["created_at"]}
    assert (tombstone["trace_id"], removal["trace_id"]) == (None, None)
    assert (tombstone["op"], tombstone["deleted"], tombstone["record"]) == ("modify", True, gone)
    assert (removal["op"], removal["deleted"], removal["record"]) == ("remove", True, gone)
    assert insert["order_key"] < tombstone["order_key"] < removal["order_key"]


def test_a_line_says_who_made_the_change(changes: list[Change], payments: EntitySchema) -> None:
    """Of an item removed past the API nobody knows who did it; what expires was deleted by who left its tombstone."""
    insert, tombstone, removal = changes
    by = {"_trace_id": {"S": "order-1"}, "_written_by": {"S": "https://i#crm"}, "_request_id": {"S": "r-1"}}
    live = replace(removal, image=insert.image)
    said: list[tuple[Any, ...]] = []
    for change in (insert, tombstone, removal, live):
        line = json.loads(render_line(payments, 1, replace(change, image={**change.image, **by})).text)
        said.append((line["trace_id"], line["written_by"], line["request_id"]))
    assert said == [("order-1", "https://i#crm", "r-1")] * 3 + [("order-1", None, None)]


def test_a_generation_outranks_all_sequence_numbers_before_it(changes: list[Change], payments: EntitySchema) -> None:
    first, *_, last = changes
    old = json.loads(render_line(payments, 9, last).text)["order_key"]
    assert old < json.loads(render_line(payments, 10, first).text)["order_key"]


def test_lines_travel_by_entity_and_day(changes: list[Change], payments: EntitySchema) -> None:
    lines = [render_line(payments, 1, change) for change in changes]
    made = objects(lines, "cdc")
    first, second, third = (change.sequence_number.zfill(40) for change in changes)
    assert list(made) == [
        f"cdc/payments/dt=2023-11-14/{first}-{second}.jsonl.gz",
        f"cdc/payments/dt=2024-02-13/{third}-{third}.jsonl.gz",
    ]
    assert gzip.decompress(next(iter(made.values()))).decode().splitlines() == [line.text for line in lines[:2]]
    assert objects(lines, "cdc") == made, "the same lines give the same bytes"
    assert next(iter(made.values()))[4:8] == bytes(4), "no time in the gzip header"


@pytest.mark.parametrize("moment", [1700000001, 1700000001.0, "1700000001"])
def test_moments(event: Callable[[str], Any], moment: Any) -> None:
    record = event("dynamodb_stream")["Records"][0]
    record["dynamodb"]["ApproximateCreationDateTime"] = moment
    assert parse_change(record, PATTERN).day == "2023-11-14"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["eventName"], "TRUNCATE"),
        (["eventSourceARN"], "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/x"),
        (["dynamodb", "SequenceNumber"], "1e9"),
        (["dynamodb", "SequenceNumber"], "9" * 41),
        (["dynamodb", "ApproximateCreationDateTime"], "now"),
        (["dynamodb", "ApproximateCreationDateTime"], 1e300),
        (["dynamodb", "ApproximateCreationDateTime"], "NaN"),
        (["dynamodb", "NewImage"], None),
        (["dynamodb", "NewImage"], "image"),
    ],
    ids=str,
)
def test_what_is_not_a_stream_record_cannot_be_decoded(
    event: Callable[[str], Any], path: list[str], value: Any
) -> None:
    record = event("dynamodb_stream")["Records"][0]
    inner = record
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    with pytest.raises(DecodeError):
        parse_change(record, PATTERN)


def test_an_image_without_its_key_cannot_be_decoded(changes: list[Change], payments: EntitySchema) -> None:
    change = changes[0]
    keyless = {name: value for name, value in change.image.items() if name != "payment_id"}
    with pytest.raises(DecodeError, match="payment_id"):
        render_line(payments, 1, Change(change.entity, "1", "insert", change.occurred_at, keyless))


IMAGES = st.dictionaries(
    st.sampled_from(["pk", "_version", "_deleted", "_trace_id", "_written_by", *SCHEMAS["payments"].fields]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["S", "N", "BOOL", "B", "M"]), inner),
        max_leaves=4,
    ),
)


@given(IMAGES, st.sampled_from(["INSERT", "REMOVE"]))
def test_any_image_is_rendered_or_a_line_that_says_why_not(image: Any, operation: str) -> None:
    stream = {
        "eventName": operation,
        "eventSourceARN": f"arn:aws:dynamodb:eu-west-1:1:table/{names.entity_table('payments')}/stream/x",
        "dynamodb": {"SequenceNumber": "1", "ApproximateCreationDateTime": 0, "NewImage": image, "OldImage": image},
    }
    change = parse_change(stream, PATTERN)
    try:
        line = render_line(SCHEMAS["payments"], 1, change)
    except DecodeError as error:
        line = render_undecodable(SCHEMAS["payments"], 1, change, error)
        assert json.loads(line.text)["image"] == image
    assert ("record" in json.loads(line.text)) is not ("undecodable" in json.loads(line.text))


def test_a_deleted_item_needs_no_more_than_its_key(changes: list[Change], payments: EntitySchema) -> None:
    insert, tombstone, removal = changes
    for change in (tombstone, removal, replace(insert, op="remove")):
        image = {**change.image, "former_field": {"S": "Ada Lovelace"}, "amount": {"S": "many"}}
        line = render_line(payments, 1, replace(change, image=image))
        assert line.text == render_line(payments, 1, change).text


def test_an_undecodable_change_keeps_its_image_order_and_reason(changes: list[Change], payments: EntitySchema) -> None:
    change = replace(changes[0], image={"payment_id": {"S": "pay_1"}, "amount": {"N": "many"}})
    with pytest.raises(DecodeError) as caught:
        render_line(payments, 7, change)
    line = json.loads(render_undecodable(payments, 7, change, caught.value).text)
    assert line == {
        "entity": "payments",
        "op": "insert",
        "order_key": "1|000007|0000000000004421584500000000017450439091",
        "sequence_number": "4421584500000000017450439091",
        "occurred_at": "2023-11-14T22:13:21.000000Z",
        "schema_version": payments.version,
        "trace_id": None,
        "written_by": None,
        "request_id": None,
        "undecodable": "attribute 'amount' is not a number",
        "image": {"payment_id": {"S": "pay_1"}, "amount": {"N": "many"}},
    }


@given(st.data(), st.sampled_from(sorted(CONTRACTS)))
def test_digits_survive_from_message_to_line(data: st.DataObject, entity: str) -> None:
    """Canonical record → JSON → validation → DynamoDB item, zeros dropped as DynamoDB drops them → change line."""
    contract, schema = CONTRACTS[entity], SCHEMAS[entity]
    record = data.draw(records(contract))
    record |= {name: data.draw(values(contract[name]).filter(bool)) for name in contract.key}
    written = {
        name: Decimal(value) if schema.fields[name].type == "decimal" else value for name, value in record.items()
    }
    numbers = [name for name in written if schema.fields[name].type == "decimal"]
    text = dumps({name: f"@{name}" if name in numbers else value for name, value in written.items()})
    for name in numbers:
        text = text.replace(f'"@{name}"', format(written[name], "f"))
    checked = check_upsert(schema, loads(text))
    assert checked.violations == ()
    item = encode_record(schema, checked.record)
    stored = {
        name: {"N": format(Decimal(value["N"]), "f").rstrip("0").rstrip(".") or "0"}
        if "." in value.get("N", "")
        else value
        for name, value in item.items()
    }
    stream = {
        "eventName": "INSERT",
        "eventSourceARN": f"arn:aws:dynamodb:eu-west-1:1:table/{names.entity_table(entity)}/stream/x",
        "dynamodb": {"SequenceNumber": "1", "ApproximateCreationDateTime": 0, "NewImage": stored},
    }
    line = loads(render_line(schema, 1, parse_change(stream, PATTERN)).text)
    assert line["record"] == record
