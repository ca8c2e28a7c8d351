"""Values of whole columns: what terms are, row by row, as expressions of polars.

A column from JSON is of tokens, which keep what a value is: a text stands for itself, a number, true and false
stand behind a mark, an object or list is its JSON. Columns of texts alone, as a CSV file has them, need no mark. Beside
each value stands where it can be relied on (`sound`); the row engine decides every other row.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import reduce
from operator import and_

import polars as pl

from txplatform.ingest.mapping.terms import Path

MARK = ":"  # lines of JSON in which a text begins with it are left to the row engine
CONTAINER = r"^[\[{]"
PLAIN = r"^-?[0-9]+(?:\.[0-9]+)?$"
NO_TEXT = rf"^[\[{{{MARK}]"


class Kind(Enum):
    """What the texts of a vector are."""

    NULL = auto()
    TEXT = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    TOKEN = auto()  # any of them, marked


@dataclass(frozen=True, slots=True)
class Vector:
    """A value of each row; `text` is null where the value is. `sound` is true where the row engine says the same."""

    text: pl.Expr
    kind: Kind
    sound: pl.Expr

    def where(self, condition: pl.Expr) -> "Vector":
        """The vector, sound only where the condition holds, or the value is null."""
        return replace(self, sound=self.sound & (self.text.is_null() | condition.fill_null(value=False)))

    def becomes(self, text: pl.Expr, kind: Kind) -> "Vector":
        """Another value of each row, of a value that is there; sound where it is there too."""
        return Vector(text, kind, self.sound & (self.text.is_null() | text.is_not_null()))


@dataclass(frozen=True, slots=True)
class Test:
    """A condition of each row, never null, and where it can be relied on."""

    holds: pl.Expr
    sound: pl.Expr


YES, NO = pl.lit(value=True), pl.lit(value=False)
NOTHING = Vector(pl.lit(None, pl.String), Kind.NULL, YES)


def column_of(path: Path) -> str:
    """The name of a path's column."""
    return f"{path.level}:{path.steps!r}"


def constant(value: str | int | bool | None) -> Vector:
    """The same value in every row."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return Vector(pl.lit("true" if value else "false"), Kind.BOOLEAN, YES)
    return Vector(pl.lit(str(value)), Kind.TEXT if isinstance(value, str) else Kind.NUMBER, YES)


def tokens(vector: Vector) -> Vector:
    """A vector as tokens."""
    match vector.kind:
        case Kind.TOKEN | Kind.NULL:
            return replace(vector, kind=Kind.TOKEN)
        case Kind.TEXT:
            return replace(vector.where(~vector.text.str.contains(NO_TEXT)), kind=Kind.TOKEN)
        case _:
            return replace(vector, text=pl.lit(MARK) + vector.text, kind=Kind.TOKEN)


def texts(vector: Vector) -> Vector:
    """A vector of which only texts are sound."""
    if vector.kind is Kind.TOKEN:
        return replace(vector.where(~vector.text.str.contains(NO_TEXT)), kind=Kind.TEXT)
    return vector if vector.kind is Kind.TEXT else replace(vector.where(NO), kind=Kind.TEXT)


def words(vector: Vector) -> Vector:
    """A vector of scalars as the texts by which mappings name them; numbers are sound in plain notation alone."""
    match vector.kind:
        case Kind.TOKEN:
            is_number = vector.text.str.contains(rf"^{MARK}[-0-9]")
            plain = vector.text.str.contains(rf"^{MARK}(?:0|-?[1-9][0-9]{{0,39}}|-?[0-9]{{1,20}}\.[0-9]{{1,20}})$")
            bare = vector.text.str.strip_prefix(MARK)
            sound = ~vector.text.str.contains(CONTAINER) & (~is_number | plain)
            return replace(vector.where(sound), text=bare, kind=Kind.TEXT)
        case Kind.NUMBER:
            return replace(vector.where(vector.text.str.contains(PLAIN)), kind=Kind.TEXT)
        case _:
            return replace(vector, kind=Kind.TEXT)


def all_sound(vectors: Collection[Vector | Test]) -> pl.Expr:
    """Where all of them can be relied on."""
    return reduce(and_, (item.sound for item in vectors), YES)


def replaced(text: pl.Expr, values: Mapping[str, str], default: str | None = None) -> pl.Expr:
    """Whole texts replaced by others; null, or the default, where there is none. A null stays one."""
    found = text.replace_strict(dict(values), default=default, return_dtype=pl.String)
    return pl.when(text.is_not_null()).then(found)
