"""The reference of contract files: every key that the loader accepts, each example and each error as they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts.document import parse_document, read_document
from txplatform.contracts.keys import Key, Kind, Place
from txplatform.contracts.keys.example import EXAMPLE, ORDERS
from txplatform.contracts.keys.places import PLACES
from txplatform.contracts.loader import load_contract, load_contracts
from txplatform.contracts.model import FieldType
from txplatform.contracts.render.reference import COMMAND, contract_reference
from txplatform.contracts.section import Section

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "contract.md"
changed, load, refusal, without = ORDERS.changed, ORDERS.load, ORDERS.refusal, ORDERS.without
KEYS = {f"{place.where}.{key.name}": (place, key) for place in PLACES for key in place.keys}


def each_key(which: Callable[[Key], object] = lambda key: True) -> pytest.MarkDecorator:
    """Runs a test for each of these keys."""
    chosen = {name: (place, key) for name, (place, key) in KEYS.items() if which(key)}
    return pytest.mark.parametrize(("place", "key"), chosen.values(), ids=chosen.keys())


@pytest.fixture(scope="module")
def page() -> str:
    """The committed page."""
    return PAGE.read_text(encoding="utf-8")


def test_the_committed_page_is_current(page: str) -> None:
    assert page == contract_reference(), f"run: .venv/bin/{COMMAND} > docs/reference/contract.md"


@each_key()
def test_the_example_of_a_key_loads(place: Place, key: Key) -> None:
    load(changed(place, key, key.example))


@each_key()
def test_the_wrong_value_of_a_key_is_refused_and_the_page_shows_the_error(place: Place, key: Key, page: str) -> None:
    error = refusal(changed(place, key, key.wrong))

    section = page.partition(f"## {place.title}\n")[2].partition(f"### `{key.name}`\n")[2]
    assert str(error) in section.partition("\n### ")[0].partition("\n## ")[0]
    assert error.remedy


@each_key(lambda key: key.required)
def test_a_key_is_required_where_the_table_says_so(place: Place, key: Key) -> None:
    assert refusal(without(place, key)).remedy


@each_key(lambda key: key.choices)
def test_choices_of_a_key_are_all_that_it_may_be(place: Place, key: Key) -> None:
    assert parse_document(key.example, EXAMPLE) in key.choices
    error = refusal(changed(place, key, "neither-of-them"))
    assert f"use one of: {', '.join(key.choices)}" in error.remedy


@each_key(lambda key: key.types)
def test_a_key_is_refused_on_a_field_of_another_type(place: Place, key: Key) -> None:
    other = "items" if FieldType.STRING in key.types else "reference"
    document = read_document(EXAMPLE)
    field = next(field for field in document["schema"][0]["properties"] if field["name"] == other)
    if place.as_properties:
        field["customProperties"] = [{"property": key.name, "value": parse_document(key.example, EXAMPLE)}]
    else:
        field["logicalTypeOptions"] = {key.name: parse_document(key.example, EXAMPLE)}

    error = refusal(document)

    assert error.field == other
    assert key.name in error.problem


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.where)
def test_a_key_that_a_place_does_not_list_is_refused(place: Place) -> None:
    shown = place.keys[0]
    unlisted = Key(name="unlisted", kind=Kind.TEXT, meaning="", example="", wrong="", on=shown.on)

    error = refusal(changed(place, unlisted, "a"))

    assert "unlisted' is not a key that the platform reads or enforces" in error.problem


def test_the_loader_opens_no_mapping_at_an_undocumented_place(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Place] = []
    create = Section.__init__

    def record(self: Section, path: Path, field: str | None, entries: Any, place: Place, where: str = "") -> None:
        opened.append(place)
        create(self, path, field, entries, place, where)

    monkeypatch.setattr(Section, "__init__", record)
    load_contract(EXAMPLE)
    load_contracts()

    assert {place.title for place in opened} == {place.title for place in PLACES}


def test_the_loader_cannot_read_a_key_that_is_not_listed_or_of_another_kind() -> None:
    contract = Section(EXAMPLE, None, {"retries": 3, "name": "orders"}, PLACES[0])

    with pytest.raises(KeyError, match="retries"):
        contract.optional_text("retries")
    with pytest.raises(AssertionError, match="'name' is listed as text"):
        contract.flag("name")
    with pytest.raises(ValueError, match="accepts"):
        refusal(changed(*KEYS["top level.name"], "orders"))


def test_keys_of_a_place_are_listed_once() -> None:
    for place in PLACES:
        assert len(set(place)) == len(place.keys), place.title
