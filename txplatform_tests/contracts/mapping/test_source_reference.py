"""The reference of source systems' files: every key that the loader accepts, each example and each error."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts.keys import Key, Kind, Place
from txplatform.contracts.keys.example import WEB_SHOP
from txplatform.contracts.keys.places import SOURCE_PLACES
from txplatform.contracts.render.source_reference import COMMAND, source_reference
from txplatform.contracts.section import Section

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "source-system.md"
KEYS = {f"{place.where}.{key.name}": (place, key) for place in SOURCE_PLACES for key in place.keys}


def each_key(which: Callable[[Key], object] = lambda key: True) -> pytest.MarkDecorator:
    """Runs a test for each of these keys."""
    chosen = {name: (place, key) for name, (place, key) in KEYS.items() if which(key)}
    return pytest.mark.parametrize(("place", "key"), chosen.values(), ids=chosen.keys())


def test_the_committed_page_is_current() -> None:
    current = f"run: .venv/bin/{COMMAND} > docs/reference/source-system.md"
    assert PAGE.read_text(encoding="utf-8") == source_reference(), current


@each_key(lambda key: key.required)
def test_a_key_is_required_where_the_table_says_so(place: Place, key: Key) -> None:
    error = WEB_SHOP.refusal(WEB_SHOP.without(place, key))
    assert key.name in error.problem
    assert error.remedy


@each_key(lambda key: key.choices and key.kind is Kind.TEXT)
def test_choices_of_a_key_are_all_that_it_may_be(place: Place, key: Key) -> None:
    assert key.example in key.choices
    error = WEB_SHOP.refusal(WEB_SHOP.changed(place, key, "neither-of-them"))
    assert f"use one of: {', '.join(key.choices)}" in error.remedy


@pytest.mark.parametrize("place", SOURCE_PLACES, ids=lambda place: place.where)
def test_a_key_that_a_place_does_not_list_is_refused(place: Place) -> None:
    shown = place.keys[0].on if place.keys else None
    unlisted = Key(name="unlisted", kind=Kind.TEXT, meaning="", example="", wrong="", on=shown)

    error = WEB_SHOP.refusal(WEB_SHOP.changed(place, unlisted, "a"))

    assert "unlisted' is not a key that the platform reads or enforces" in error.problem


def test_the_loader_opens_no_mapping_at_an_undocumented_place(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [WEB_SHOP.changed(place, key, key.example) for place, key in KEYS.values()]
    opened: set[str] = set()
    create = Section.__init__

    def record(self: Section, path: Path, field: str | None, entries: Any, place: Place, where: str = "") -> None:
        if path.name == "shop.yaml":
            opened.add(place.title)
        create(self, path, field, entries, place, where)

    monkeypatch.setattr(Section, "__init__", record)
    for document in documents:
        WEB_SHOP.load(document)

    titles = {place.title for place in SOURCE_PLACES}
    assert {place.title for place in SOURCE_PLACES if place.keys} <= opened <= titles
