"""Ways of writing values that a contract declares are read exactly; others are refused, with what to declare."""

import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from txplatform.contracts.date_formats import date_format_pattern
from txplatform.contracts.loader import load_contract, load_contracts
from txplatform.contracts.model import TextConventions
from txplatform.errors import ContractError
from txplatform.ingest.readers import read_file
from txplatform.ingest.row_gate import Gated, validate_rows
from txplatform_tests.contracts.documents import entity_property, minimal, write
from txplatform_tests.lake_stand import payment

PAYMENTS = load_contracts()["payments"]
COMMA = TextConventions(decimal_char=",")
GERMAN = TextConventions(decimal_char=",", group_char=".")
SWISS = TextConventions(group_char="'")
FRENCH = TextConventions(decimal_char=",", group_char=" ")
LOOSE = TextConventions(loose_numbers=True)
ZONES = TextConventions(loose_zones=True)


def dates(pattern: str) -> TextConventions:
    return TextConventions(date_format=date_format_pattern(pattern, times=False))


def times(pattern: str | None, zone: str | None = None, *, loose: bool = False) -> TextConventions:
    form = None if pattern is None else date_format_pattern(pattern, times=True)
    return TextConventions(timestamp_format=form, default_timezone=zone, loose_zones=loose)


def read(field: str, value: str, conventions: TextConventions | None, name: str = "a.csv") -> Gated:
    """What comes of one payment that holds a text."""
    contract = replace(PAYMENTS, texts={} if conventions is None else {field: conventions})
    record = payment("p1") | {field: value}
    if name.endswith(".csv"):
        cells = ['"' + str(cell).replace('"', '""') + '"' for cell in record.values()]
        data = f"{','.join(record)}\n{','.join(cells)}\n".encode()
    else:
        sink = io.BytesIO()
        pl.DataFrame([record]).write_parquet(sink)
        data = sink.getvalue()
    (batch,) = read_file(name, io.BytesIO(data), contract)
    return validate_rows(contract, batch)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("field", "value", "conventions", "wanted"),
    [
        ("fee", "1,50", COMMA, Decimal("1.5")),
        ("fee", "-0,5", COMMA, None),  # read, and below the minimum
        ("fee", "1.50", COMMA, None),
        ("fee", "1.234", COMMA, None),
        ("fee", "1.234,5", GERMAN, Decimal("1234.5")),
        ("fee", "1234,5", GERMAN, Decimal("1234.5")),
        ("fee", "1.234", GERMAN, Decimal(1234)),
        ("fee", "1.23", GERMAN, None),
        ("fee", "12.34.567", GERMAN, None),
        ("fee", "1,234.5", GERMAN, None),
        ("fee", "1'234'567.89", SWISS, Decimal("1234567.89")),
        ("fee", "1 234,5", FRENCH, Decimal("1234.5")),
        ("fee", "1\u202f234,5", FRENCH, Decimal("1234.5")),
        ("fee", ".5", LOOSE, Decimal("0.5")),
        ("fee", "+5", LOOSE, Decimal(5)),
        ("fee", "5.", LOOSE, Decimal(5)),
        ("fee", ".", LOOSE, None),
        ("fee", "+", LOOSE, None),
        ("fee", "+-5", LOOSE, None),
        ("fee", "+1,5e1", replace(COMMA, loose_numbers=True), Decimal(15)),
        ("items_count", "1.234", GERMAN, 1234),
        ("items_count", "+7", LOOSE, 7),
        ("fee", " NULL ", TextConventions(missing_values=("NULL", "-")), "absent"),
        ("fee", "null", TextConventions(missing_values=("NULL", "-")), None),
        ("channel", "-", TextConventions(missing_values=("NULL", "-")), "absent"),
        ("channel", " web ", TextConventions(trim=True), "web"),
        ("description", "  ", TextConventions(trim=True), "absent"),
        ("description", "  ", TextConventions(missing_values=("-",)), "  "),
        ("settled_on", "31.01.2026", dates("dd.MM.yyyy"), date(2026, 1, 31)),
        ("settled_on", "1.2.2026", dates("d.M.yyyy"), date(2026, 2, 1)),
        ("settled_on", "01/02/2026", dates("dd/MM/yyyy"), date(2026, 2, 1)),
        ("settled_on", "01/02/2026", dates("MM/dd/yyyy"), date(2026, 1, 2)),
        ("settled_on", "13/02/2026", dates("MM/dd/yyyy"), None),
        ("settled_on", "30.02.2026", dates("dd.MM.yyyy"), None),
        ("settled_on", "20260131", dates("yyyyMMdd"), date(2026, 1, 31)),
        ("settled_on", "2026-01-31", dates("dd.MM.yyyy"), date(2026, 1, 31)),
        ("settled_on", "31.01.26", dates("dd.MM.yyyy"), None),
        ("updated_at", "2026-01-31T10:00:00+00", ZONES, utc("2026-01-31T10:00:00")),
        ("updated_at", "2026-01-31 10:00:00.5 UTC", ZONES, utc("2026-01-31T10:00:00.500000")),
        ("updated_at", "2026-01-31 10:00:00GMT", ZONES, utc("2026-01-31T10:00:00")),
        ("updated_at", "2026-01-31 10:00:00 +0100", ZONES, utc("2026-01-31T09:00:00")),
        ("updated_at", "2026-01-31 10:00:00 -03", ZONES, utc("2026-01-31T13:00:00")),
        ("updated_at", "2026-01-31 10:00:00 CET", ZONES, None),
        ("updated_at", "2026-01-31 10:00:00", times(None, "UTC"), utc("2026-01-31T10:00:00")),
        ("updated_at", "2026-07-31T10:00:00.123456", times(None, "Europe/Prague"), utc("2026-07-31T08:00:00.123456")),
        ("updated_at", "2026-01-31T10:00:00", times(None, "America/New_York"), utc("2026-01-31T15:00:00")),
        ("updated_at", "2026-01-31T10:00:00", times(None, "Asia/Kolkata"), utc("2026-01-31T04:30:00")),
        ("updated_at", "2026-03-29T02:30:00", times(None, "Europe/Prague"), None),  # never was
        ("updated_at", "2026-10-25T02:30:00", times(None, "Europe/Prague"), None),  # was twice
        ("updated_at", "2026-10-25T02:30:00+02:00", times(None, "Europe/Prague"), utc("2026-10-25T00:30:00")),
        ("updated_at", "31.01.2026 10:15", times("dd.MM.yyyy HH:mm", "UTC"), utc("2026-01-31T10:15:00")),
        ("updated_at", "31.01.2026 10:15", times("dd.MM.yyyy HH:mm"), None),  # in no zone
        ("updated_at", "20260131T101530+01:00", times("yyyyMMddTHHmmssXXX"), utc("2026-01-31T09:15:30")),
        ("updated_at", "20260101101500", times("yyyyMMddHHmmss", "UTC"), utc("2026-01-01T10:15:00")),
        ("updated_at", "31/01/2026 10:15:30.25", times("dd/MM/yyyy HH:mm:ss.SS", "UTC"), utc("2026-01-31T10:15:30.25")),
        ("updated_at", "31.01.2026", times("dd.MM.yyyy", "UTC"), utc("2026-01-31T00:00:00")),
    ],
)
def test_a_declared_form_is_read_exactly_and_no_other(
    field: str, value: str, conventions: TextConventions, wanted: Any
) -> None:
    found = read(field, value, conventions)
    if wanted is None:
        assert found.good.is_empty()
        assert {reason["field"] for reason in found.refused["reasons"][0]} == {field}
    else:
        assert found.good[field].to_list() == [None if wanted == "absent" else wanted]


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("fee", "1,50", "decimalChar"),
        ("fee", "1.234,50", "groupChar and decimalChar"),
        ("fee", "1 234.50", "groupChar and decimalChar"),
        ("fee", ".5", "looseNumbers"),
        ("fee", "+5", "looseNumbers"),
        ("fee", "NULL", "missingValues"),
        ("items_count", "n/a", "missingValues"),
        ("items_count", "1,000", "groupChar and decimalChar"),
        ("settled_on", "31.01.2026", "dateFormat"),
        ("settled_on", "20260131", "dateFormat"),
        ("settled_on", "NULL", "missingValues"),
        ("updated_at", "2026-01-31 10:00:00", "defaultTimezone"),
        ("updated_at", "2026-01-31 10:00:00+00", "looseZones"),
        ("updated_at", "2026-01-31 10:00:00 UTC", "looseZones"),
        ("updated_at", "2026-01-31 10:00:00 +0100", "looseZones"),
        ("updated_at", "2026-01-31T10:00:00.1234560+01", "looseZones"),
        ("updated_at", "2026-01-31T10:00:00.1234567+01", None),
        ("updated_at", "2026-01-31T10:00:00.1234567", None),
        ("updated_at", "2026-13-31T10:00:00+0100", None),
        ("updated_at", "31.01.2026 10:00", "timestampFormat"),
        ("fee", "twelve", None),
        ("settled_on", "2026-02-30T", None),
    ],
)
def test_an_undeclared_form_is_refused_with_the_declaration_that_reads_it(
    field: str, value: str, key: str | None
) -> None:
    found = read(field, value, None)
    (reason,) = found.refused["reasons"][0]
    assert (reason["field"], reason["rule"]) == (field, "type")
    assert (reason["message"].partition("; declare how files write it: files.texts.")[2] or None) == key
    assert value not in reason["message"].partition(";")[0]


@pytest.mark.parametrize("zone", ["Z", "+01:00", "+0100"])
def test_a_moment_that_is_too_fine_is_refused_for_that_alone(zone: str) -> None:
    (reason,) = read("updated_at", f"2026-01-31T10:00:00.1234567{zone}", None).refused["reasons"][0]
    assert (reason["rule"], reason["message"]) == ("precision", "must not be finer than a microsecond")


def test_numbers_of_a_typed_file_are_not_written_in_the_way_of_a_text() -> None:
    assert read("fee", "1.234", GERMAN, "a.parquet").good["fee"].to_list() == [Decimal("1.234")]


def test_a_refused_row_keeps_the_text_of_the_file() -> None:
    for name in ("a.csv", "a.parquet"):
        found = read("settled_on", "31.02.2026", dates("dd.MM.yyyy"), name)
        assert "31.02.2026" in found.refused["payload"][0]


def declared(tmp_path: Any, texts: dict[str, Any]) -> dict[str, TextConventions]:
    document = minimal()
    entity_property(document, "files", {"texts": texts})
    return dict(load_contract(write(tmp_path, document)).texts)


def test_what_is_said_of_one_field_counts_instead_of_what_is_said_of_all(tmp_path: Any) -> None:
    found = declared(tmp_path, {"decimalChar": ",", "trim": True, "fields": {"total": {"decimalChar": "."}}})
    assert (found["total"].decimal_char, found["total"].trim) == (".", True)
    assert found["order_id"].decimal_char == ","
    assert declared(tmp_path, {}) == {}


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        ({"decimalChar": ";"}, "decimalChar"),
        ({"groupChar": "."}, "groupChar"),
        ({"decimalChar": ",", "fields": {"total": {"groupChar": ","}}}, "total.groupChar"),
        ({"dateFormat": "dd.MM.yy"}, "'yy' is no part of it"),
        ({"dateFormat": "MM.yyyy"}, "lacks the day"),
        ({"dateFormat": "dd.dd.yyyy"}, "the day twice"),
        ({"timestampFormat": "dd.MM.yyyy HH"}, "without an earlier one"),
        ({"timestampFormat": "dd.MM.yyyy hh:mm"}, "'hh'"),
        ({"dateFormat": "dd.MM.yyyy HH:mm"}, "'HH'"),
        ({"defaultTimezone": "CEST+2"}, "IANA"),
        ({"missingValues": "NULL"}, "missingValues"),
        ({"decimal": ","}, "decimal"),
        ({"fields": {"price": {}}}, "price"),
        ({"fields": {"total": "x"}}, "total"),
    ],
)
def test_a_declaration_that_says_nothing_clear_is_refused(tmp_path: Any, texts: dict[str, Any], named: str) -> None:
    with pytest.raises(ContractError) as caught:
        declared(tmp_path, texts)
    assert named in str(caught.value)
