"""Whatever the order and however often: the operations on a key end in the same item, and none of them vanishes."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.data_api.adapters import EntityTables
from lambdas.data_api.outcomes import Outcome
from lambdas.shared.items import decode_record, encode_record
from lambdas.shared.provenance import Provenance
from lambdas.shared.record_key import record_key
from lambdas.shared.schema import Record
from txplatform.contracts import names
from txplatform_tests.contracts.strategies import records
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS

Operation = tuple[str, Record]
Run = Callable[[list[Operation]], tuple[list[Outcome], dict[str, Any]]]
SCHEMA = SCHEMAS["payments"]
IDENTITY = ("payment_id", "created_at")


@st.composite
def histories(draw: st.DrawFn, upserts_a_version: int = 1) -> list[Operation]:
    """What one key goes through: a few versions, each with upserts, a deletion or both; the partition stays."""
    base = draw(records(CONTRACTS["payments"])) | {"payment_id": "pay_1"}
    fixed = {name: base[name] for name in IDENTITY}
    made: list[Operation] = []
    for number in range(draw(st.integers(1, 3))):
        version = {"updated_at": f"2026-01-0{number + 1}T00:00:00.000000Z"}
        kinds = draw(st.sampled_from([("upsert",), ("delete",), ("upsert", "delete")]))
        if "upsert" in kinds:
            contents = draw(st.lists(records(CONTRACTS["payments"]), min_size=1, max_size=upserts_a_version))
            made += [("upsert", content | fixed | version) for content in contents]
        if "delete" in kinds:
            made.append(("delete", fixed | version))
    return made


@pytest.fixture
def apply(dynamodb: Any) -> Run:
    """Runs operations on an empty key and returns their outcomes and the item, without the moments of writing."""
    tables = EntityTables(dynamodb, names.entity_table(names.ENTITY_SLOT), 30)
    key = {"pk": {"S": "pay_1"}}
    table = names.entity_table("payments")

    def run(operations: list[Operation]) -> tuple[list[Outcome], dict[str, Any]]:
        dynamodb.delete_item(TableName=table, Key=key)
        outcomes: list[Outcome] = []
        for op, record in operations:
            pk = record_key(SCHEMA.key, record)
            if op == "upsert":
                outcomes.append(tables.upsert(SCHEMA, pk, record, Provenance("trace-1")))
            else:
                outcomes.append(
                    tables.soft_delete(SCHEMA, pk, record, SCHEMA.version_of(record), Provenance("trace-1"))
                )
        item = dynamodb.get_item(TableName=table, Key=key)["Item"]
        return outcomes, {name: value for name, value in item.items() if name not in ("_written_at", "_expires_at")}

    return run


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_repetition_ends_in_the_same_item(data: st.DataObject, apply: Run) -> None:
    history = data.draw(histories())
    shuffled = data.draw(st.permutations(history + data.draw(st.lists(st.sampled_from(history), max_size=3))))

    _, item = apply(history)

    assert apply(shuffled)[1] == item
    last = max(record["updated_at"] for _, record in history)
    assert item["_version"] == {"S": last}
    dead = any(op == "delete" and record["updated_at"] == last for op, record in history)
    assert ("_deleted" in item) is dead


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_content_vanishes_that_is_not_stored_superseded_or_refused(data: st.DataObject, apply: Run) -> None:
    history = data.draw(histories(upserts_a_version=3))
    operations = data.draw(st.permutations(history + data.draw(st.lists(st.sampled_from(history), max_size=3))))

    outcomes, item = apply(operations)

    business = {name: value for name, value in item.items() if name in SCHEMA.fields}
    for outcome, (op, record) in zip(outcomes, operations, strict=True):
        version = {"S": record["updated_at"]}
        newer = (item["_version"]["S"], SCHEMA.rank_of(decode_record(SCHEMA, item)))
        superseded = newer > (record["updated_at"], SCHEMA.rank_of(record))
        deleted = "_deleted" in item and item["_version"] == version
        stored = op == "upsert" and business == encode_record(SCHEMA, record)
        assert stored or superseded or deleted or outcome is Outcome.VERSION_CONFLICT
