"""A version far ahead of now would lock its record for good, so it is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.data_api.future import check_future
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import DEFAULT_FUTURE_SKEW, EntitySchema
from lambdas.shared.timestamps import timestamp_text
from lambdas.shared.validation import Checked
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTRACTS
from txplatform_tests.lambdas.data_api.conftest import Reply, item

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAR = "2099-12-31T00:00:00.000000Z"


def schema(**changes: Any) -> EntitySchema:
    return EntitySchema.parse(loads(dumps(registry_document(CONTRACTS["payments"]) | changes)))


def rules(version: Any, **changes: Any) -> list[str]:
    checked = check_future(schema(**changes), Checked({"updated_at": version}, "pay_1", ()), NOW)
    return [violation.rule for violation in checked.violations]


@pytest.mark.parametrize("ahead", [timedelta(hours=-1), timedelta(0), DEFAULT_FUTURE_SKEW])
def test_a_version_may_be_ahead_by_the_skew(ahead: timedelta) -> None:
    assert rules(timestamp_text(NOW + ahead)) == []


def test_a_version_further_ahead_is_refused() -> None:
    beyond = timestamp_text(NOW + DEFAULT_FUTURE_SKEW + timedelta(microseconds=1))
    assert rules(beyond) == ["version_in_future"]
    assert rules(beyond, future_skew_seconds=2 * 86_400) == [], "the contract sets the skew"
    assert rules(timestamp_text(NOW + timedelta(seconds=1)), future_skew_seconds=0) == ["version_in_future"]


def test_a_date_is_compared_as_a_date_and_a_counter_with_no_clock() -> None:
    fields = registry_document(CONTRACTS["payments"])["fields"]
    dated = {"fields": {**fields, "updated_at": {"type": "date"}}}
    assert rules("2026-03-02", **dated) == []
    assert rules("2026-03-03", **dated) == ["version_in_future"]
    assert rules(10**15, fields={**fields, "updated_at": {"type": "integer"}}) == []


def test_no_route_takes_a_version_of_the_far_future(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    before = item(dynamodb)
    far = {**payment, "updated_at": FAR}
    for answer in (
        call("POST", "/v1/payments", {**far, "payment_id": "pay_2"}),
        call("PUT", "/v1/payments/pay_1", far),
        call("DELETE", "/v1/payments/pay_1", query={"version": FAR}),
    ):
        assert (answer.status, [error["rule"] for error in answer.body["errors"]]) == (422, ["version_in_future"])
    operations = [{"op": op, "record": far} for op in ("upsert", "delete")]
    results = call("POST", "/v1/payments/batch", {"operations": operations}).body["results"]
    assert [(result["status"], result["errors"][0]["rule"]) for result in results] == [
        ("rejected", "version_in_future")
    ] * 2
    assert item(dynamodb) == before
    assert item(dynamodb, "pay_2") == {}
