"""Which dead letters a filter means."""

from datetime import UTC, datetime, timedelta

import pytest

from txplatform.dead_letters.filters import EVERYTHING, Between, Filter
from txplatform.dead_letters.message import Kind
from txplatform_tests.dead_letters.messages import message, refused_body

REFUSED = message(refused_body("{}", ("currency", "enum"), ("amount", "type")), correlation_id="order-7")
UNDELIVERED = message("{}")
AT = datetime(2026, 11, 1, 10, 0, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    "chosen",
    [
        EVERYTHING,
        Filter(rules=frozenset({"enum"})),
        Filter(fields=frozenset({"amount", "other"})),
        Filter(rules=frozenset({"type"}), fields=frozenset({"amount"})),
        Filter(entities=frozenset({"payments"})),
        Filter(kinds=frozenset({Kind.REFUSED})),
        *(Filter(ids=frozenset({each})) for each in ("m1", "o1", "order-7")),
        Filter(set_aside=Between(AT, AT + SECOND)),
        Filter(sent=Between(AT - SECOND, AT)),
    ],
)
def test_a_dead_letter_that_fits_is_meant(chosen: Filter) -> None:
    assert chosen.matches(REFUSED)


@pytest.mark.parametrize("named", ["line_items", "line_items[].amount", "line_items[3].amount"])
def test_a_reason_within_a_field_is_found_by_the_field_and_by_its_place(named: str) -> None:
    nested = message(refused_body("{}", ("line_items[3].amount", "scale")))
    assert Filter(fields=frozenset({named})).matches(nested)
    assert not Filter(fields=frozenset({named}), rules=frozenset({"type"})).matches(nested)
    assert not Filter(fields=frozenset({"line_items[].sku", "line"})).matches(nested)


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(rules=frozenset({"pattern"})),
        Filter(rules=frozenset({"type"}), fields=frozenset({"currency"})),
        Filter(entities=frozenset({"trades"})),
        Filter(kinds=frozenset({Kind.UNDELIVERED})),
        Filter(ids=frozenset({"m2"})),
        Filter(set_aside=Between(AT + SECOND)),
        Filter(set_aside=Between(None, AT)),
        Filter(sent=Between(AT)),
        Filter(rules=frozenset({"enum"}), ids=frozenset({"m2"})),
    ],
)
def test_a_dead_letter_that_misses_one_condition_is_not_meant(chosen: Filter) -> None:
    assert not chosen.matches(REFUSED)


def test_what_has_no_reasons_matches_no_rule() -> None:
    assert EVERYTHING.matches(UNDELIVERED)
    assert not Filter(rules=frozenset({"enum"})).matches(UNDELIVERED)
    assert not Filter(fields=frozenset({""})).matches(UNDELIVERED)
