"""What was written under an older contract, and by callers who know one, is read by the present one."""

from dataclasses import replace
from typing import Any

import pytest

from lambdas.shared.errors import DecodeError
from lambdas.shared.items import decode_record, encode_record
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from lambdas.shared.validation import check_patch, check_upsert
from txplatform.contracts.model import Contract, Evolution, Field, FieldType
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS

OLD = SCHEMAS["payments"]
RECORD = {
    "payment_id": "p1",
    "customer_id": "cus_1",
    "merchant_id": "mer_1",
    "amount": "12.30",
    "currency": "EUR",
    "status": "captured",
    "method": "card",
    "created_at": "2026-01-01T00:00:00.000000Z",
    "updated_at": "2026-01-01T00:00:00.000000Z",
}


def _second(contract: Contract) -> EntitySchema:
    renamed = {"name": "paid_with", "evolution": Evolution(former_names=("way", "method"))}
    fields = [replace(field, **renamed) if field.name == "method" else field for field in contract.fields]  # pyright: ignore[reportArgumentType]
    tip = Field("tip", FieldType.DECIMAL, "Tip.", True, 9, 2, evolution=Evolution(backfill="0.5"))
    gift = Field("gift", FieldType.BOOLEAN, "Gift.", evolution=Evolution(deprecated="Nobody asks."))
    changed = replace(contract, version="2.0.0", fields=(*fields, tip, gift))
    return EntitySchema.parse(loads(dumps(registry_document(changed))))


NEW = _second(CONTRACTS["payments"])
PRESENT = {name: value for name, value in RECORD.items() if name != "method"} | {"paid_with": "card", "tip": "0.50"}


def test_an_item_of_an_older_contract_is_a_record_of_the_present_one() -> None:
    item = {"pk": {"S": "p1"}, **encode_record(OLD, RECORD)}
    assert decode_record(NEW, item) == PRESENT
    assert decode_record(NEW, {"pk": {"S": "p1"}, **encode_record(NEW, PRESENT | {"tip": "2.00"})})["tip"] == "2.00"


def test_an_item_with_a_field_under_both_names_is_no_record() -> None:
    item = encode_record(OLD, RECORD) | {"paid_with": {"S": "wallet"}}
    with pytest.raises(DecodeError, match="no field 'method'"):
        decode_record(NEW, item)


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        (RECORD, []),
        (PRESENT, []),
        (RECORD | {"tip": None}, []),
        (RECORD | {"paid_with": "wallet"}, [("method", "unknown_field")]),
        (RECORD | {"way": "card"}, [("method", "unknown_field")]),
    ],
    ids=["former name", "present name", "no tip", "both names", "two former names"],
)
def test_a_record_may_use_former_names(given: dict[str, Any], rules: list[tuple[str, str]]) -> None:
    checked = check_upsert(NEW, given)
    found = [(item.field, item.rule) for item in checked.violations]
    if rules:
        assert [rule for _, rule in found] == ["unknown_field"]
    else:
        assert (found, checked.record) == ([], PRESENT)


def test_a_partial_update_may_use_former_names_and_cannot_remove_what_is_filled_in() -> None:
    identity = {name: RECORD[name] for name in ("payment_id", "updated_at")}
    assert check_patch(NEW, identity | {"method": "wallet"}).record["paid_with"] == "wallet"
    assert "tip" not in check_patch(NEW, identity).record
    [broken] = check_patch(NEW, identity | {"tip": None}).violations
    assert (broken.field, broken.rule) == ("tip", "required")


def test_deprecated_fields_are_known() -> None:
    assert NEW.deprecated == {"gift"}
    assert check_upsert(NEW, RECORD | {"gift": True}).violations == ()
