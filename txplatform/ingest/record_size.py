"""How large a record is as an item of the operational store, counted as the functions count."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from txplatform.contracts.model import NESTED, Contract, Field, FieldType

MAX_RECORD_BYTES = 350_000
LONGEST_SCALAR = 60  # bytes of one that is no text
_GROWTH = 20  # how much longer a nested value may be in an item than its JSON text


def too_large_records(contract: Contract, texts: pl.DataFrame, typed: pl.DataFrame) -> pl.Series:
    """The positions of records too large for an item. Those that could be, by what they hold as texts, are measured."""
    most = [
        pl.col(field.name).str.len_bytes() * (_GROWTH if field.type in NESTED else 1)
        for field in contract.fields
        if field.type is FieldType.STRING or field.type in NESTED
    ]
    room = MAX_RECORD_BYTES - LONGEST_SCALAR * len(contract.fields)
    places = rows_beyond(texts, most, room)
    sizes = [_bytes(contract, row) for row in typed[places].iter_rows(named=True)]
    return places.filter(pl.Series([size > MAX_RECORD_BYTES for size in sizes], dtype=pl.Boolean))


def rows_beyond(rows: pl.DataFrame, sizes: Sequence[pl.Expr], most: int) -> pl.Series:
    """The positions of the rows whose sizes together are more; the greatest of each tell whether there can be any."""
    if not sizes or rows.select(pl.sum_horizontal(size.max() for size in sizes) <= most).item():
        return pl.Series(dtype=pl.UInt32)
    return rows.select(pl.sum_horizontal(sizes) > most).to_series().arg_true()


def _bytes(contract: Contract, row: Mapping[str, Any]) -> int:
    return sum(_size(field, row[field.name]) for field in contract.fields if row[field.name] is not None)


def _size(field: Field, value: Any) -> int:
    """What a field takes, as the functions count: texts, and nested values with their names."""
    if field.type in NESTED:
        return _inner_size(field, value)
    return 0 if field.type in (FieldType.INTEGER, FieldType.BOOLEAN) else len(_written(field, value).encode())


def _inner_size(field: Field, value: Any) -> int:
    match field.type:
        case FieldType.OBJECT:
            members = [(member, value[member.name]) for member in field.fields]
            held = [(member, item) for member, item in members if item is not None]
            return 3 + sum(1 + len(member.name.encode()) + _inner_size(member, item) for member, item in held)
        case FieldType.MAP:
            entries = value.items() if isinstance(value, Mapping) else [(item["key"], item["value"]) for item in value]
            return 3 + sum(1 + len(name.encode()) + _inner_size(_element(field), item) for name, item in entries)
        case FieldType.ARRAY:
            return 3 + sum(1 + _inner_size(_element(field), item) for item in value)
        case _:
            return len(_written(field, value).encode()) + 2


def _element(field: Field) -> Field:
    assert field.element is not None
    return field.element


def _written(field: Field, value: Any) -> str:
    """A scalar as the functions write it, or what is as long."""
    if field.type is FieldType.TIMESTAMP:
        return "0000-00-00T00:00:00.000000Z"
    return format(value, "f") if field.type is FieldType.DECIMAL else str(value)
