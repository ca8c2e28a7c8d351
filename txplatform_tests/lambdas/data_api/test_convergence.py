"""Whatever the order and however often: the operations on a key end in the same item."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.data_api.adapters import EntityTables
from lambdas.shared.record_key import record_key
from lambdas.shared.schema import Record
from txplatform.contracts import names
from txplatform_tests.contracts.strategies import records
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS

Operation = tuple[str, Record]
SCHEMA = SCHEMAS["payments"]


@st.composite
def histories(draw: st.DrawFn) -> list[Operation]:
    """What one key goes through: versions that differ, each an upsert, a deletion or both; the partition stays."""
    base = draw(records(CONTRACTS["payments"])) | {"payment_id": "pay_1"}
    made: list[Operation] = []
    for number in range(draw(st.integers(1, 3))):
        version = {"updated_at": f"2026-01-0{number + 1}T00:00:00.000000Z"}
        kinds = draw(st.sampled_from([("upsert",), ("delete",), ("upsert", "delete")]))
        if "upsert" in kinds:
            content = draw(records(CONTRACTS["payments"]))
            fixed = {name: base[name] for name in ("payment_id", "created_at")}
            made.append(("upsert", content | fixed | version))
        if "delete" in kinds:
            made.append(("delete", {name: base[name] for name in ("payment_id", "created_at")} | version))
    return made


@pytest.fixture
def apply(dynamodb: Any) -> Iterator[Callable[[list[Operation]], dict[str, Any]]]:
    """Runs operations on an empty key and returns the item, without the moments of writing."""
    tables = EntityTables(dynamodb, names.entity_table(names.ENTITY_SLOT), 30)
    key = {"pk": {"S": "pay_1"}}
    table = names.entity_table("payments")

    def run(operations: list[Operation]) -> dict[str, Any]:
        dynamodb.delete_item(TableName=table, Key=key)
        for op, record in operations:
            pk = record_key(SCHEMA.key, record)
            if op == "upsert":
                tables.upsert(SCHEMA, pk, record)
            else:
                tables.bury(SCHEMA, pk, record, SCHEMA.version_of(record))
        item = dynamodb.get_item(TableName=table, Key=key)["Item"]
        return {name: value for name, value in item.items() if name not in ("_written_at", "_expires_at")}

    return run


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_repetition_ends_in_the_same_item(
    data: st.DataObject, apply: Callable[[list[Operation]], dict[str, Any]]
) -> None:
    history = data.draw(histories())
    shuffled = data.draw(st.permutations(history + data.draw(st.lists(st.sampled_from(history), max_size=3))))

    item = apply(history)

    assert apply(shuffled) == item
    last = max(record["updated_at"] for _, record in history)
    assert item["_version"] == {"S": last}
    dead = any(op == "delete" and record["updated_at"] == last for op, record in history)
    assert ("_deleted" in item) is dead
