"""PATCH: JSON merge patch under the version rule."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.data_api.merge_patch import apply_merge_patch
from lambdas.data_api.preconditions import entity_tag
from lambdas.shared.errors import InvalidRecordError
from lambdas.shared.json_value import Json
from txplatform_tests.lambdas.conftest import SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, SAME, Reply, item

LATEST = "2025-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("record", "patch", "patched"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": "b"}, {}, {"a": "b"}),
        ({"a": "b"}, {"c": None}, {"a": "b"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({"a": "b"}, {"a": {"b": None}}, {"a": {}}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"a": Json('{"b":1,"c":[2]}')}, {"a": {"b": None, "c": [None]}}, {"a": {"c": [None]}}),
        ({"a": Json("[1]")}, {"a": Json('{"b":null,"c":2}')}, {"a": {"c": 2}}),
    ],
)
def test_the_standard_s_examples(record: Any, patch: Any, patched: Any) -> None:
    """Those of appendix A of RFC 7396 whose document and patch are objects, and the same within a JSON value."""
    assert apply_merge_patch(SCHEMAS["payments"], record, patch) == patched


@pytest.mark.parametrize("patch", [["c"], None, "bar", 7])
def test_a_patch_is_an_object(patch: Any) -> None:
    with pytest.raises(InvalidRecordError):
        apply_merge_patch(SCHEMAS["payments"], {"a": "b"}, patch)


def test_named_fields_change_and_the_others_stay(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    call("PUT", "/v1/payments/pay_1", {**payment, "payer_name": "Zoë", "items_count": 2})
    answer = call("PATCH", "/v1/payments/pay_1", {"amount": 13.5, "payer_name": None, "updated_at": NEWER})
    expected = {**payment, "amount": "13.50", "items_count": 2, "updated_at": NEWER}
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, expected, entity_tag(expected))
    assert call("GET", "/v1/payments/pay_1").body == expected
    assert "payer_name" not in item(dynamodb)


@pytest.mark.parametrize(
    ("patch", "status", "code"),
    [
        ({"amount": "1.00"}, 409, "version_conflict"),
        ({"amount": "1.00", "updated_at": SAME}, 409, "version_conflict"),
        ({"amount": "1.00", "updated_at": OLDER}, 409, "stale_version"),
        ({"created_at": OLDER, "updated_at": NEWER}, 409, "partition_immutable"),
        ({"payment_id": "pay_2", "updated_at": NEWER}, 422, "invalid_record"),
        ({"payment_id": None, "updated_at": NEWER}, 422, "invalid_record"),
        ({"amount": {"value": "1.00"}, "updated_at": NEWER}, 422, "invalid_record"),
        ({"colour": "red", "updated_at": NEWER}, 422, "invalid_record"),
        ({"updated_at": "2099-12-31T00:00:00Z"}, 422, "invalid_record"),
        ([], 422, "invalid_record"),
        ("{", 400, "invalid_json"),
    ],
)
def test_a_patch_makes_a_version_like_any_other(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, patch: Any, status: int, code: str
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    before = item(dynamodb)
    answer = call("PATCH", "/v1/payments/pay_1", patch)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert item(dynamodb) == before


def test_a_patch_that_changes_nothing_is_not_written(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    before = item(dynamodb)
    for patch in ({}, {"amount": 12.3}, {"payer_name": None}):
        assert call("PATCH", "/v1/payments/pay_1", patch).status == 200
    assert item(dynamodb) == before


def test_a_patch_whose_changes_a_newer_version_has_is_answered_with_that(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    """As that of a batch: it came before, and is sent again."""
    changes = {"amount": "1.00", "payer_name": None, "updated_at": SAME}
    call("PUT", "/v1/payments/pay_1", {**payment, "updated_at": OLDER, "payer_name": "Zoë"})
    call("PATCH", "/v1/payments/pay_1", changes)
    newer = call("PATCH", "/v1/payments/pay_1", {"description": "Order 18", "updated_at": NEWER})
    before = item(dynamodb)

    again = call("PATCH", "/v1/payments/pay_1", changes)

    assert (again.status, again.body, again.headers["etag"]) == (200, newer.body, newer.headers["etag"])
    assert item(dynamodb) == before
    missing = call("PATCH", "/v1/payments/pay_1", {**changes, "amount": "2.00"})
    assert (missing.status, missing.body["code"]) == (409, "stale_version")


def test_only_what_lives_can_be_patched(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    patch = {"amount": "1.00", "updated_at": NEWER}
    assert call("PATCH", "/v1/payments/pay_1", patch).status == 404
    call("PUT", "/v1/payments/pay_1", payment)
    call("DELETE", "/v1/payments/pay_1")
    assert call("PATCH", "/v1/payments/pay_1", patch).status == 404
    assert call("PATCH", f"/v1/payments/{'x' * 2049}", patch).status == 404


@pytest.mark.parametrize("content_type", ["application/json", "application/json-patch+json", "text/xml"])
def test_a_patch_of_another_media_type_is_refused(
    call: Callable[..., Reply], payment: dict[str, Any], content_type: str
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    answer = call("PATCH", "/v1/payments/pay_1", {"amount": "1.00"}, content_type=content_type)
    assert (answer.status, answer.headers["accept-patch"]) == (415, "application/merge-patch+json")


def test_a_record_comes_back_after_its_deletion_as_a_newer_version(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    """Restoring is writing a newer version over the tombstone, with PUT, POST or in a batch, and any partition."""
    for method, path in (("PUT", "/v1/payments/pay_1"), ("POST", "/v1/payments")):
        call("PUT", "/v1/payments/pay_1", payment)
        assert call("DELETE", "/v1/payments/pay_1").status == 204
        assert call(method, path, payment).body["code"] == "stale_version"
        payment = {**payment, "updated_at": NEWER if method == "PUT" else LATEST, "created_at": OLDER}
        assert call(method, path, payment).status == 201
        assert call("GET", "/v1/payments/pay_1").body == payment
        assert not {"_deleted", "_expires_at"} & item(dynamodb).keys()
