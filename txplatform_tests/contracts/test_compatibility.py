"""What a successor of a published contract may change, and what it is refused for."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from txplatform.contracts.compatibility import check_order, check_successor
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.render.registry import registry_document
from txplatform.errors import ContractError

PAYMENTS = load_contracts()["payments"]
PUBLISHED = registry_document(PAYMENTS)


def changed(name: str, **changes: Any) -> Contract:
    """Payments with one field changed."""
    fields = tuple(replace(field, **changes) if field.name == name else field for field in PAYMENTS.fields)
    return replace(PAYMENTS, version="2.0.0", fields=fields)


def added(**changes: Any) -> Contract:
    field = Field(name="colour", type=FieldType.STRING, description="Colour.", **changes)
    return replace(PAYMENTS, version="2.0.0", fields=(*PAYMENTS.fields, field))


def test_a_contract_succeeds_itself(contract: Contract) -> None:
    check_successor(registry_document(contract), contract)


@pytest.mark.parametrize(
    "successor",
    [
        added(),
        changed("status", enum=(*PAYMENTS["status"].enum, "disputed")),
        changed("channel", enum=()),
        changed("amount", precision=20),
        changed("payer_name", max_length=300),
        changed("payer_name", max_length=None, personal=False, description="Another."),
        changed("items_count", minimum=Decimal(-1), maximum=Decimal(1_000_001)),
        changed("items_count", minimum=None, maximum=None),
        changed("fee", minimum=Decimal("-0.01")),
        changed("currency", required=False),
        replace(PAYMENTS, version="1.0.1", title="Another"),
    ],
)
def test_what_reads_all_that_is_stored_may_follow(successor: Contract) -> None:
    check_successor(PUBLISHED, successor)


@pytest.mark.parametrize(
    ("successor", "field", "problem"),
    [
        (
            replace(PAYMENTS, fields=tuple(item for item in PAYMENTS.fields if item.name != "fee")),
            "fee",
            "is published",
        ),
        (added(required=True), "colour", "new and required"),
        (changed("fee", required=True), "fee", "was optional"),
        (changed("items_count", type=FieldType.STRING), "items_count", "was of type integer"),
        (changed("items_count", type=FieldType.DECIMAL, precision=18, scale=0), "items_count", "was of type integer"),
        (changed("amount", precision=17), "amount", "precision 18"),
        (changed("amount", precision=20, scale=4), "amount", "scale 2"),
        (changed("amount", precision=18, scale=1), "amount", "scale 2"),
        (changed("status", enum=PAYMENTS["status"].enum[1:]), "status", "such as 'authorised'"),
        (changed("description", enum=("a",)), "description", "other values"),
        (changed("payer_name", max_length=199), "payer_name", "longer texts"),
        (changed("card_last4", max_length=4), "card_last4", "longer texts"),
        (changed("payer_name", min_length=1), "payer_name", "shorter texts"),
        (changed("items_count", minimum=Decimal(1)), "items_count", "smaller numbers"),
        (changed("items_count", maximum=Decimal(999_999)), "items_count", "greater numbers"),
        (changed("fee", minimum=Decimal("0.01")), "fee", "smaller numbers"),
        (changed("fee", maximum=Decimal(10)), "fee", "greater numbers"),
        (replace(PAYMENTS, key=("payment_id", "customer_id")), None, "primary key"),
        (replace(PAYMENTS, partition_field="updated_at"), None, "partition field"),
        (replace(PAYMENTS, partition_transform="month"), None, "partition transform was day, not month"),
        (replace(PAYMENTS, version_field="created_at"), None, "version field"),
    ],
)
def test_what_could_not_read_all_that_is_stored_is_refused(
    successor: Contract, field: str | None, problem: str
) -> None:
    with pytest.raises(ContractError, match=problem) as caught:
        check_successor(PUBLISHED, successor)
    assert (caught.value.path, caught.value.field) == (PAYMENTS.path, field)
    assert caught.value.remedy


def test_an_integer_without_bounds_was_held_to_64_bits() -> None:
    unbounded = registry_document(changed("items_count", minimum=None, maximum=None))
    check_successor(unbounded, changed("items_count", minimum=Decimal(-(2**63)), maximum=Decimal(2**63 - 1)))
    with pytest.raises(ContractError, match="smaller numbers"):
        check_successor(unbounded, changed("items_count", minimum=Decimal(1 - 2**63), maximum=None))
    with pytest.raises(ContractError, match="greater numbers"):
        check_successor(unbounded, changed("items_count", minimum=None, maximum=Decimal(2**63 - 2)))


def test_a_remedy_of_the_caller_stands_for_all() -> None:
    with pytest.raises(ContractError, match="was optional") as caught:
        check_successor(PUBLISHED, changed("fee", required=True), "roll forward")
    assert caught.value.remedy == "roll forward"


def test_an_older_version_is_out_of_order() -> None:
    for version in (PAYMENTS.version, "1.9.0", "1.10.0"):
        check_order(PUBLISHED, replace(PAYMENTS, version=version))
    with pytest.raises(ContractError, match=rf"0\.9\.9 is older than the published {re.escape(PAYMENTS.version)}"):
        check_order(PUBLISHED, replace(PAYMENTS, version="0.9.9"))
