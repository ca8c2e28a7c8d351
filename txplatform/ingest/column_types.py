"""Compares the types of a file's columns with the contract, for formats whose columns have types.

A column none of whose values could be the field's refuses the file before its rows are read. Where some could, as of a
decimal with more digits than the contract has, each row says for itself.
"""

from collections.abc import Iterator

import pyarrow as pa

from txplatform.contracts.model import Contract, Field, FieldType, TextConventions
from txplatform.contracts.render.sql_types import trino_type
from txplatform.ingest.alignment import present_names
from txplatform.ingest.batch import RawBatch, RejectedError


def check_types(contract: Contract, batch: RawBatch) -> None:
    """Raise RejectedError, with every column and what to do, where the types of a file are not the contract's."""
    found = list(_conflicts(contract, batch))
    if found:
        raise RejectedError("file.column_type", "; ".join(found))


def is_text(held: pa.DataType) -> bool:
    """Whether the values of a type are texts."""
    kind = held.value_type if pa.types.is_dictionary(held) else held
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _conflicts(contract: Contract, batch: RawBatch) -> Iterator[str]:
    for field in contract.fields:
        conventions = contract.texts.get(field.name, TextConventions())
        for name in present_names(field, list(batch.types)):
            remedy = _remedy(field, batch.types[name], conventions)
            if remedy:
                type_text = trino_type(field) if field.type is FieldType.DECIMAL else f"a {field.type}"
                yield f"column {name} is {batch.types[name]}, and {field.name} is {type_text}: {remedy}"


def _remedy(field: Field, held: pa.DataType, conventions: TextConventions) -> str | None:
    """What to do about a type that cannot hold the field's values, or what the contract has `values` for; else None."""
    if field.alignment.values:
        return None
    if pa.types.is_dictionary(held):
        held = held.value_type
    wanted = f"deliver it as a {field.type} or as a text"
    match field.type:
        case FieldType.TIMESTAMP if pa.types.is_timestamp(held) and held.tz is None:
            return (
                None
                if conventions.default_timezone
                else ("it names no zone: deliver it with its zone, or declare files.texts.defaultTimezone")
            )
        case FieldType.TIMESTAMP if pa.types.is_integer(held) or pa.types.is_decimal(held):
            return (
                None
                if field.alignment.epoch or conventions.timestamp_format
                else (f"{wanted}, or declare its unit with the field's epoch")
            )
        case FieldType.DATE if pa.types.is_integer(held) or pa.types.is_decimal(held):
            return None if conventions.date_format else wanted
        case FieldType.INTEGER | FieldType.DECIMAL:
            return wanted if pa.types.is_boolean(held) or pa.types.is_temporal(held) else None
        case FieldType.BOOLEAN:
            is_other = pa.types.is_integer(held) or pa.types.is_decimal(held) or pa.types.is_temporal(held)
            return wanted if is_other else None
        case FieldType.DATE:
            return wanted if pa.types.is_boolean(held) or pa.types.is_timestamp(held) else None
        case FieldType.TIMESTAMP:
            return wanted if pa.types.is_boolean(held) or pa.types.is_date(held) else None
        case _:
            return None
