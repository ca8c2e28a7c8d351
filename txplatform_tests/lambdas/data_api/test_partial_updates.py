"""Patches of a batch: what changed is merged into what is stored, under the version rule of whole records."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.shared.validation import MAX_RECORD_BYTES
from txplatform_tests.lambdas.conftest import SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, SAME, Reply, item, publish_colour
from txplatform_tests.lambdas.data_api.customers import AT, CUSTOMER, PATH

Call = Callable[..., Reply]
Operation = tuple[str, dict[str, Any]]
LATEST = "2025-01-01T00:00:00.000000Z"


def send(call: Call, *operations: Operation) -> list[dict[str, Any]]:
    """The result of each operation of a batch."""
    body = {"operations": [{"op": op, "record": record} for op, record in operations]}
    return call("POST", "/v1/payments/batch", body).body["results"]


def patch(call: Call, *changes: dict[str, Any], key: str = "pay_1") -> list[str]:
    """The status of each patch, with the fields and rules that it violates."""
    results = send(call, *(("patch", {"payment_id": key, **each}) for each in changes))
    return [
        " ".join([result["status"], *(f"{reason['field']}:{reason['rule']}" for reason in result.get("errors", ()))])
        for result in results
    ]


def test_named_fields_change_null_removes_one_and_the_others_stay(
    call: Call, payment: dict[str, Any], dynamodb: Any
) -> None:
    call("PUT", "/v1/payments/pay_1", {**payment, "payer_name": "Zoë", "items_count": 2})
    assert patch(call, {"amount": 13.5, "payer_name": None, "fee": None, "updated_at": NEWER}) == ["written"]
    expected = {**payment, "amount": "13.50", "items_count": 2, "updated_at": NEWER}
    assert call("GET", "/v1/payments/pay_1").body == expected
    assert not [name for name, value in item(dynamodb).items() if "NULL" in value]
    assert "payer_name" not in item(dynamodb)


def test_the_version_rule_is_that_of_whole_records(call: Call, payment: dict[str, Any]) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    changes = {"amount": "1.00", "updated_at": NEWER}
    assert patch(call, {"updated_at": OLDER, "amount": "9.00"}, changes, changes) == [
        *("superseded :superseded", "written", "unchanged"),
    ]
    assert patch(call, {"amount": "2.00", "updated_at": NEWER}) == ["rejected updated_at:version_conflict"]
    assert patch(call, {"status": "refunded", "updated_at": NEWER}) == ["written"], "a later state of that version"
    assert patch(call, {"status": "settled", "updated_at": NEWER}) == ["superseded"], (
        "an earlier state and nothing else"
    )
    tied = {"status": "settled", "items_count": 3, "updated_at": NEWER}
    assert patch(call, tied) == ["superseded :superseded"]
    moved = {"created_at": OLDER, "updated_at": LATEST}
    assert patch(call, moved) == ["rejected created_at:partition_immutable"]
    assert call("GET", "/v1/payments/pay_1").body == {**payment, **changes, "status": "refunded"}


def test_an_older_patch_is_superseded_and_says_that_its_changes_are_missing(
    call: Call, payment: dict[str, Any]
) -> None:
    """The newest wins a record, not a field: docs/decisions/partial-updates.md says why."""
    call("PUT", "/v1/payments/pay_1", payment)
    late = {"payment_id": "pay_1", "items_count": 7, "updated_at": NEWER}
    newer = {"payment_id": "pay_1", "amount": "2.00", "updated_at": LATEST}
    written, superseded = send(call, ("patch", newer), ("patch", late))
    assert (written["status"], superseded["status"]) == ("written", "superseded")
    assert [(reason["field"], reason["rule"]) for reason in superseded["errors"]] == [("", "superseded")]
    assert "items_count" not in call("GET", "/v1/payments/pay_1").body


@pytest.mark.parametrize("changes", [{"amount": "1.0"}, {"payer_name": None}, {"amount": 1, "fee": None}])
def test_a_patch_that_comes_again_after_a_newer_one_is_unchanged_where_its_changes_are_stored(
    call: Call, payment: dict[str, Any], dynamodb: Any, changes: dict[str, Any]
) -> None:
    call("PUT", "/v1/payments/pay_1", {**payment, "payer_name": "Zoë"})
    first, second = {**changes, "updated_at": NEWER}, {"items_count": 2, "updated_at": LATEST}
    assert patch(call, first, second) == ["written", "written"]
    before = item(dynamodb)
    assert patch(call, first) == ["unchanged"]
    assert patch(call, {**first, "description": "else"}) == ["superseded :superseded"]
    assert item(dynamodb) == before


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_patches_of_one_moment_end_in_the_last_by_the_count_of_the_source(call: Call, order: tuple[int, int]) -> None:
    call("PUT", AT, CUSTOMER)
    patches = [
        {"customer_id": "cus_1", "city": str(place), "updated_at": LATEST, "source_commit": 7, "source_sequence": place}
        for place in order
    ]
    body = {"operations": [{"op": "patch", "record": patch} for patch in patches]}
    statuses = [result["status"] for result in call("POST", f"{PATH}/batch", body).body["results"]]

    assert statuses == ["written", "written" if order == (1, 2) else "superseded"]
    assert call("GET", AT).body == {**CUSTOMER, **patches[order.index(2)]}


def test_a_patch_without_its_record_may_be_sent_again(call: Call, payment: dict[str, Any], dynamodb: Any) -> None:
    changes = {"payment_id": "pay_1", "amount": "1.00", "updated_at": NEWER}
    [result] = send(call, ("patch", changes))
    assert result == {
        "index": 0,
        "key": "pay_1",
        "status": "not_found",
        "retryable": True,
        "errors": [
            {
                "field": "",
                "rule": "not_found",
                "message": "there is no record under the key; send the changes again once it is stored",
            }
        ],
    }
    assert item(dynamodb) == {}
    statuses = [result["status"] for result in send(call, ("upsert", payment), ("patch", changes))]
    assert statuses == ["written", "written"]
    counted = call(
        "POST", "/v1/payments/batch", {"operations": [{"op": "patch", "record": {**changes, "payment_id": "x"}}]}
    )
    assert (counted.body["not_found"], counted.body["rejected"]) == (1, 0)


def test_a_patch_never_brings_back_what_was_deleted(call: Call, payment: dict[str, Any], dynamodb: Any) -> None:
    send(call, ("upsert", payment), ("delete", {"payment_id": "pay_1", "updated_at": NEWER}))
    before = item(dynamodb)
    statuses = patch(call, *({"amount": "1.00", "updated_at": version} for version in (SAME, NEWER, LATEST)))
    assert statuses == ["superseded", "superseded", "not_found :not_found"]
    assert item(dynamodb) == before
    send(call, ("upsert", {**payment, "updated_at": "2024-06-01T00:00:00Z"}))
    assert patch(call, {"amount": "1.00", "updated_at": LATEST}) == ["written"], "it was for the record that came again"


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        (
            {"amount": "x", "colour": 1, "currency": "XXX", "updated_at": NEWER},
            "amount:type colour:unknown_field currency:enum",
        ),
        ({"amount": None, "customer_id": None, "updated_at": NEWER}, "amount:required customer_id:required"),
        ({"created_at": None, "updated_at": NEWER}, "created_at:required"),
        ({"amount": "1.00"}, "updated_at:required"),
        ({"amount": "1.00", "updated_at": None}, "updated_at:required"),
        ({"amount": "-1.00", "updated_at": NEWER}, "amount:minimum"),
        ({"items_count": -1, "updated_at": NEWER}, "items_count:minimum"),
        ({"amount": "1.00", "updated_at": "2099-01-01T00:00:00Z"}, "updated_at:version_in_future"),
        ({"payment_id": None, "updated_at": NEWER}, "payment_id:required"),
    ],
)
def test_what_a_patch_says_is_validated_whether_or_not_its_record_is_there(
    call: Call, payment: dict[str, Any], dynamodb: Any, changes: dict[str, Any], reasons: str
) -> None:
    for _ in range(2):
        [status] = patch(call, changes)
        assert sorted(status.split()) == sorted(["rejected", *reasons.split()])
        call("PUT", "/v1/payments/pay_1", payment)
    assert item(dynamodb)["_version"] == {"S": SAME}


@pytest.mark.parametrize("record", [None, 7, [], "x"])
def test_a_patch_is_an_object(call: Call, record: Any) -> None:
    [result] = send(call, ("patch", record))
    assert (result["status"], result["errors"][0]["rule"]) == ("rejected", "type")


def test_the_merged_record_is_validated_too(
    call: Call, payment: dict[str, Any], put: Callable[..., None], dynamodb: Any
) -> None:
    put("pay_1", currency="XXX")
    put("pay_2", attributes={"description": {"S": "x" * (MAX_RECORD_BYTES - 1_000)}})
    before = item(dynamodb), item(dynamodb, "pay_2")
    assert patch(call, {"amount": "1.00", "updated_at": NEWER}) == ["rejected currency:enum"]
    [status] = patch(call, {"amount": "1.00", "updated_at": NEWER}, key="pay_2")
    assert status.startswith("rejected description:max_length")
    assert (item(dynamodb), item(dynamodb, "pay_2")) == before
    assert patch(call, {"currency": "EUR", "updated_at": NEWER}) == ["written"], "the patch may correct it"


def test_a_patch_of_a_newer_contract_is_taken_by_it(call: Call, payment: dict[str, Any], dynamodb: Any) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    publish_colour(dynamodb)
    assert patch(call, {"colour": "red", "updated_at": NEWER}) == ["written"]
    assert item(dynamodb)["colour"] == {"S": "red"}


def test_the_schema_knows_patches(call: Call, payment: dict[str, Any]) -> None:
    """The rules of a field are those of the contract: each example value of a payment passes as a patch alone."""
    call("PUT", "/v1/payments/pay_1", payment)
    for number, name in enumerate(SCHEMAS["payments"].fields):
        if name in payment and name not in ("payment_id", "created_at", "updated_at"):
            version = f"2024-02-{number + 1:02}T00:00:00Z"
            assert patch(call, {name: payment[name], "updated_at": version}) == ["written"]
