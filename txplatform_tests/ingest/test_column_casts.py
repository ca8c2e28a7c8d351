"""Casts of whole columns, and the screen, give what the ways give that look at every text and every rule."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.render.pandera import pandera_schema, polars_type
from txplatform.contracts.render.screen import suspects
from txplatform.ingest import casts
from txplatform.ingest.column_casts import cast_column

FIELDS = [
    Field("a", FieldType.STRING, "A text"),
    Field("a", FieldType.INTEGER, "A whole number"),
    Field("a", FieldType.DECIMAL, "Money", precision=9, scale=2),
    Field("a", FieldType.DECIMAL, "A share", precision=4, scale=4),
    Field("a", FieldType.DECIMAL, "A long number", precision=38, scale=0),
    Field("a", FieldType.BOOLEAN, "A mark"),
    Field("a", FieldType.DATE, "A day"),
    Field("a", FieldType.TIMESTAMP, "A moment"),
]
digits = st.text("0123456789", max_size=20)
numbers = st.builds("{}{}{}{}".format, st.sampled_from(["", "-", "+", " "]), digits, st.sampled_from(["", "."]), digits)
moments = st.builds(
    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{}".format,
    st.sampled_from([0, 1, 999, 1000, 1970, 2026, 9999]), st.integers(0, 13), st.integers(0, 32), st.integers(0, 24),
    st.integers(0, 60), st.integers(0, 61), digits.map(lambda text: f".{text}" if text else ""),
    st.sampled_from(["Z", "z", "+01:00", "-23:59", ""]),
)  # fmt: skip
odd = st.sampled_from(["", "1e3", "0x1", "TRUE", "false", "2026-02-30", "2026-02-03", "2026-1-1", "٣", "1_0", "1,5"])
texts = st.lists(st.none() | numbers | moments | odd, max_size=12)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.type}-{field.precision}")
@settings(deadline=None)
@given(values=texts)
def test_a_column_is_cast_as_each_text_is(field: Field, values: list[str | None]) -> None:
    column = pl.Series("other", values, dtype=pl.String)
    wanted = column.alias("a").to_frame().select(casts.typed(field, pl.col("a"))).to_series()
    found = cast_column(field, column)
    assert (found.name, found.dtype) == ("a", polars_type(field))
    assert found.to_list() == wanted.to_list()


def test_the_usual_forms_are_cast_without_a_look_at_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casts, "typed", None)
    assert cast_column(FIELDS[2], pl.Series(["1.50", "-2", None])).to_list() == [Decimal("1.50"), Decimal(-2), None]
    moments = cast_column(FIELDS[7], pl.Series(["2026-01-01T10:00:00.5Z", "2026-01-01T10:00:00Z", None]))
    assert moments.dt.strftime("%M:%S%.6f").to_list() == ["00:00.500000", "00:00.000000", None]
    for fraction in ("", ".120", ".123456"):
        alike = cast_column(FIELDS[7], pl.Series([f"2026-01-01T10:00:00{fraction}Z", None]))
        assert alike.dt.strftime("%S%.6f").to_list() == [f"00{fraction or '.':0<7}", None]


@pytest.mark.parametrize(
    "end", ["Z", ".Z", ".5Z", ".123Z", ".123456Z", ".1234567Z", ",123Z", ".5+01", "+0100", ".1234", "        "]
)
def test_timestamps_of_one_length_are_cast_as_each_text_is(end: str) -> None:
    days = [
        "2026-01-31",
        "2024-02-29",
        "2026-02-29",
        "2026-13-01",
        "9999-12-31",
        "1000-01-01",
        "0999-12-31",
        "2026-1--1",
    ]
    times = ["00:00:00", "23:59:59", "24:00:00", "12:60:00", "12:00:60", "1:-1:+01", " 1:00:00"]
    column = pl.Series("a", [f"{day}T{time}{end}" for day in days for time in times])
    wanted = column.to_frame().select(casts.typed(FIELDS[7], pl.col("a"))).to_series()
    assert cast_column(FIELDS[7], column).to_list() == wanted.to_list()
    usual = column.filter(wanted.is_not_null())
    assert cast_column(FIELDS[7], usual).to_list() == wanted.drop_nulls().to_list()
    one = column.head(1)
    assert cast_column(FIELDS[7], one).to_list() == wanted.head(1).to_list()


NUMBERS = [
    *("0", "7", "-7", "0012", "-0", "12345678", "123456789", "12345678901", "123456789012", "-12345678901"),
    *("1234567890123", "999999999999999999", "9223372036854775807", "9223372036854775808", "", "-", "--1", "1-", "+1"),
    *(" 1", "1 ", "1_0", "1:0", "1/0", "\x001", "1\x00", "\u00b9", "\uff11", "1\u0660", "x", "1e3", None),
]  # fmt: skip
FRACTIONS = [
    "",
    ".",
    ".0",
    ".5",
    ".50",
    ".05",
    ".00",
    ".500",
    ".5000",
    ".123456",
    ".1234567",
    "..5",
    ".-5",
    ".5x",
    ",50",
]


@pytest.mark.parametrize(("precision", "scale"), [(0, 0), (9, 2), (18, 4), (12, 0), (38, 6), (20, 7), (2, 2), (5, 1)])
def test_numbers_of_all_sizes_are_cast_as_each_text_is(precision: int, scale: int) -> None:
    kind = FieldType.DECIMAL if precision else FieldType.INTEGER
    field = Field("a", kind, "A number", precision=precision or None, scale=scale if precision else None)
    written = [None if whole is None else whole + fraction for fraction in FRACTIONS for whole in NUMBERS]
    for column in (pl.Series("a", written), *(pl.Series("a", [text], dtype=pl.String) for text in written[:40])):
        wanted = column.to_frame().select(casts.typed(field, pl.col("a"))).to_series()
        assert cast_column(field, column).to_list() == wanted.to_list()
        sliced = cast_column(field, column.slice(1))
        assert sliced.to_list() == wanted.slice(1).to_list()


PAYMENTS = load_contracts()["payments"]
CHOICES = {
    FieldType.STRING: [None, "", "x" * 65, "EUR", "captured", "card", "1234", "web", "12345", "p1"],
    FieldType.DECIMAL: [None, Decimal("-0.01"), Decimal(0), Decimal("9.99")],
    FieldType.INTEGER: [None, -1, 0, 5],
}


@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_the_screen_holds_the_rows_that_pandera_refuses(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 4))
    columns = {
        field.name: pl.Series(
            [data.draw(st.sampled_from(CHOICES.get(field.type, [None]))) for _ in range(count)],
            dtype=polars_type(field),
        )
        for field in PAYMENTS.fields
        if field.type is not FieldType.TIMESTAMP
    }
    moments = [field.name for field in PAYMENTS.fields if field.type is FieldType.TIMESTAMP]
    day = pl.lit("2026-01-01T00:00:00Z").str.to_datetime(time_unit="us", time_zone="UTC")
    rows = pl.DataFrame(columns).with_columns(day.alias(name) for name in moments)
    rows = rows.select(field.name for field in PAYMENTS.fields)
    refused: set[int] = set()
    try:
        pandera_schema(PAYMENTS).validate(rows, lazy=True)
    except SchemaErrors as errors:
        refused = set(errors.failure_cases["index"])
    assert set(suspects(PAYMENTS, rows).arg_true()) == refused
