"""Charts keep inside their frame, in proportion, with labels that do not run into each other."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.dashboards.html.charts import Bar, bars, columns, line, ticks

FIRST = date(2026, 11, 1)


def days(count: int) -> list[date]:
    return [FIRST + timedelta(days=index) for index in range(count)]


@pytest.mark.parametrize(
    ("maximum", "expected"),
    [
        ("0", ["0", "1"]),
        ("4", ["0", "1", "2", "3", "4"]),
        ("331", ["0", "100", "200", "300", "400"]),
        ("10000", ["0", "2500", "5000", "7500", "10000"]),
        ("0.031", ["0", "0.01", "0.02", "0.03", "0.04"]),
    ],
)
def test_ticks_are_round_and_reach_the_maximum(maximum: str, expected: list[str]) -> None:
    assert ticks(Decimal(maximum)) == tuple(map(Decimal, expected))


@given(st.decimals("0.000001", "1e20", allow_nan=False))
def test_ticks_always_reach_the_maximum_in_at_most_five_steps(maximum: Decimal) -> None:
    scale = ticks(maximum)
    assert scale[-1] >= maximum
    assert len(scale) <= 6


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=62),
    st.sampled_from([340, 560]),
)
def test_columns_stack_within_the_frame(values: list[tuple[int, int]], width: int) -> None:
    stacks = [[value[0] for value in values], [value[1] for value in values]]
    chart = columns(days(len(values)), stacks, lambda _: "", "day", width=width)
    for box in chart.rectangles:
        assert chart.left <= box.x <= box.x + box.width <= chart.right
        assert -0.1 <= box.y <= box.y + box.height <= chart.baseline + 0.1
    labels = [label.x for label in chart.x_labels]
    assert all(right - left >= 50 for left, right in pairwise(labels))


def test_column_heights_are_proportional() -> None:
    chart = columns(days(2), [[10, 40]], lambda index: f"day {index}", "day", width=560)
    low, high = chart.rectangles
    assert high.height == pytest.approx(4 * low.height, abs=0.05)
    assert (low.title, high.title) == ("day 0", "day 1")


def test_a_line_has_a_hover_target_for_every_day() -> None:
    chart = line(
        days(3), [Decimal(1), Decimal(3), Decimal(0)], lambda index: str(index), "day", series=0, width=560, height=150
    )
    assert [point.title for point in chart.points] == ["0", "1", "2"]
    assert chart.points[2].y == chart.baseline
    assert chart.line.startswith("M")


def test_the_longest_bar_fills_its_track_and_long_labels_are_cut() -> None:
    chart = bars(
        [
            Bar("A" * 40, "1", ((Decimal(2), 0, ""), (Decimal(2), 1, ""))),
            Bar("short", "2", ((Decimal(1), 0, ""), (Decimal(0), 1, ""))),
        ],
        width=560,
    )
    first, second = chart.rows
    assert first.rectangles[-1].x + first.rectangles[-1].width == pytest.approx(chart.bar_right, abs=0.1)
    assert len(second.rectangles) == 1
    assert first.label == "A" * 10 + "…"
    assert first.full_label == "A" * 40
