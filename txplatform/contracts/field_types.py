"""Reads which type a property has: its logical type says what it is, its physical type how exact it is or is kept."""

import re
from typing import NamedTuple

from txplatform.contracts.model import FieldType
from txplatform.contracts.section import Section

MAX_PRECISION = 38

_DECIMAL = re.compile(r"decimal\((\d{1,2}),\s*(\d{1,2})\)")
_MAP = re.compile(r"map\(varchar,\s*(.+)\)")
# ODCS before 3.1 has no logical type for timestamps: there they are dates with a physical type.
_TYPES: dict[tuple[str, str | None], FieldType] = {
    ("string", None): FieldType.STRING,
    ("string", "varchar"): FieldType.STRING,
    ("integer", None): FieldType.INTEGER,
    ("integer", "bigint"): FieldType.INTEGER,
    ("boolean", None): FieldType.BOOLEAN,
    ("boolean", "boolean"): FieldType.BOOLEAN,
    ("date", None): FieldType.DATE,
    ("date", "date"): FieldType.DATE,
    ("date", "timestamp"): FieldType.TIMESTAMP,
    ("timestamp", None): FieldType.TIMESTAMP,
    ("timestamp", "timestamp"): FieldType.TIMESTAMP,
    ("object", None): FieldType.OBJECT,
    ("object", "struct"): FieldType.OBJECT,
    ("object", "json"): FieldType.JSON,
    ("array", None): FieldType.ARRAY,
    ("array", "array"): FieldType.ARRAY,
    ("array", "json"): FieldType.JSON,
}
_SCALARS = {
    "varchar": FieldType.STRING,
    "bigint": FieldType.INTEGER,
    "boolean": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "timestamp": FieldType.TIMESTAMP,
}


class TypeOf(NamedTuple):
    """A type; of a decimal its digits, of a map the type of its values."""

    kind: FieldType
    precision: int | None = None
    scale: int | None = None
    values: "TypeOf | None" = None


def read_type(source: Section) -> TypeOf:
    """Read the type of a property; raise ContractError where there is none of that name."""
    logical = source.choice("logicalType")
    physical = source.optional_text("physicalType")
    if logical == "number":
        return _decimal(source, physical)
    of_map = _MAP.fullmatch(physical or "") if logical == "object" else None
    if of_map:
        return TypeOf(FieldType.MAP, values=_scalar(source, of_map[1]))
    kind = _TYPES.get((logical, physical))
    if kind is None:
        expected = [text for (name, text) in _TYPES if name == logical and text]
        if logical == "object":
            expected.append("map(varchar,…)")
        problem = f"physicalType '{physical}' does not fit logicalType '{logical}'"
        raise source.error(problem, f"use physicalType {' or '.join(expected)}")
    return TypeOf(kind)


def _scalar(source: Section, physical: str) -> TypeOf:
    """The type of a map's values."""
    if physical in _SCALARS:
        return TypeOf(_SCALARS[physical])
    if _DECIMAL.fullmatch(physical):
        return _decimal(source, physical)
    problem = f"a map cannot have values of the type '{physical}'"
    raise source.error(problem, f"use {', '.join(_SCALARS)} or decimal(18,2), or physicalType json")


def _decimal(source: Section, physical: str | None) -> TypeOf:
    match = _DECIMAL.fullmatch(physical or "")
    if not match:
        problem = f"a number needs an exact physicalType, not '{physical}'"
        raise source.error(problem, "write physicalType: decimal(18,2), with the digits you need")
    precision, scale = int(match[1]), int(match[2])
    if not (1 <= precision <= MAX_PRECISION and scale <= precision):
        problem = f"{physical} is impossible: 1 ≤ precision ≤ {MAX_PRECISION} and scale ≤ precision"
        raise source.error(problem, f"choose a precision up to {MAX_PRECISION} and a scale within it")
    return TypeOf(FieldType.DECIMAL, precision, scale)
