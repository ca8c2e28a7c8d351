"""Terms as vectors: the columns of the paths that they read, and the choices and conditions over these."""

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from txplatform.ingest.mapping.comparisons import are_equal, has_type, is_constant, is_in, is_true
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
from txplatform.ingest.mapping.vectors import NOTHING, YES, Kind, Test, Vector, column_of, constant, tokens


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
                return is_true(self.vector(term))
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
                return has_type(self.vector(term), name)
            case IsIn(term, values):
                return is_in(self.vector(term), values)
            case Equal(left, Literal(value)) | Equal(Literal(value), left):
                return is_constant(self.vector(left), value)
            case Equal(left, right):
                return are_equal(self.vector(left), self.vector(right))

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


def _word(holds: pl.Expr) -> pl.Expr:
    return pl.when(holds).then(pl.lit("true")).otherwise(pl.lit("false"))
