"""A cursor begins the list that gave it, and no other."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.data_api.cursors import Cursors
from lambdas.data_api.positions import Position
from lambdas.data_api.queries import parse_query
from txplatform_tests.lambdas.conftest import SCHEMAS

CURSORS = Cursors(lambda entity: b"key of " + entity.encode())
POSITION = Position("pay_1", "2024-01-01T00:00:00.000000Z")


def identity(**parameters: str) -> list[str | int | bool | None]:
    named = {name.replace("__", "."): value for name, value in parameters.items()}
    return parse_query(SCHEMAS["payments"], named).identity


ASKED = {"customer_id": "cus_1", "created_at__gte": "2024-01-01T00:00:00Z", "order": "desc"}


@given(st.text(min_size=1, max_size=200), st.none() | st.text(max_size=30))
def test_a_cursor_comes_back_and_can_stand_in_a_url(key: str, sorted_by: str | None) -> None:
    position = Position(key, sorted_by)
    cursor = CURSORS.write("payments", identity(), position)
    assert CURSORS.read("payments", identity(), cursor) == position
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"status": "settled", "created_at__gte": "2024-01-01T00:00:00Z", "order": "desc"},
        {**ASKED, "customer_id": "cus_2"},
        {**ASKED, "order": "asc"},
        {**ASKED, "created_at__gte": "2024-01-02T00:00:00Z"},
        {**ASKED, "created_at__lt": "2025-01-01T00:00:00Z"},
    ],
)
def test_another_list_does_not_take_it(other: dict[str, str]) -> None:
    cursor = CURSORS.write("payments", identity(**ASKED), POSITION)
    assert CURSORS.read("payments", identity(**other), cursor) is None
    assert CURSORS.read("payments", identity(**ASKED), cursor) == POSITION


def test_another_entity_does_not_take_it_even_under_one_key() -> None:
    cursors = Cursors(lambda entity: b"one key")
    assert cursors.read("trades", [], cursors.write("payments", [], POSITION)) is None


def test_size_and_fields_of_the_next_page_may_differ() -> None:
    assert identity(**ASKED, limit="5", fields="amount") == identity(**ASKED)


def test_no_byte_of_it_can_be_changed() -> None:
    signed = bytearray(base64.urlsafe_b64decode(CURSORS.write("payments", [], POSITION) + "=="))
    for index in range(len(signed)):
        changed = signed.copy()
        changed[index] ^= 1
        assert CURSORS.read("payments", [], base64.urlsafe_b64encode(changed).decode().rstrip("=")) is None


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    assert CURSORS.read("payments", [], text) is None


def test_another_key_does_not_take_it() -> None:
    cursor = CURSORS.write("payments", [], POSITION)
    assert Cursors(lambda entity: b"another").read("payments", [], cursor) is None
