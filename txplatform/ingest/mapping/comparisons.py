"""Conditions on values of whole columns, as JMESPath has them, and where they can be relied on."""

from collections.abc import Collection

import polars as pl

from txplatform.ingest.mapping.terms import UnvectorisedError
from txplatform.ingest.mapping.vectors import CONTAINER, MARK, NO, NO_TEXT, YES, Kind, Test, Vector, tokens

_EMPTY = ("", f"{MARK}false", "{}", "[]")


def is_true(vector: Vector) -> Test:
    text = vector.text
    match vector.kind:
        case Kind.NULL:
            return Test(NO, YES)
        case Kind.NUMBER:
            return Test(text.is_not_null(), vector.sound)
        case Kind.BOOLEAN:
            return Test((text == "true").fill_null(value=False), vector.sound)
        case Kind.TEXT:
            return Test((text != "").fill_null(value=False), vector.sound)
        case Kind.TOKEN:
            return Test((~text.is_in(_EMPTY)).fill_null(value=False), vector.sound)


def is_in(vector: Vector, values: Collection[str]) -> Test:
    if vector.kind not in (Kind.TEXT, Kind.TOKEN):
        return Test(NO, vector.sound)
    if any(pl.Series([value]).str.contains(NO_TEXT).any() for value in values):
        raise UnvectorisedError("a text that looks like JSON")
    return Test(vector.text.is_in(list(values)).fill_null(value=False), vector.sound)


def has_type(vector: Vector, name: str) -> Test:
    token = tokens(vector)
    forms = {
        "array": r"^\[",
        "object": r"^\{",
        "number": rf"^{MARK}[-0-9]",
        "boolean": rf"^{MARK}[tf]",
        "string": rf"^(?:[^\[{{{MARK}]|$)",
    }
    holds = token.text.is_null() if name == "null" else token.text.str.contains(forms.get(name, "^$a"))
    return Test(holds.fill_null(value=False), token.sound)


def is_constant(vector: Vector, value: str | int | bool | None) -> Test:
    if value is None:
        return Test(vector.text.is_null(), vector.sound)
    if isinstance(value, str):
        return is_in(vector, [value])
    if vector.kind in (Kind.TEXT, Kind.NULL):
        return Test(NO, vector.sound)
    token = tokens(vector)
    if isinstance(value, bool):
        return Test((token.text == f"{MARK}{'true' if value else 'false'}").fill_null(value=False), token.sound)
    digits = f"{value}" if value else "-?0"
    holds = token.text.str.contains(rf"^{MARK}{digits}(?:\.0+)?$").fill_null(value=False)
    return Test(holds, token.where(~token.text.str.contains(rf"^{MARK}.*[eE]")).sound)


def are_equal(left: Vector, right: Vector) -> Test:
    """Two values are equal if their tokens are; numbers may be written in several ways, and objects have no order."""
    one, other = tokens(left), tokens(right)
    varied = rf"^(?:{MARK}[-0-9]|[\[{{])"
    alike = one.text.str.contains(varied) & other.text.str.contains(varied) & (one.text != other.text)
    containers = one.text.str.contains(CONTAINER) & other.text.str.contains(CONTAINER)
    sound = one.sound & other.sound & ~(alike | containers).fill_null(value=False)
    return Test(one.text.eq_missing(other.text), sound)
