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

from txplatform.ingest.mapping.terms import (
    Choice,
    Condition,
    Equal,
    HasType,
    Holds,
    IsIn,
    IsThere,
    Listing,
    Literal,
    Not,
    Path,
    Term,
    Truth,
    UnvectorisedError,
)

MARK = ":"  # lines of JSON in which a text begins with it are left to the row engine
CONTAINER = r"^[\[{]"
PLAIN = r"^-?[0-9]+(?:\.[0-9]+)?$"
_NO_TEXT = rf"^[\[{{{MARK}]"
_EMPTY = ("", f"{MARK}false", "{}", "[]")


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


class Columns:
    """The columns of the paths that terms read. `texts` are those of a file whose payloads hold texts alone."""

    def __init__(self, texts: Collection[str] | None) -> None:
        self._texts = texts
        self.used: set[Path] = set()

    def vector(self, term: Term) -> Vector:
        """The values of a term; raise UnvectorisedError for a list of terms."""
        match term:
            case Literal(value):
                return constant(value)
            case Path():
                return self._column(term)
            case Truth(condition):
                test = self.test(condition)
                return Vector(_word(test.holds), Kind.BOOLEAN, test.sound)
            case Choice(condition, then, otherwise):
                return self._choice(self.test(condition), self.vector(then), self.vector(otherwise))
            case Listing():
                raise UnvectorisedError("a list")

    def test(self, condition: Condition) -> Test:
        """Where a condition holds."""
        match condition:
            case Not(inner):
                test = self.test(inner)
                return Test(~test.holds, test.sound)
            case Holds(Truth(inner)):
                return self.test(inner)
            # `||` and `&&`, each side read once: a long chain of them would double with every link
            case Holds(Choice(Holds(left), then, right)) if then is left:
                one, other = self.test(Holds(left)), self.test(Holds(right))
                return Test(one.holds | other.holds, one.sound & other.sound)
            case Holds(Choice(Holds(left), right, otherwise)) if otherwise is left:
                one, other = self.test(Holds(left)), self.test(Holds(right))
                return Test(one.holds & other.holds, one.sound & other.sound)
            case Holds(Choice(chosen, then, otherwise)):
                test, first, second = self.test(chosen), self.test(Holds(then)), self.test(Holds(otherwise))
                holds = (test.holds & first.holds) | (~test.holds & second.holds)
                return Test(holds, test.sound & first.sound & second.sound)
            case Holds(Listing()):
                return Test(YES, YES)
            case Holds(term):
                return _is_true(self.vector(term))
            case IsThere(Choice(chosen, then, otherwise)):
                test, first, second = self.test(chosen), self.test(IsThere(then)), self.test(IsThere(otherwise))
                holds = (test.holds & first.holds) | (~test.holds & second.holds)
                return Test(holds, test.sound & first.sound & second.sound)
            case IsThere(Listing() | Truth()):
                return Test(YES, YES)
            case IsThere(term):
                vector = self.vector(term)
                return Test(vector.text.is_not_null(), vector.sound)
            case HasType(term, name):
                return _has_type(self.vector(term), name)
            case IsIn(term, values):
                return _is_in(self.vector(term), values)
            case Equal(left, Literal(value)) | Equal(Literal(value), left):
                return _is_constant(self.vector(left), value)
            case Equal(left, right):
                return _are_equal(self.vector(left), self.vector(right))

    def _column(self, path: Path) -> Vector:
        if self._texts is not None:
            if not path.steps:
                return Vector(pl.lit("{…}"), Kind.TOKEN, YES)
            name, *inner = path.steps
            if inner or name not in self._texts:
                return NOTHING
        self.used.add(path)
        return Vector(pl.col(column_of(path)), Kind.TOKEN if self._texts is None else Kind.TEXT, YES)

    def _choice(self, test: Test, then: Vector, otherwise: Vector) -> Vector:
        if then.kind is not otherwise.kind:
            if then.kind is Kind.NULL:
                then = replace(then, kind=otherwise.kind)
            elif otherwise.kind is Kind.NULL:
                otherwise = replace(otherwise, kind=then.kind)
            else:
                then, otherwise = tokens(then), tokens(otherwise)
        text = pl.when(test.holds).then(then.text).otherwise(otherwise.text)
        sound = test.sound & pl.when(test.holds).then(then.sound).otherwise(otherwise.sound)
        return Vector(text, then.kind, sound)


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
            return replace(vector.where(~vector.text.str.contains(_NO_TEXT)), kind=Kind.TOKEN)
        case _:
            return replace(vector, text=pl.lit(MARK) + vector.text, kind=Kind.TOKEN)


def texts(vector: Vector) -> Vector:
    """A vector of which only texts are sound."""
    if vector.kind is Kind.TOKEN:
        return replace(vector.where(~vector.text.str.contains(_NO_TEXT)), kind=Kind.TEXT)
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


def _word(holds: pl.Expr) -> pl.Expr:
    return pl.when(holds).then(pl.lit("true")).otherwise(pl.lit("false"))


def _is_true(vector: Vector) -> Test:
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


def _is_in(vector: Vector, values: Collection[str]) -> Test:
    if vector.kind not in (Kind.TEXT, Kind.TOKEN):
        return Test(NO, vector.sound)
    if any(pl.Series([value]).str.contains(_NO_TEXT).any() for value in values):
        raise UnvectorisedError("a text that looks like JSON")
    return Test(vector.text.is_in(list(values)).fill_null(value=False), vector.sound)


def _has_type(vector: Vector, name: str) -> Test:
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


def _is_constant(vector: Vector, value: str | int | bool | None) -> Test:
    if value is None:
        return Test(vector.text.is_null(), vector.sound)
    if isinstance(value, str):
        return _is_in(vector, [value])
    if vector.kind in (Kind.TEXT, Kind.NULL):
        return Test(NO, vector.sound)
    token = tokens(vector)
    if isinstance(value, bool):
        return Test((token.text == f"{MARK}{'true' if value else 'false'}").fill_null(value=False), token.sound)
    digits = f"{value}" if value else "-?0"
    holds = token.text.str.contains(rf"^{MARK}{digits}(?:\.0+)?$").fill_null(value=False)
    return Test(holds, token.where(~token.text.str.contains(rf"^{MARK}.*[eE]")).sound)


def _are_equal(left: Vector, right: Vector) -> Test:
    """Two values are equal if their tokens are; numbers may be written in several ways, and objects have no order."""
    one, other = tokens(left), tokens(right)
    varied = rf"^(?:{MARK}[-0-9]|[\[{{])"
    alike = one.text.str.contains(varied) & other.text.str.contains(varied) & (one.text != other.text)
    containers = one.text.str.contains(CONTAINER) & other.text.str.contains(CONTAINER)
    sound = one.sound & other.sound & ~(alike | containers).fill_null(value=False)
    return Test(one.text.eq_missing(other.text), sound)


def replaced(text: pl.Expr, values: Mapping[str, str], default: str | None = None) -> pl.Expr:
    """Whole texts replaced by others; null, or the default, where there is none. A null stays one."""
    found = text.replace_strict(dict(values), default=default, return_dtype=pl.String)
    return pl.when(text.is_not_null()).then(found)
