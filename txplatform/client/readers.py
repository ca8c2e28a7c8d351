"""Reads the values of a field as Python has them, with all that is in them, whatever an answer holds."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast

from txplatform.contracts.model import Field, FieldType

_TYPED: Mapping[FieldType, Callable[[str], Any]] = {
    FieldType.DECIMAL: Decimal,
    FieldType.DATE: date.fromisoformat,
    FieldType.TIMESTAMP: lambda text: datetime.fromisoformat(text).astimezone(UTC),
}


def reader_of(field: Field) -> Callable[[Any], Any] | None:
    """What reads the values of a field, with all that is in them; None where they stay as JSON has them."""
    if field.type in _TYPED:
        return _of_text(_TYPED[field.type])
    if field.element is not None:
        inner = reader_of(field.element)
        return None if inner is None else _of_each(inner)
    members = {member.name: reader_of(member) for member in field.fields}
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
