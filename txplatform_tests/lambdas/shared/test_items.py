"""A record comes back from an item as it went in; what does not fit is named."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.errors import DecodeError
from lambdas.shared.items import decode_record, encode_record, is_tombstone
from lambdas.shared.schema import EntitySchema
from txplatform_tests.contracts.strategies import records
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS


@given(st.data(), st.sampled_from(sorted(CONTRACTS)), st.booleans())
def test_round_trip_also_when_dynamodb_drops_zeros(data: st.DataObject, entity: str, normalised: bool) -> None:
    record = data.draw(records(CONTRACTS[entity]))
    item = encode_record(SCHEMAS[entity], record)
    if normalised:
        item = {name: {"N": _dropped(value["N"])} if "N" in value else value for name, value in item.items()}
    assert decode_record(SCHEMAS[entity], {"pk": {"S": "key"}, **item}) == record


def _dropped(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


@pytest.mark.parametrize(
    "attribute",
    [
        {"amount": {"S": "12.30"}},
        {"amount": {"N": "many"}},
        {"amount": {"N": "1.234"}},
        {"created_at": {"N": "7"}},
        {"created_at": {"S": "yesterday"}},
        {"colour": {"S": "red"}},
        {"fee": {"NULL": True}},
    ],
    ids=str,
)
def test_an_attribute_that_does_not_fit_is_named(payments: EntitySchema, attribute: dict[str, Any]) -> None:
    with pytest.raises(DecodeError, match=next(iter(attribute))):
        decode_record(payments, attribute)


def test_encoding(payments: EntitySchema) -> None:
    assert encode_record(payments, {"amount": "12.30", "items_count": 3, "currency": "EUR"}) == {
        "amount": {"N": "12.30"},
        "items_count": {"N": "3"},
        "currency": {"S": "EUR"},
    }
    assert encode_record(SCHEMAS["trades"], {"is_block": False}) == {"is_block": {"BOOL": False}}


def test_versions_sort_as_text() -> None:
    numbers = [0, 9, 10, 2**63 - 1]
    assert sorted(map(EntitySchema.version_text, numbers)) == [EntitySchema.version_text(item) for item in numbers]
    assert Decimal(EntitySchema.version_text(9)) == 9


def test_tombstones() -> None:
    assert is_tombstone({"_deleted": {"BOOL": True}})
    assert not is_tombstone({})
