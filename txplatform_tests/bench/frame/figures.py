"""What a bench measures: figures, and the bounds that they must keep."""

from dataclasses import dataclass
from enum import StrEnum


class Size(StrEnum):
    """How much a bench does: `full` is what the bounds are for, `small` shows that it works."""

    SMALL = "small"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number. `unit` is "s", "MB", "x" (times its baseline) or a noun; without a bound it only informs.

    Bounds of time and memory count at full size. An `exact` figure, such as a number of differences, must keep its
    bounds at any size.
    """

    name: str
    value: float
    unit: str = ""
    most: float | None = None
    least: float | None = None
    exact: bool = False

    def is_kept(self, size: Size) -> bool:
        """Whether the figure is within its bounds, or these do not count at this size."""
        if size is Size.SMALL and not self.exact:
            return True
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)


@dataclass(frozen=True, slots=True)
class Untried:
    """A figure with a bound that could not be measured here, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of a bench. `setting` says in a sentence what it ran on, `untried` what it had to leave out."""

    name: str
    size: Size
    setting: str
    figures: tuple[Figure, ...]
    untried: tuple[Untried, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every figure that was measured keeps its bounds."""
        return bool(self.figures) and all(figure.is_kept(self.size) for figure in self.figures)


def amount(figure: Figure) -> str:
    """The value as people read it."""
    return with_unit(figure.value, figure.unit)


def with_unit(value: float, unit: str) -> str:
    """A number as people read it, three digits of a fraction."""
    number = f"{value:,.0f}" if abs(value) >= 1000 or value == round(value, 0) else f"{value:.3g}"
    return f"{number} {'×' if unit == 'x' else unit}".strip()
