"""Records that were stored before a field was renamed, and requests of callers that know its former name."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lambdas.shared import registry
from txplatform.contracts.model import Evolution, Field, FieldType
from txplatform.contracts.render.registry import publish
from txplatform_tests.lambdas.conftest import CONTRACTS
from txplatform_tests.lambdas.data_api.conftest import Reply, item

PATH = "/v1/payments/pay_1"
TIP = Field("tip", FieldType.DECIMAL, "Tip.", True, 9, 2, evolution=Evolution(backfill="0.5"))


@pytest.fixture
def renamed(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """The payment as it is read after it was stored, `method` became `paid_with`, and `tip` was added."""
    monkeypatch.setattr(registry, "TTL_SECONDS", 0.0)
    assert call("POST", "/v1/payments", payment).status == 201
    payments = CONTRACTS["payments"]
    changes: dict[str, Any] = {"name": "paid_with", "evolution": Evolution(former_names=("method",))}
    fields = [replace(field, **changes) if field.name == "method" else field for field in payments.fields]
    publish(dynamodb, replace(payments, version="9.0.0", fields=(*fields, TIP)))
    kept = {name: value for name, value in payment.items() if name != "method"}
    return {**kept, "paid_with": payment["method"], "tip": "0.50"}


def test_what_is_stored_is_read_under_the_present_name(
    call: Callable[..., Reply], payment: dict[str, Any], renamed: dict[str, Any], dynamodb: Any
) -> None:
    assert call("GET", PATH).body == renamed
    assert call("GET", "/v1/payments").body["items"] == [renamed]
    assert "method" in item(dynamodb), "reading writes nothing"
    for same in (payment, renamed):
        again = call("POST", "/v1/payments", same)
        assert (again.status, again.body) == (200, renamed), "the same record again is no conflict"


def test_what_is_written_again_lies_under_the_present_name(
    call: Callable[..., Reply], renamed: dict[str, Any], dynamodb: Any
) -> None:
    changes = {"method": "wallet", "updated_at": "2026-11-01T00:00:00.000000Z"}
    patched = call("PATCH", PATH, changes)
    assert (patched.status, patched.body["paid_with"], patched.body["tip"]) == (200, "wallet", "0.50")
    stored = item(dynamodb)
    assert (stored["paid_with"], stored["tip"]) == ({"S": "wallet"}, {"N": "0.50"})
    assert "method" not in stored


def test_a_record_with_both_names_is_refused(call: Callable[..., Reply], renamed: dict[str, Any]) -> None:
    answer = call("PUT", PATH, {**renamed, "method": "card"})
    assert answer.status == 422
    assert [(error["field"], error["rule"]) for error in answer.body["errors"]] == [("method", "unknown_field")]
