"""What a contract may declare to break ties of versions, and what it is refused for: what has no order everywhere."""

from pathlib import Path

import pytest

from txplatform.contracts.compatibility import check_successor
from txplatform.contracts.loader import load_contract, load_contracts
from txplatform.contracts.model import Contract, TieBreaker
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.contracts.documents import (
    Document,
    Edit,
    add,
    assert_refused,
    compose,
    entity_property,
    enum,
    minimal,
    write,
)


def breaking(*entries: dict[str, object]) -> Edit:
    """Declare tie-breakers."""
    return lambda document: entity_property(document, "tieBreakers", list(entries))


def state(document: Document) -> None:
    """Add a text of three states."""
    add(document, name="state", quality=enum("new", "paid", "sent"))


def _six(document: Document) -> None:
    for number in range(6):
        add(document, name=f"number_{number}", logicalType="integer")
    breaking(*({"field": f"number_{number}"} for number in range(6)))(document)


def text(**properties: object) -> Edit:
    return lambda document: add(document, name="event", **properties)


DEFECTS: dict[str, tuple[str | None, str, Edit]] = {
    "a text": (None, "not a list", lambda d: entity_property(d, "tieBreakers", "total")),
    "no field": (None, "field' is missing", breaking({"ranks": ["new"]})),
    "unknown field": (None, "'state', which is not a field", breaking({"field": "state"})),
    "unknown key": (None, "order", breaking({"field": "total", "order": "desc"})),
    "decimal": ("total", "is a decimal", breaking({"field": "total"})),
    "key": ("order_id", "have it in common", breaking({"field": "order_id"})),
    "version": ("updated_at", "have it in common", breaking({"field": "updated_at"})),
    "partition": ("created_at", "have it in common", breaking({"field": "created_at"})),
    "twice": (
        "state",
        "listed twice",
        compose(state, breaking(*[{"field": "state", "ranks": ["new", "paid", "sent"]}] * 2)),
    ),
    "too many": (None, "lists 6 fields", _six),
    "state without ranks": ("state", "without an order", compose(state, breaking({"field": "state"}))),
    "no ranks": ("state", "is empty", compose(state, breaking({"field": "state", "ranks": []}))),
    "state without a rank": (
        "state",
        "'sent', which has no rank",
        compose(state, breaking({"field": "state", "ranks": ["new", "paid"]})),
    ),
    "rank of no state": (
        "state",
        "'lost', which is not among",
        compose(state, breaking({"field": "state", "ranks": ["new", "paid", "sent", "lost"]})),
    ),
    "a state ranked twice": (
        "state",
        "repeats a value",
        compose(state, breaking({"field": "state", "ranks": ["new", "paid", "sent", "new"]})),
    ),
    "ranks of any text": (
        "event",
        "without 'validValues'",
        compose(text(logicalTypeOptions={"maxLength": 9}), breaking({"field": "event", "ranks": ["new"]})),
    ),
    "text of any length": ("event", "any length", compose(text(), breaking({"field": "event"}))),
    "long text": (
        "event",
        "at most 128",
        compose(text(logicalTypeOptions={"maxLength": 129}), breaking({"field": "event"})),
    ),
    "personal": (
        "event",
        "is personal",
        compose(
            text(classification="personal", logicalTypeOptions={"maxLength": 9}),
            breaking({"field": "event"}),
        ),
    ),
    "boolean": ("event", "is a boolean", compose(text(logicalType="boolean"), breaking({"field": "event"}))),
}


@pytest.mark.parametrize(("field", "named", "edit"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_tie_breaker_that_has_no_order_is_refused(tmp_path: Path, field: str | None, named: str, edit: Edit) -> None:
    assert_refused(tmp_path, field, named, edit)


@pytest.fixture
def orders(tmp_path: Path) -> Contract:
    """A contract with a tie-breaker of each kind."""
    document = minimal()
    state(document)
    add(document, name="sequence", logicalType="integer")
    add(document, name="event", logicalTypeOptions={"maxLength": 40})
    add(document, name="sent_on", logicalType="date")
    breaking(
        {"field": "state", "ranks": ["new", "paid", "sent"]},
        {"field": "sequence"},
        {"field": "event"},
        {"field": "sent_on"},
    )(document)
    return load_contract(write(tmp_path, document))


def test_tie_breakers_are_read_and_published_in_the_order_of_the_file(orders: Contract) -> None:
    assert orders.tie_breakers == (
        TieBreaker("state", ("new", "paid", "sent")),
        TieBreaker("sequence"),
        TieBreaker("event"),
        TieBreaker("sent_on"),
    )
    assert registry_document(orders)["tie_breakers"] == [
        {"field": "state", "ranks": ["new", "paid", "sent"]},
        {"field": "sequence"},
        {"field": "event"},
        {"field": "sent_on"},
    ]


def test_without_tie_breakers_the_document_is_as_it_was() -> None:
    assert "tie_breakers" not in registry_document(load_contracts()["trades"])


def test_tie_breakers_may_come_change_and_go(tmp_path: Path) -> None:
    """Nothing that is stored depends on them, so whatever they were, what is stored can be read."""
    documents = [minimal(), minimal(), minimal()]
    for document in documents:
        state(document)
    breaking({"field": "state", "ranks": ["new", "paid", "sent"]})(documents[1])
    breaking({"field": "state", "ranks": ["sent", "new", "paid"]})(documents[2])
    contracts = [load_contract(write(tmp_path, document)) for document in documents]
    for published in contracts:
        for successor in contracts:
            check_successor(registry_document(published), successor)


def test_a_payment_goes_through_its_states_in_this_order() -> None:
    [payments] = load_contracts()["payments"].tie_breakers
    assert (payments.field, payments.ranks) == ("status", ("authorised", "failed", "captured", "settled", "refunded"))
