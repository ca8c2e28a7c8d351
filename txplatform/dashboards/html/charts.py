"""Geometry of the charts: values in, coordinates out. The templates turn these into SVG; nothing here is HTML."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from itertools import accumulate, takewhile
from math import ceil
from unicodedata import east_asian_width

from txplatform.dashboards.html.numbers import compact, day_label
from txplatform.dashboards.html.periods import Unit

_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 6, 10, 26
_LABEL_WIDTH, _VALUE_WIDTH, _ROW_HEIGHT = 124, 116, 32
_GAP = 8
_LABEL_SPACING = 58
_WIDE_CHARACTER, _CAPITAL, _CHARACTER = 13.0, 9.5, 7.2  # pixels, rather too many than too few


@dataclass(frozen=True, slots=True)
class Rectangle:
    """`series` indexes the palette; `title` is the hover text."""

    x: float
    y: float
    width: float
    height: float
    series: int
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class TimeChart:
    """Columns (stacked when there are several series) over time, or one line with its area."""

    width: int
    height: int
    baseline: float
    left: float
    right: float
    rectangles: tuple[Rectangle, ...]
    line: str
    area: str
    points: tuple[Rectangle, ...]
    y_labels: tuple[Label, ...]
    x_labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class BarRow:
    label: str
    full_label: str
    value: str
    y: float
    rectangles: tuple[Rectangle, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars, a label left of each and its value in a column of its own at the right."""

    width: int
    height: int
    bar_left: float
    bar_right: float
    bar_height: float
    rows: tuple[BarRow, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar: its parts are (value, palette index, hover text)."""

    label: str
    value: str
    parts: tuple[tuple[Decimal, int, str], ...]


def ticks(maximum: Decimal, most: int = 4) -> tuple[Decimal, ...]:
    """Round numbers from 0 to at least `maximum`, in steps of 1, 2, 2.5 or 5 times a power of ten."""
    if maximum <= 0:
        return (Decimal(0), Decimal(1))
    magnitude = Decimal(1).scaleb((maximum / most).adjusted())
    step = next(
        magnitude * factor
        for factor in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
        if magnitude * factor * most >= maximum
    )
    count = int((maximum / step).to_integral_value(ROUND_CEILING))
    return tuple(step * index for index in range(count + 1))


def columns(
    starts: Sequence[date],
    stacks: Sequence[Sequence[Decimal | int]],
    title: Callable[[int], str],
    unit: Unit,
    *,
    width: int,
    height: int = 260,
) -> TimeChart:
    """Stack `stacks[series][period]` into one column a period."""
    heights = [sum((Decimal(stack[index]) for stack in stacks), Decimal(0)) for index in range(len(starts))]
    scale = ticks(max(heights, default=Decimal(0)))
    baseline = height - _BOTTOM
    slot = (width - _LEFT - _RIGHT) / max(len(starts), 1)
    thickness = min(slot * 0.72, 44.0)
    rectangles: list[Rectangle] = []
    for index in range(len(starts)):
        x, top = _LEFT + slot * (index + 0.5) - thickness / 2, float(baseline)
        for series, stack in enumerate(stacks):
            size = _length(Decimal(stack[index]), scale[-1], baseline - _TOP)
            if size > 0:
                top -= size
                rectangles.append(Rectangle(x, top, thickness, size, series, title(index)))
    return _time_chart(starts, unit, scale, width, height, rectangles=tuple(rectangles))


def line(
    starts: Sequence[date],
    values: Sequence[Decimal],
    title: Callable[[int], str],
    unit: Unit,
    *,
    series: int,
    width: int,
    height: int,
) -> TimeChart:
    """One line with its area; each point carries a hover target as wide as its period."""
    scale = ticks(max(values, default=Decimal(0)), most=3)
    baseline = height - _BOTTOM
    slot = (width - _LEFT - _RIGHT) / max(len(starts), 1)
    dots: list[Rectangle] = []
    for index, value in enumerate(values):
        y = baseline - _length(value, scale[-1], baseline - _TOP)
        dots.append(Rectangle(_LEFT + slot * (index + 0.5), y, slot, baseline - _TOP, series, title(index)))
    path = " ".join(f"{'L' if index else 'M'}{dot.x:.1f},{dot.y:.1f}" for index, dot in enumerate(dots))
    area = f"{path} L{dots[-1].x:.1f},{baseline} L{dots[0].x:.1f},{baseline} Z" if dots else ""
    return _time_chart(starts, unit, scale, width, height, line=path, area=area, points=tuple(dots))


def bars(rows: Sequence[Bar], *, width: int) -> BarChart:
    """Horizontal bars on one common scale from zero to the longest."""
    left, right = _LABEL_WIDTH, width - _VALUE_WIDTH
    longest = max((sum((part[0] for part in row.parts), Decimal(0)) for row in rows), default=Decimal(0))
    thickness = 16.0
    drawn: list[BarRow] = []
    for index, row in enumerate(rows):
        x, y = float(left), index * _ROW_HEIGHT + (_ROW_HEIGHT - thickness) / 2
        rectangles: list[Rectangle] = []
        for value, series, title in row.parts:
            size = _length(value, longest, right - left)
            if size > 0:
                rectangles.append(Rectangle(x, y, size, thickness, series, title))
                x += size
        drawn.append(BarRow(_shortened(row.label), row.label, row.value, y + thickness / 2, tuple(rectangles)))
    return BarChart(width, max(len(rows), 1) * _ROW_HEIGHT, left, right, thickness, tuple(drawn))


def _length(value: Decimal, full: Decimal, pixels: float) -> float:
    return round(float(max(value, Decimal(0)) / full) * pixels, 2) if full else 0.0


def _shortened(label: str) -> str:
    room = _LABEL_WIDTH - _GAP
    if sum(map(_pixels, label)) <= room:
        return label
    kept = takewhile(lambda width: width <= room - _WIDE_CHARACTER, accumulate(map(_pixels, label)))
    return label[: sum(1 for _ in kept)] + "…"


def _pixels(character: str) -> float:
    """An estimate of a character's width."""
    if east_asian_width(character) in "FW" or character in "MWmw@%":
        return _WIDE_CHARACTER
    return _CAPITAL if character.isupper() else _CHARACTER


def _time_chart(
    starts: Sequence[date],
    unit: Unit,
    scale: Sequence[Decimal],
    width: int,
    height: int,
    *,
    rectangles: tuple[Rectangle, ...] = (),
    line: str = "",
    area: str = "",
    points: tuple[Rectangle, ...] = (),
) -> TimeChart:
    baseline = height - _BOTTOM
    span = width - _LEFT - _RIGHT
    slot = span / max(len(starts), 1)
    # The last label moves left to stay inside the drawing: it needs so much more room than the others.
    moved = _LEFT + span - slot / 2 - _clamped(_LEFT + span - slot / 2, width)
    every = max(1, ceil((_LABEL_SPACING + moved) / slot))
    return TimeChart(
        width=width,
        height=height,
        baseline=baseline,
        left=_LEFT,
        right=width - _RIGHT,
        rectangles=rectangles,
        line=line,
        area=area,
        points=points,
        y_labels=tuple(
            Label(_LEFT - _GAP, baseline - _length(tick, scale[-1], baseline - _TOP), compact(tick)) for tick in scale
        ),
        x_labels=tuple(
            Label(_clamped(_LEFT + slot * (index + 0.5), width), height - 8, _period_label(start, unit))
            for index, start in enumerate(starts)
            if (len(starts) - 1 - index) % every == 0
        ),
    )


def _clamped(x: float, width: int) -> float:
    """Keep a centred label of the longest kind inside the drawing."""
    return min(x, width - _LABEL_SPACING / 2)


def _period_label(start: date, unit: Unit) -> str:
    return f"{start:%b %Y}" if unit == "month" else day_label(start)
