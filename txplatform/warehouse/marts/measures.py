"""What a measure is: a name for a figure, and an expression in a form that every reader of the marts can compute."""

from collections.abc import Mapping
from dataclasses import dataclass

Condition = Mapping[str, tuple[str, ...]]  # fields of the entity to the values that count


@dataclass(frozen=True, slots=True)
class Count:
    """How many records meet the condition."""

    where: Condition


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of a field over the records that meet the condition; 0 where there are none."""

    field: str
    where: Condition


@dataclass(frozen=True, slots=True)
class Ratio:
    """The quotient of two sums or counts, rounded half up to `scale` digits; absent where the divisor is 0."""

    numerator: str
    denominator: str
    scale: int


@dataclass(frozen=True, slots=True)
class Total:
    """A sum that a mart's statement computes, with `scale` digits after the point; totals of rows may be added."""

    scale: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a mart's statement computes and that must not be added: a running total, a count of persons."""

    scale: int


Form = Count | Sum | Ratio | Total | Figure


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of an entity. `unit` is what it counts, `format` a number format such as `#,##0.00` or `0.0 %`."""

    name: str
    title: str
    description: str
    unit: str
    format: str
    form: Form

    @property
    def additive(self) -> bool:
        """Whether figures of several rows add up to that of all of them."""
        return isinstance(self.form, Count | Sum | Total)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column by which figures are grouped that is no field of an entity."""

    name: str
    trino_type: str
    description: str
