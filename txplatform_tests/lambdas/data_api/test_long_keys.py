"""Keys as long as DynamoDB allows, and longer ones."""

from collections.abc import Callable
from typing import Any

import pytest

from txplatform_tests.lambdas.data_api.conftest import NEWER, Reply


@pytest.mark.parametrize("key", ["x" * 2_049, "é" * 1_025, "%2F" * 3_000])
def test_a_key_that_is_too_long_to_exist_does_not_exist(
    call: Callable[..., Reply], payment: dict[str, Any], key: str
) -> None:
    for method in ("GET", "DELETE"):
        answer = call(method, f"/v1/payments/{key}")
        assert (answer.status, answer.body["code"]) == (404, "not_found")
        assert "retry-after" not in answer.headers
        assert len(answer.body["detail"]) < 200
    for answer in (
        call("PUT", f"/v1/payments/{key}", {**payment, "payment_id": "pay_2"}),
        call("DELETE", f"/v1/payments/{key}", query={"version": NEWER}),
    ):
        assert answer.status == 422


def test_a_key_may_be_as_long_as_dynamodb_allows(call: Callable[..., Reply]) -> None:
    assert call("GET", f"/v1/payments/{'x' * 2_048}").body["code"] == "not_found"
