"""One way to write every value; nothing is ever rounded."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.canonical import canonical_value
from lambdas.shared.errors import Violation
from lambdas.shared.schema import FieldRule, FieldType
from lambdas.shared.timestamps import timestamp_text


def rule(kind: FieldType, precision: int = 18, scale: int = 2, personal: bool = False) -> FieldRule:
    return FieldRule(name="x", type=kind, precision=precision, scale=scale, personal=personal)


@pytest.mark.parametrize(
    ("kind", "value", "canonical"),
    [
        ("string", "", ""),
        ("string", "Zoë", "Zoë"),
        ("integer", 7, 7),
        ("integer", Decimal("7.0"), 7),
        ("integer", Decimal("7E2"), 700),
        ("integer", -(2**63), -(2**63)),
        ("decimal", "12.3", "12.30"),
        ("decimal", "0012.30000", "12.30"),
        ("decimal", 5, "5.00"),
        ("decimal", Decimal("1E+3"), "1000.00"),
        ("decimal", Decimal("0E+999999"), "0.00"),
        ("decimal", "-0.00", "0.00"),
        ("decimal", "9999999999999999.99", "9999999999999999.99"),
        ("boolean", False, False),
        ("date", "2024-02-29", "2024-02-29"),
        ("timestamp", "2026-01-01T00:30:00+02:00", "2025-12-31T22:30:00.000000Z"),
        ("timestamp", "2026-01-01 00:30:00.5z", "2026-01-01T00:30:00.500000Z"),
        ("timestamp", "2026-01-01T00:30:00.123456000+0000", "2026-01-01T00:30:00.123456Z"),
        ("timestamp", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_canonical(kind: FieldType, value: Any, canonical: Any) -> None:
    made = canonical_value(rule(kind), value)
    assert (made, type(made)) == (canonical, type(canonical))


@pytest.mark.parametrize(
    ("kind", "value", "broken"),
    [
        ("string", 7, "type"),
        ("string", "half \ud800", "type"),
        ("integer", True, "type"),
        ("integer", "7", "type"),
        ("integer", Decimal("7.5"), "type"),
        ("integer", Decimal("1E+999999"), "type"),
        ("integer", 2**63, "type"),
        pytest.param("integer", 10**5000, "type", id="integer-beyond-printing"),
        ("decimal", True, "type"),
        ("decimal", 12.3, "type"),
        ("decimal", "1e2", "type"),
        ("decimal", "+1", "type"),
        ("decimal", "1_0", "type"),
        ("decimal", " 1", "type"),
        ("decimal", "1\n", "type"),
        ("decimal", "٣", "type"),
        ("decimal", "NaN", "type"),
        ("decimal", Decimal("NaN"), "type"),
        ("decimal", Decimal("Infinity"), "type"),
        ("decimal", "12.345", "scale"),
        ("decimal", Decimal("1E-999999"), "scale"),
        ("decimal", "10000000000000000", "precision"),
        ("decimal", Decimal("1E+999999"), "precision"),
        ("boolean", "true", "type"),
        ("boolean", 1, "type"),
        ("date", "2026-02-30", "type"),
        ("date", "20260201", "type"),
        ("date", "2026-02-01T00:00:00Z", "type"),
        ("timestamp", "2026-01-01T00:30:00", "type"),
        ("timestamp", "2026-13-01T00:30:00Z", "type"),
        ("timestamp", "2026-W01-1T00:00:00Z", "type"),
        ("timestamp", "0001-01-01T00:00:00+02:00", "type"),
        ("timestamp", "2026-01-01T00:30:00.1234567Z", "precision"),
        ("timestamp", 1700000000, "type"),
        ("timestamp", {"a": 1}, "type"),
    ],
)
def test_what_has_no_exact_form_is_a_violation(kind: FieldType, value: Any, broken: str) -> None:
    made = canonical_value(rule(kind), value)
    assert isinstance(made, Violation)
    assert (made.field, made.rule) == ("x", broken)


@pytest.mark.parametrize("kind", ["string", "integer", "decimal", "boolean", "date", "timestamp"])
@pytest.mark.parametrize("value", ["sesame", 271828, Decimal("27.1828"), ["sesame"], {"sesame": 271828}])
def test_a_personal_value_is_in_no_message(kind: FieldType, value: Any) -> None:
    made = canonical_value(rule(kind, personal=True), value)
    message = made.message if isinstance(made, Violation) else ""
    assert "sesame" not in message
    assert "1828" not in message


@given(st.integers(0, 38).flatmap(lambda scale: st.tuples(st.just(scale), st.integers(-(10**38) + 1, 10**38 - 1))))
def test_decimals_keep_every_digit(case: tuple[int, int]) -> None:
    scale, unscaled = case
    number = Decimal((int(unscaled < 0), tuple(int(digit) for digit in str(abs(unscaled))), -scale))
    text = canonical_value(rule("decimal", 38, scale), number)
    assert isinstance(text, str)
    assert Decimal(text) == number
    assert canonical_value(rule("decimal", 38, scale), text) == text
    assert len(text.partition(".")[2]) == scale


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)),  # noqa: DTZ001 - the zone is given beside it
    st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_timestamps_are_the_same_moment_in_utc(moment: datetime, zone: timezone) -> None:
    aware = moment.replace(tzinfo=zone)
    text = canonical_value(rule("timestamp"), aware.isoformat())
    assert text == timestamp_text(aware)
    assert datetime.fromisoformat(str(text)) == aware
    assert datetime.fromisoformat(str(text)).tzinfo == UTC
