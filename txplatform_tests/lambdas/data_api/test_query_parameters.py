"""A parameter that a route does not know would be ignored: a typo would delete what it should not."""

from collections.abc import Callable
from typing import Any

import pytest

from txplatform_tests.lambdas.data_api.conftest import NEWER, Reply, item


@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("GET", "/v1/payments/pay_1", "none"),
        ("PUT", "/v1/payments/pay_1", "none"),
        ("PATCH", "/v1/payments/pay_1", "none"),
        ("DELETE", "/v1/payments/pay_1", "version"),
        ("POST", "/v1/payments", "none"),
        ("POST", "/v1/payments/batch", "none"),
    ],
)
def test_an_unknown_parameter_is_refused_and_nothing_is_done(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, method: str, path: str, named: str
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    before = item(dynamodb)
    record = {**payment, "updated_at": NEWER}
    body = {"operations": [{"op": "upsert", "record": record}]} if path.endswith("batch") else record
    content_type = "application/merge-patch+json" if method == "PATCH" else "application/json"
    answer = call(method, path, body, query={"Version": NEWER}, content_type=content_type)
    assert (answer.status, answer.body["code"]) == (400, "malformed_request")
    assert "'Version'" in answer.body["detail"]
    assert named in answer.body["detail"]
    assert item(dynamodb) == before


def test_the_name_of_an_unknown_parameter_is_not_repeated_without_end(call: Callable[..., Reply]) -> None:
    answer = call("GET", "/v1/payments/pay_1", query={"x" * 10_000: "1"})
    assert len(answer.body["detail"]) < 300
