"""What is decided in Python and what DynamoDB's conditions decide is the same, for whatever is stored."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.data_api.adapters import EntityTables
from lambdas.data_api.outcomes import Outcome, create_outcome, delete_outcome, upsert_outcome
from lambdas.shared.provenance import Provenance
from lambdas.shared.schema import Record
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, SAME, TABLE

SCHEMA = SCHEMAS["payments"]
Step = tuple[str, Record]

_CHANGES = st.fixed_dictionaries(
    {
        "updated_at": st.sampled_from([OLDER, SAME, NEWER]),
        "amount": st.sampled_from(["1.00", "2.00"]),
        "status": st.sampled_from(["authorised", "captured", "settled"]),
        "created_at": st.sampled_from([OLDER, SAME]),
    }
)
_STEPS = st.tuples(st.sampled_from(["upsert", "create", "delete", "delete blindly"]), _CHANGES)


@pytest.fixture
def tables(dynamodb: Any) -> EntityTables:
    return EntityTables(dynamodb, names.entity_table(names.ENTITY_SLOT), 30)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEPS, min_size=1, max_size=5))
def test_conditions_and_decisions_agree(
    steps: list[Step], tables: EntityTables, dynamodb: Any, payment: dict[str, Any]
) -> None:
    dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "pay_1"}})
    for op, changes in steps:
        record = {**payment, **changes}
        before = tables.read(SCHEMA, "pay_1")
        if op == "upsert":
            decided = upsert_outcome(SCHEMA, record, before)
            done = tables.upsert(SCHEMA, "pay_1", record, Provenance("trace-1"))
        elif op == "create":
            decided = create_outcome(SCHEMA, record, before)
            done = tables.create(SCHEMA, "pay_1", record, Provenance("trace-1"))
        else:
            version = SCHEMA.version_of(record)
            known = SCHEMA.identity if op == "delete" else SCHEMA.key
            decided = delete_outcome(version, before)
            done = tables.soft_delete(
                SCHEMA, "pay_1", {name: record[name] for name in known}, version, Provenance("trace-1")
            )
        assert done is decided
        after = tables.read(SCHEMA, "pay_1")
        assert (after is None or before is None or after.item != before.item) is (
            done.writes or after is None or before is None
        )


def test_outcomes_that_write() -> None:
    assert {outcome for outcome in Outcome if outcome.writes} == {
        Outcome.CREATED,
        Outcome.REPLACED,
        Outcome.DELETED,
    }
