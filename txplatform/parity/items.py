"""Which items the data API can have written, and what of an item is compared."""

import re
from dataclasses import dataclass

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.parity.canonical import TAGS, Item, Reader, Texts
from txplatform.parity.store import DELETED, KEY, SYSTEM, VERSION, WRITTEN_AT

_SHAPES = {
    FieldType.INTEGER: re.compile(r"-?[0-9]{1,19}"),
    FieldType.DECIMAL: re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    FieldType.DATE: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    FieldType.TIMESTAMP: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}"),
}
_UNREADABLE = (KeyError, TypeError, AttributeError, UnicodeEncodeError)


@dataclass(frozen=True, slots=True)
class Defect:
    """What of an item the data API cannot have written: a field, None for the item as a whole, and why."""

    field: str | None
    problem: str


class Items:
    """Reads the items of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._reader = Reader(contract)
        self._known = SYSTEM | {field.name for field in contract.fields}

    def texts(self, item: Item) -> Texts | None:
        """The texts of a live item; None if the data API cannot have written it. `defects` says why."""
        item = self._reader.present(item)
        if VERSION not in item or WRITTEN_AT not in item or not item.keys() <= self._known:
            return None
        return self.readable_texts(item)

    def readable_texts(self, item: Item) -> Texts | None:
        """The same of an item that has the fields of a record, whoever wrote it."""
        try:
            texts = self._reader.texts(item)
            return texts if self._reader.key(texts) == item[KEY]["S"] else None
        except _UNREADABLE:
            return None

    def state(self, item: Item) -> int:
        """What changes with every write of an item by the API; to be compared within this process alone."""
        return hash((str(item.get(VERSION)), str(item.get(WRITTEN_AT)), str(item.get(DELETED))))

    def defects(self, item: Item) -> list[Defect]:
        """Why the data API cannot have written an item, tombstones included; none if it can have."""
        item = self._reader.present(item)
        found = [Defect(None, f"it has no {name}") for name in (VERSION, WRITTEN_AT) if name not in item]
        found += [Defect(name, "is not a field of the contract") for name in sorted(item.keys() - self._known)]
        if DELETED in item:
            return found
        problems = ((field.name, self._problem(field, item)) for field in self._contract.fields)
        found += [Defect(name, problem) for name, problem in problems if problem]
        if not found and self.readable_texts(item) is None:
            found.append(Defect(None, "it does not lie under the key of its record"))
        return found

    def _problem(self, field: Field, item: Item) -> str | None:
        if field.name not in item:
            if field.evolution.backfill is not None:
                return None
            return "is required and absent" if field.required or field.name in self._contract.key else None
        try:
            text = self._reader.text(item, field.name) or ""
            text.encode()
        except _UNREADABLE:
            return f"is not of DynamoDB type {TAGS.get(field.type, 'S')}"
        shape = _SHAPES.get(field.type)
        return None if shape is None or shape.fullmatch(text) else f"is not a {field.type}"
