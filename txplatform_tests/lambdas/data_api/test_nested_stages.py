"""A nested record goes from its message to the line of its change, and is the same at every stage."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.cdc.core import Change, render_line
from lambdas.shared.json_value import Json
from lambdas.shared.jsonio import dumps, loads
from lambdas.source.core import Accepted, validate
from txplatform.contracts.model import FieldType
from txplatform.contracts.names import entity_table
from txplatform.contracts.render.registry import publish
from txplatform_tests.contracts.strategies import records
from txplatform_tests.lambdas.conftest import make_table
from txplatform_tests.lambdas.data_api.conftest import Reply
from txplatform_tests.lambdas.nested import CHANGED, PLACED, SCHEMA, exact
from txplatform_tests.lambdas.source.test_core import message
from txplatform_tests.samples.nested import purchases

Call = Callable[..., Reply]
NUMBERS = count(1)


def line(item: dict[str, Any]) -> dict[str, Any]:
    """The change line of an item that was put, as parsed."""
    change = Change("purchases", "1", "insert", datetime(2026, 11, 1, tzinfo=UTC), item)
    return loads(render_line(SCHEMA, 1, change).text)


def in_a_line(record: dict[str, Any]) -> dict[str, Any]:
    """A record as its change line has it: JSON values as their texts."""
    texts = [field.name for field in purchases().fields if field.type is FieldType.JSON]
    return {name: Json.of(loads(dumps(value))).text if name in texts else value for name, value in record.items()}


@pytest.fixture
def table(dynamodb: Any) -> str:
    publish(dynamodb, purchases())
    make_table(dynamodb, entity_table("purchases"), "pk")
    return entity_table("purchases")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_record_is_the_same_at_every_stage(data: st.DataObject, call: Call, dynamodb: Any, table: str) -> None:
    key = f"pur_{next(NUMBERS)}"
    fixed = {"purchase_id": key, "placed_at": PLACED, "updated_at": CHANGED}
    record = data.draw(records(purchases()).map(lambda drawn: {**drawn, **fixed, "rest": {"extra": drawn.get("rest")}}))
    sent = {name: value for name, value in record.items() if name != "rest"} | record["rest"]
    if record["rest"]["extra"] is None:
        del record["rest"]

    accepted = validate(SCHEMA, message(sent))
    assert isinstance(accepted, Accepted)
    posted = call("POST", "/v1/purchases/batch", dumps({"operations": [accepted.operation]}))
    assert [result["status"] for result in posted.body["results"]] == ["written"]
    assert exact(call("GET", f"/v1/purchases/{key}").body) == exact(record)
    item = dynamodb.get_item(TableName=table, Key={"pk": {"S": key}})["Item"]
    assert exact(line(item)["record"]) == exact(in_a_line(record))
