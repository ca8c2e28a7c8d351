"""Holds the example contract of the reference and changes one of its keys at a time."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, cast

from txplatform.contracts.document import parse_document, read_document
from txplatform.contracts.keys import Key, Place
from txplatform.contracts.loader import read_contract
from txplatform.contracts.model import Contract
from txplatform.errors import ContractError

EXAMPLE = Path(__file__).parent / "orders.yaml"
_SHOWN = Path("orders.yaml")  # the path in messages: that of a reader's file
_ENTRY_NAMES = ("name", "property", "username", "field")


def changed(place: Place, key: Key, text: str) -> Any:
    """Return the example contract as parsed, where `key` of `place` has the value that the YAML `text` stands for."""
    document = deepcopy(_example())
    entries = _entries(document, place, key)
    value = parse_document(text, _SHOWN)
    if not place.as_properties:
        entries[key.name] = value
        return document
    entries[:] = [entry for entry in entries if entry["property"] != key.name]
    entries.append({"property": key.name, "value": value})
    return document


def without(place: Place, key: Key) -> Any:
    """Return the example contract as parsed, where `place` lacks `key`."""
    document = deepcopy(_example())
    entries = _entries(document, place, key)
    if place.as_properties:
        entries[:] = [entry for entry in entries if entry["property"] != key.name]
    else:
        del entries[key.name]
    return document


def load(document: Any) -> Contract:
    """Read a changed example contract; raise ContractError as the loader does."""
    return read_contract(_SHOWN, document)


def refusal(document: Any) -> ContractError:
    """Return the error that the loader raises for a changed example contract; raise ValueError where it loads."""
    try:
        load(document)
    except ContractError as error:
        return error
    raise ValueError("the loader accepts the contract")


@cache
def _example() -> Any:
    return read_document(EXAMPLE)


def _entries(document: Any, place: Place, key: Key) -> Any:
    """Return the mapping that `key` is in, or the list of custom properties where the place has its keys there."""
    found = document
    for step in place.path:
        name = key.on if step == "*" else step
        found = _entry(cast("list[Any]", found), name) if isinstance(found, list) else found[name]
    return found


def _entry(entries: list[Any], name: str | None) -> Any:
    return next(entry for entry in entries if name in (entry.get(key) for key in _ENTRY_NAMES))
