"""Values of a record by their types: as the API writes them, and as Python computes with them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast

from txplatform.client import jsontext
from txplatform.contracts.model import Contract, Field, FieldType

Record = Mapping[str, Any]
KeyValue = str | int | bool | date | Decimal
Key = KeyValue | tuple[KeyValue, ...]
"""The value of the key field, or a tuple of them; the client escapes them."""

_TYPED: Mapping[FieldType, Callable[[str], Any]] = {
    FieldType.DECIMAL: Decimal,
    FieldType.DATE: date.fromisoformat,
    FieldType.TIMESTAMP: lambda text: datetime.fromisoformat(text).astimezone(UTC),
}
# `?` too: an HTTP API cuts the path at a decoded question mark.
_ESCAPED = str.maketrans({"%": "%25", "#": "%23", "/": "%2F", "?": "%3F"})


class Typing:
    """What a contract says of the values of an entity; without one they stay as JSON has them."""

    def __init__(self, contract: Contract | None) -> None:
        fields = contract.fields if contract else ()
        readers = {field.name: _reader(field) for field in fields}
        self._typed = {name: reader for name, reader in readers.items() if reader is not None}
        self._key = contract.key if contract else ()
        self.personal = frozenset(field.name for field in fields if field.personal)

    def record(self, answered: dict[str, Any]) -> dict[str, Any]:
        """Return an answered record with decimals, dates and timestamps as such, and masked values as they come."""
        for name, typed in self._typed.items():
            if answered.get(name) is not None:
                answered[name] = typed(answered[name])
        return answered

    def key(self, record: Record) -> str:
        """Return the key of a record; raise ValueError where no contract says which fields it is."""
        if not self._key:
            raise ValueError("without a contract the key of a record is not known: pass it")
        return record_key(tuple(record[name] for name in self._key))


def _reader(field: Field) -> Callable[[Any], Any] | None:
    """What reads the values of a field, with all that is in them; None where they stay as JSON has them."""
    if field.type in _TYPED:
        return _of_text(_TYPED[field.type])
    if field.element is not None:
        inner = _reader(field.element)
        return None if inner is None else _of_each(inner)
    members = {member.name: _reader(member) for member in field.fields}
    typed = {name: reader for name, reader in members.items() if reader is not None}
    return _of_members(typed) if typed else None


def _of_text(typed: Callable[[str], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        with suppress(ValueError, ArithmeticError):
            return typed(value) if isinstance(value, str) else value
        return value

    return read


def _of_each(typed: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if isinstance(value, list):
            return [typed(item) for item in cast("list[Any]", value)]
        if not isinstance(value, dict):
            return value
        return {name: typed(item) for name, item in cast("dict[str, Any]", value).items()}

    return read


def _of_members(typed: Mapping[str, Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        members = cast("dict[str, Any]", value)
        return {name: typed[name](item) if name in typed else item for name, item in members.items()}

    return read


def record_key(values: Key) -> str:
    """Return the key that a value, or the values of a key of several fields, make."""
    parts = values if isinstance(values, tuple) else (values,)
    return "#".join(text_of(part).translate(_ESCAPED) for part in parts)


def text_of(value: KeyValue) -> str:
    """Return a value as it stands in a key or an address."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(jsontext.exact(value))
