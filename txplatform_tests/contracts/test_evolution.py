"""What a contract may say of its former versions, and what a former version is once it is read back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts.compatibility import check_successor
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, Evolution, Field, FieldType
from txplatform.contracts.published import former_contract
from txplatform.contracts.render.openapi_record import record_schema
from txplatform.contracts.render.registry import registry_document
from txplatform.errors import ContractError
from txplatform_tests.contracts.documents import Edit, add, assert_refused, compose, custom, prop
from txplatform_tests.samples.nested import purchases

PAYMENTS = load_contracts()["payments"]
PUBLISHED = registry_document(PAYMENTS)

DEFECTS: dict[str, tuple[str | None, str, Edit]] = {
    "former name of another field": ("total", "order_id", lambda d: custom(d, "total", formerNames=["order_id"])),
    "former name twice": (
        "sum",
        "already stands",
        compose(
            lambda d: custom(d, "total", formerNames=["price"]),
            lambda d: add(d, name="sum"),
            lambda d: custom(d, "sum", formerNames=["price"]),
        ),
    ),
    "former name within an object": ("total", "no field", lambda d: custom(d, "total", formerNames=["a.b"])),
    "former name of the key": ("order_id", "part of the key", lambda d: custom(d, "order_id", formerNames=["id"])),
    "former name of the version": (
        "updated_at",
        "orders the versions",
        lambda d: custom(d, "updated_at", formerNames=["changed_at"]),
    ),
    "backfill of the partition field": (
        "created_at",
        "partitions",
        lambda d: custom(d, "created_at", backfill="2026-01-01T00:00:00.000000Z"),
    ),
    "backfill that is no value": ("total", "backfill", lambda d: custom(d, "total", backfill="0.005")),
    "backfill of a person": (
        "total",
        "personal",
        compose(
            lambda d: custom(d, "total", backfill="0.5"),
            lambda d: prop(d, "total").update(classification="personal"),
        ),
    ),
    "deprecated and required": (
        "total",
        "deprecated and required",
        compose(
            lambda d: custom(d, "total", deprecated="Use sum."),
            lambda d: prop(d, "total").update(required=True),
        ),
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_contradiction_is_refused(defect: str, tmp_path: Path) -> None:
    field, words, edit = DEFECTS[defect]
    assert_refused(tmp_path, field, words, edit)


def changed(field_name: str, **changes: Any) -> Contract:
    fields = tuple(replace(field, **changes) if field.name == field_name else field for field in PAYMENTS.fields)
    return replace(PAYMENTS, version="2.0.0", fields=fields)


def added(*, required: bool = True, **changes: Any) -> Contract:
    tip = Field("tip", FieldType.DECIMAL, "Tip.", required, 9, 2, evolution=Evolution(**changes))
    return replace(PAYMENTS, version="2.0.0", fields=(*PAYMENTS.fields, tip))


RENAMED = changed("method", name="paid_with", evolution=Evolution(former_names=("method",)))
BOTH = replace(RENAMED, fields=(*PAYMENTS.fields, RENAMED["paid_with"]))


@pytest.mark.parametrize(
    "successor",
    [RENAMED, added(backfill="0.5"), changed("channel", evolution=Evolution(deprecated="Use method."))],
    ids=["renamed", "required with a backfill", "deprecated"],
)
def test_what_can_be_read_back_may_follow(successor: Contract) -> None:
    check_successor(PUBLISHED, successor)
    check_successor(registry_document(successor), replace(successor, version="2.1.0"))


@pytest.mark.parametrize(
    ("former", "successor", "field", "problem"),
    [
        (PAYMENTS, added(), "tip", "new and required"),
        (RENAMED, PAYMENTS, "paid_with", "is published"),
        (BOTH, RENAMED, "paid_with", "stood beside 'method'"),
        (added(backfill="0.5"), added(backfill="0.6"), "tip", "backfill '0.50'"),
        (added(backfill="0.5"), added(required=False), "tip", "backfill '0.50'"),
        (PAYMENTS, changed("method", name="paid_with"), "method", "is published"),
        (
            PAYMENTS,
            changed("method", name="paid_with", max_length=2, evolution=Evolution(former_names=("method",))),
            "paid_with",
            "longer texts",
        ),
    ],
    ids=["required", "rollback", "both names", "other backfill", "no backfill", "no former name", "renamed, narrower"],
)
def test_what_could_not_be_read_back_is_refused(
    former: Contract, successor: Contract, field: str, problem: str
) -> None:
    with pytest.raises(ContractError, match=problem) as caught:
        check_successor(registry_document(former), successor)
    assert caught.value.field == field


def test_a_deprecated_field_is_marked_for_clients() -> None:
    of_field = record_schema(changed("channel", evolution=Evolution(deprecated="Use method.")))["properties"]["channel"]
    assert of_field["deprecated"] is True
    assert of_field["description"].endswith("Deprecated: Use method.")


@pytest.mark.parametrize("contract", [*load_contracts().values(), purchases(), RENAMED], ids=lambda item: item.version)
def test_a_former_version_says_of_records_what_it_said(contract: Contract) -> None:
    document = registry_document(contract)
    later = replace(contract, version="99.0.0", fields=contract.fields[:1])
    read = former_contract(later, document)
    kept = replace(read, indexes=contract.indexes, tie_breakers=contract.tie_breakers)
    assert registry_document(kept) == document
