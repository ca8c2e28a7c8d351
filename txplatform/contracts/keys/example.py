"""Holds the example files of the references, and changes one of their keys at a time."""

from collections.abc import Callable
from copy import deepcopy
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from txplatform.contracts.document import parse_document, read_document
from txplatform.contracts.keys import Key, Place
from txplatform.contracts.keys.transform import TRANSFORMS
from txplatform.contracts.loader import load_contract, read_contract
from txplatform.contracts.mapping.loader import read_system
from txplatform.errors import ContractError

T = TypeVar("T")

EXAMPLE = Path(__file__).parent / "orders.yaml"
SHOP = Path(__file__).parent / "shop.yaml"
_ENTRY_NAMES = ("name", "property", "username", "field", "reason", "id")


class Example(Generic[T]):
    """An example file, of which `read` is the loader. Messages show its name alone."""

    def __init__(self, path: Path, read: Callable[[Path, Any], T]) -> None:
        self.path = path
        self._shown = Path(path.name)
        self._read = read

    @cached_property
    def _document(self) -> Any:
        return read_document(self.path)

    def changed(self, place: Place, key: Key, text: str) -> Any:
        """Return the example as parsed, where `key` of `place` has the value that the YAML `text` stands for."""
        document = deepcopy(self._document)
        entries = _entries(document, place, key)
        value = parse_document(text, self._shown)
        if not place.as_properties:
            entries[key.name] = value
            return document
        entries[:] = [entry for entry in entries if entry["property"] != key.name]
        entries.append({"property": key.name, "value": value})
        return document

    def without(self, place: Place, key: Key) -> Any:
        """Return the example as parsed, where `place` lacks `key`."""
        document = deepcopy(self._document)
        entries = _entries(document, place, key)
        if place.as_properties:
            entries[:] = [entry for entry in entries if entry["property"] != key.name]
        else:
            del entries[key.name]
        return document

    def load(self, document: Any) -> T:
        """Read a changed example; raise ContractError as the loader does."""
        return self._read(self._shown, document)

    def refusal(self, document: Any) -> ContractError:
        """Return the error that the loader raises for a changed example; raise ValueError where it loads.

        It names no line: what was changed is in none.
        """
        try:
            self.load(document)
        except ContractError as error:
            return ContractError(error.path, error.field, error.problem, error.remedy)
        raise ValueError("the loader accepts the file")


ORDERS = Example(EXAMPLE, read_contract)
WEB_SHOP = Example(SHOP, lambda path, document: read_system(path, document, {"orders": load_contract(EXAMPLE)}))


def _entries(document: Any, place: Place, key: Key) -> Any:
    """Return the mapping that `key` is in, or the list of custom properties where the place has its keys there."""
    if place in TRANSFORMS.values():
        return _arguments(document, place)
    found = document
    for step in place.path:
        name = key.on if step == "*" else step
        found = _entry(cast("list[Any]", found), name) if isinstance(found, list) else found[name]
    return found


def _arguments(document: Any, place: Place) -> Any:
    """Let the total of the order go through the transform alone, and return its arguments, the required ones given."""
    arguments = {key.name: parse_document(key.example, SHOP) for key in place.keys if key.required}
    document["records"][0]["fields"]["total"] = {"from": "total", "transforms": [{place.path[-1]: arguments}]}
    return arguments


def _entry(entries: list[Any], name: str | None) -> Any:
    return next(entry for entry in entries if name in (entry.get(key) for key in _ENTRY_NAMES))
