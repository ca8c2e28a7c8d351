"""Expressions made at random, answered by the local Athena and by the evaluator in Python: they never differ."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.local.aws.athena.errors import QueryError
from txplatform_tests.local.aws.athena import evaluator, without_tables
from txplatform_tests.local.aws.athena.evaluator import Exact, TrinoError

Answers = Callable[[list[str]], list[str | None]]
_SHIFTS = {"day": dt.timedelta(days=1), "week": dt.timedelta(weeks=1), "hour": dt.timedelta(hours=1),
           "minute": dt.timedelta(minutes=1), "second": dt.timedelta(seconds=1)}  # fmt: skip


@pytest.fixture(scope="module")
def answers() -> Answers:
    connection = without_tables.connect()
    return lambda expressions: without_tables.answer(connection, f"SELECT {', '.join(expressions)}")[0]


@st.composite
def literals(draw: st.DrawFn) -> Exact:
    if draw(st.booleans()):
        number = draw(st.integers(-(2**31) + 1, 2**31 - 1) | st.integers(-20, 20))
        return Exact(f"({number})", Decimal(number), "integer")
    scale = draw(st.integers(0, 6))
    digits = draw(st.integers(0, 10 ** draw(st.integers(1, 12)) - 1))
    text = f"{Decimal(digits).scaleb(-scale):f}"
    kind = (len(text.replace(".", "")), scale)
    negative = draw(st.booleans())
    value = Decimal(digits).scaleb(-scale)
    return Exact(f"DECIMAL '{'-' * negative}{text}'", -value if negative else value, kind)


@st.composite
def computed(draw: st.DrawFn, depth: int = 2) -> Exact:
    """A number, or one computed of others; raises TrinoError where Trino fails."""
    if depth == 0:
        return draw(literals())
    one = draw(computed(depth=depth - 1))
    match draw(st.sampled_from("+-*/%cr")):
        case "c":
            return evaluator.cast(one, draw(st.integers(6, 38)), draw(st.integers(0, 6)))
        case "r":
            return one if isinstance(one.kind, str) else evaluator.rounded(one, draw(st.integers(-2, 7)))
        case symbol:
            return evaluator.apply(symbol, one, draw(computed(depth=depth - 1)))


moments = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001


def _arithmetic(answers: Answers, data: st.DataObject) -> None:
    expected: list[Exact] = []
    for _ in range(8):
        try:
            expected.append(data.draw(computed()))
        except TrinoError:
            continue
    if expected:
        assert answers([of.sql for of in expected]) == [of.text for of in expected]


def _dates(answers: Answers, start: dt.datetime, end: dt.datetime, count: int, unit: str) -> None:
    one, other = f"TIMESTAMP '{start}'", f"TIMESTAMP '{end}'"
    months = evaluator.full_months(start, end)
    shifted = {name: start + size * count for name, size in _SHIFTS.items()}
    for name, size in (("month", 1), ("quarter", 3), ("year", 12)):
        shifted[name] = dt.datetime.combine(evaluator.plus_months(start.date(), size * count), start.time())
    expected = {
        f"date_trunc('{unit}', {one})": f"{evaluator.truncated(start, unit)}.000",
        f"date_diff('month', {one}, {other})": str(months),
        f"date_diff('quarter', {one}, {other})": str(int(months / 3)),
        f"date_diff('year', {one}, {other})": str(int(months / 12)),
        **{f"date_add('{name}', {count}, {one})": f"{at}.000" for name, at in shifted.items()},
        **{f"date_diff('{name}', {one}, {other})": str(int((end - start) / size)) for name, size in _SHIFTS.items()},
        f"week({one})": str(start.isocalendar()[1]),
        f"year_of_week({one})": str(start.isocalendar()[0]),
        f"day_of_year({one})": str(start.timetuple().tm_yday),
        f"cast({one} AS date)": str(start.date()),
    }
    assert answers(list(expected)) == list(expected.values())


@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_numbers(answers: Answers, data: st.DataObject) -> None:
    _arithmetic(answers, data)


@settings(deadline=None, max_examples=15)
@given(moments, moments, st.integers(-40, 40), st.sampled_from(("year", "quarter", "month", "week", "day", "hour")))
def test_dates(answers: Answers, start: dt.datetime, end: dt.datetime, count: int, unit: str) -> None:
    _dates(answers, start, end, count, unit)


@settings(deadline=None, max_examples=15)
@given(literals(), literals())
def test_failures_have_names(answers: Answers, one: Exact, other: Exact) -> None:
    for symbol in "+-*/%":
        try:
            evaluator.apply(symbol, one, other)
        except TrinoError as error:
            with pytest.raises(QueryError, match=error.name):
                answers([f"{one.sql} {symbol} {other.sql}"])


@pytest.mark.long
@settings(deadline=None, max_examples=400)
@given(data=st.data())
def test_numbers_at_length(answers: Answers, data: st.DataObject) -> None:
    _arithmetic(answers, data)


@pytest.mark.long
@settings(deadline=None, max_examples=400)
@given(moments, moments, st.integers(-400, 400), st.sampled_from(("year", "quarter", "month", "week", "day", "hour")))
def test_dates_at_length(answers: Answers, start: dt.datetime, end: dt.datetime, count: int, unit: str) -> None:
    _dates(answers, start, end, count, unit)
