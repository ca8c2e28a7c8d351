"""Deletions are one conditional write of a small item: at any width of an entity, and exact under races."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.cdc.core import parse_change, render_line
from lambdas.data_api.adapters import EntityTables
from lambdas.data_api.outcomes import Outcome
from lambdas.data_api.stored import MAX_ATTEMPTS
from lambdas.shared.errors import StoreContendedError
from lambdas.shared.items import encode_record
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.provenance import Provenance
from lambdas.shared.schema import EntitySchema, Record
from txplatform.contracts import names
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, SAME, TABLE, item

PAYMENTS = SCHEMAS["payments"]
DELETION = Provenance("trace-2", "https://i#crm", "r-2")
SYSTEM = {"pk", "_version", "_deleted", "_expires_at", "_written_at", "_trace_id", "_written_by", "_request_id"}
EXPRESSION_BYTES = 4096  # of AWS, for each expression


class Watched:
    """A client that keeps what it was asked, and does something before its next write."""

    def __init__(self, dynamodb: Any) -> None:
        self.dynamodb = dynamodb
        self.writes: list[dict[str, Any]] = []
        self.before: list[Callable[[], object]] = []

    def get_item(self, **arguments: Any) -> Any:
        return self.dynamodb.get_item(**arguments)

    def put_item(self, **arguments: Any) -> Any:
        self.writes.append(arguments)
        if self.before:
            self.before.pop(0)()
        return self.dynamodb.put_item(**arguments)


@pytest.fixture
def watched(dynamodb: Any) -> Watched:
    return Watched(dynamodb)


def tables(client: Any) -> EntityTables:
    return EntityTables(client, names.entity_table(names.ENTITY_SLOT), 30)


def upsert(watched: Watched, record: Record) -> Outcome:
    """Another writer's upsert, past what is watched."""
    return tables(watched.dynamodb).upsert(PAYMENTS, "pay_1", record, Provenance("trace-3"))


def identity(payment: Record, *fields: str) -> Record:
    return {name: payment[name] for name in fields}


def wide_schema(width: int) -> EntitySchema:
    document = registry_document(CONTRACTS["payments"])
    extra = {f"a_field_with_a_name_of_some_length_{index:03}": {"type": "string"} for index in range(width)}
    document["fields"] |= extra
    document["json_schema"]["properties"] |= extra
    return EntitySchema.parse(loads(dumps(document)))


@pytest.mark.parametrize("version", [None, NEWER])
def test_a_deletion_fits_into_aws_s_limits_at_800_fields(
    watched: Watched, payment: dict[str, Any], version: str | None
) -> None:
    schema = wide_schema(800)
    record = {**payment, **{name: "x" for name in schema.fields if name.startswith("a_field")}}
    store = tables(watched)
    store.upsert(schema, "pay_1", record, Provenance("trace-1"))
    if version is None:
        assert store.soft_delete_stored(schema, "pay_1", DELETION) == payment["updated_at"]
    else:
        assert store.soft_delete(schema, "pay_1", {"payment_id": "pay_1"}, version, DELETION) is Outcome.DELETED
    assert item(watched.dynamodb).keys() == SYSTEM | {"payment_id", "created_at"}
    for write in watched.writes:
        assert "UpdateExpression" not in write
        assert len(write["ConditionExpression"].encode()) <= EXPRESSION_BYTES
        assert len(write["ExpressionAttributeNames"]) < 20


def test_a_deletion_that_knows_the_partition_is_one_call(watched: Watched, payment: dict[str, Any]) -> None:
    store = tables(watched)
    store.upsert(PAYMENTS, "pay_1", payment, Provenance("trace-1"))
    watched.writes.clear()
    known = identity(payment, "payment_id", "created_at")
    assert store.soft_delete(PAYMENTS, "pay_1", known, NEWER, DELETION) is Outcome.DELETED
    assert store.soft_delete(PAYMENTS, "pay_2", {"payment_id": "pay_2"}, NEWER, DELETION) is Outcome.DELETED
    assert len(watched.writes) == 2


def test_a_deletion_without_the_partition_keeps_the_stored_one(watched: Watched, payment: dict[str, Any]) -> None:
    store = tables(watched)
    store.upsert(PAYMENTS, "pay_1", payment, Provenance("trace-1"))
    assert store.soft_delete(PAYMENTS, "pay_1", {"payment_id": "pay_1"}, NEWER, DELETION) is Outcome.DELETED
    assert item(watched.dynamodb)["created_at"] == {"S": payment["created_at"]}


def test_a_newer_record_that_comes_in_between_survives(watched: Watched, payment: dict[str, Any]) -> None:
    store = tables(watched)
    store.upsert(PAYMENTS, "pay_1", payment, Provenance("trace-1"))
    latest = {**payment, "updated_at": "2025-01-01T00:00:00.000000Z", "amount": "7.00"}
    watched.before = [
        lambda: None,
        lambda: upsert(watched, latest),
    ]
    assert store.soft_delete(PAYMENTS, "pay_1", {"payment_id": "pay_1"}, NEWER, DELETION) is Outcome.STALE
    assert item(watched.dynamodb)["amount"] == {"N": "7.00"}


def test_an_older_record_that_comes_in_between_is_deleted(watched: Watched, payment: dict[str, Any]) -> None:
    """It comes under a key where nothing was, and brings a partition that the deletion did not know."""
    store = tables(watched)
    watched.before = [lambda: upsert(watched, payment)]
    assert store.soft_delete(PAYMENTS, "pay_1", {"payment_id": "pay_1"}, NEWER, DELETION) is Outcome.DELETED
    tombstone = item(watched.dynamodb)
    assert (tombstone["_version"], tombstone["created_at"]) == ({"S": NEWER}, {"S": payment["created_at"]})
    assert tombstone.keys() == SYSTEM | {"payment_id", "created_at"}


def test_the_deletion_of_what_is_stored_has_the_version_it_found_last(
    watched: Watched, payment: dict[str, Any]
) -> None:
    store = tables(watched)
    store.upsert(PAYMENTS, "pay_1", payment, Provenance("trace-1"))
    newer = {**payment, "updated_at": NEWER}
    watched.before = [lambda: upsert(watched, newer)]
    assert store.soft_delete_stored(PAYMENTS, "pay_1", DELETION) == NEWER
    assert item(watched.dynamodb)["_version"] == {"S": NEWER}


def test_a_deletion_among_writers_without_end_ends(watched: Watched, payment: dict[str, Any]) -> None:
    store = tables(watched)
    store.upsert(PAYMENTS, "pay_1", payment, Provenance("trace-1"))

    def rewrite() -> None:
        stored = item(watched.dynamodb)
        watched.dynamodb.put_item(TableName=TABLE, Item=stored | {"_written_at": {"S": f"{len(watched.writes)}"}})

    watched.before = [rewrite] * (MAX_ATTEMPTS + 1)
    with pytest.raises(StoreContendedError, match="'pay_1'"):
        store.soft_delete_stored(PAYMENTS, "pay_1", DELETION)


@pytest.mark.parametrize(
    ("version", "deleted", "outcome"),
    [
        (OLDER, False, Outcome.STALE),
        (SAME, False, Outcome.DELETED),
        (NEWER, False, Outcome.DELETED),
        (OLDER, True, Outcome.ALREADY_DELETED),
        (SAME, True, Outcome.UNCHANGED),
        (NEWER, True, Outcome.DELETED),
    ],
)
def test_what_becomes_of_a_deletion(
    dynamodb: Any, payment: dict[str, Any], version: str, deleted: bool, outcome: Outcome
) -> None:
    store = tables(dynamodb)
    store.upsert(PAYMENTS, "pay_1", payment, Provenance("trace-1"))
    if deleted:
        store.soft_delete_stored(PAYMENTS, "pay_1", Provenance("trace-1"))
    known = identity(payment, "payment_id", "created_at")
    assert store.soft_delete(PAYMENTS, "pay_1", known, version, DELETION) is outcome


def test_the_stream_s_old_image_still_says_where_the_record_lay(dynamodb: Any, payment: dict[str, Any]) -> None:
    """A tombstone of a key that comes back in another partition: `cdc` derives `previous` from the old image."""
    store = tables(dynamodb)
    store.upsert(PAYMENTS, "pay_1", payment, Provenance("trace-1"))
    before = item(dynamodb)
    store.soft_delete(PAYMENTS, "pay_1", {"payment_id": "pay_1", "created_at": OLDER}, NEWER, DELETION)
    deleted = item(dynamodb)
    assert encode_record(PAYMENTS, identity(payment, "payment_id", "created_at")).items() <= deleted.items()
    back = {**payment, "created_at": OLDER, "updated_at": "2025-01-01T00:00:00.000000Z"}
    store.upsert(PAYMENTS, "pay_1", back, Provenance("trace-3"))
    lines = [loads(_line(old, new)) for old, new in ((before, deleted), (deleted, item(dynamodb)))]
    assert (lines[0]["deleted"], "previous" in lines[0]) == (True, False)
    assert lines[1]["previous"] == identity(payment, "payment_id", "created_at")


def _line(old: Any, new: Any) -> str:
    arn = f"arn:aws:dynamodb:us-east-1:123456789012:table/{TABLE}/stream/2024-01-01T00:00:00.000"
    body = {"SequenceNumber": "1", "ApproximateCreationDateTime": 1, "OldImage": old, "NewImage": new}
    change = parse_change(
        {"eventName": "MODIFY", "eventSourceARN": arn, "dynamodb": body}, names.entity_table(names.ENTITY_SLOT)
    )
    return render_line(PAYMENTS, 1, change).text
