"""The row gate: exact values pass, and a bad row carries every reason."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.contracts.loader import load_contracts
from txplatform.ingest import casts, violations
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.row_gate import Gated, validate_rows
from txplatform_tests.ingest.whole import read_changes, read_file

CONTRACTS = load_contracts()
PAYMENTS, TRADES = CONTRACTS["payments"], CONTRACTS["trades"]
HEADER = "payment_id,customer_id,merchant_id,amount,fee,currency,status,method,created_at,updated_at"
GOOD = "p1,c1,m1,12.30,0.1000,EUR,captured,card,2026-01-01T10:00:00Z,2026-01-01T10:00:00Z"


def gate(*lines: str, header: str = HEADER) -> Gated:
    batch = read_file("x.csv", "\n".join([header, *lines]).encode(), PAYMENTS)
    assert isinstance(batch, RawBatch)
    return validate_rows(PAYMENTS, batch)


def reasons(gated: Gated, place: int = 0) -> set[tuple[str, str]]:
    return {(reason["field"], reason["rule"]) for reason in gated.refused["reasons"][place]}


def test_a_good_row_is_typed() -> None:
    gated = gate(GOOD)
    row = gated.good.row(0, named=True)
    assert row["amount"] == Decimal("12.30")
    assert row["created_at"] == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert row["description"] is None
    assert gated.rows.to_list() == [2]
    assert gated.refused.is_empty()


def test_a_bad_row_has_all_its_reasons_and_its_payload() -> None:
    bad = ",c1,m1,-1,0.12345,EURO,weird,card,2026-02-30T10:00:00Z,2026-01-01T10:00:00"
    gated = gate(bad, GOOD)
    assert gated.good.height == 1
    assert gated.refused["row"].to_list() == [2]
    assert gated.refused["payload"].to_list() == [bad]
    assert reasons(gated) == {
        ("payment_id", "required"),
        ("amount", "minimum"),
        ("fee", "scale"),
        ("currency", "enum"),
        ("status", "enum"),
        ("created_at", "type"),
        ("updated_at", "type"),
    }


def test_pandera_is_not_asked_about_a_value_that_has_a_reason_as_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    without = GOOD.replace("12.30", "")
    assert reasons(gate(without)) == {("amount", "required")}
    monkeypatch.setattr(violations, "pandera_schema", None)
    gated = gate(GOOD, GOOD.replace("12.30", "x"), GOOD.replace("2026-01-01T", "2026-02-30T"))
    assert (gated.good.height, gated.refused.height) == (1, 2)
    assert [reasons(gated, place) for place in (0, 1)] == [
        {("amount", "type")},
        {("created_at", "type"), ("updated_at", "type")},
    ]
    with pytest.raises(TypeError):
        gate(GOOD, without)


def test_the_payload_is_made_only_where_a_row_is_refused() -> None:
    batch = read_file("x.csv", "\n".join([HEADER, GOOD]).encode(), PAYMENTS)
    assert isinstance(batch, RawBatch)
    made: list[str] = []

    def payload() -> pl.Series:
        made.append("once")
        return pl.Series([GOOD])

    assert validate_rows(PAYMENTS, replace(batch, payload=payload)).good.height == 1
    assert not made
    refused = replace(batch, frame=batch.frame.with_columns(status=pl.lit("odd")), payload=payload)
    assert validate_rows(PAYMENTS, refused).refused["payload"].to_list() == [GOOD]
    assert made == ["once"]


def test_messages_hold_no_value() -> None:
    header = f"{HEADER},card_last4,payer_name"
    gated = gate(GOOD + ",secret1,Jane Doe", header=header)
    assert reasons(gated) == {("card_last4", "pattern")}
    assert "secret1" not in gated.refused["reasons"][0][0]["message"]


def test_a_missing_column_refuses_every_row_beside_its_other_reasons() -> None:
    header = HEADER.replace(",amount", "")
    gated = gate(GOOD.replace(",12.30", ""), GOOD.replace(",12.30", "").replace("captured", "odd"), header=header)
    assert gated.good.is_empty()
    assert reasons(gated, 0) == {("amount", "file.missing_column")}
    assert reasons(gated, 1) == {("amount", "file.missing_column"), ("status", "enum")}


def test_columns_may_come_in_any_order_under_other_names() -> None:
    header = HEADER.replace("payment_id", "paymentId").replace("customer_id", "customer")
    gated = gate(GOOD, header=header)
    assert gated.good.select("payment_id", "customer_id").rows() == [("p1", "c1")]


def test_names_and_values_are_aligned() -> None:
    row = "p1,c1,m1,12.30,,eur,Succeeded,credit_card,1767261600,1767261600.25"
    aligned = gate(row).good.row(0, named=True)
    assert (aligned["currency"], aligned["status"], aligned["method"]) == ("EUR", "captured", "card")
    assert aligned["created_at"] == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert aligned["updated_at"] == datetime(2026, 1, 1, 10, 0, 0, 250000, tzinfo=UTC)


def test_floats_of_a_parquet_file_are_refused_in_exact_fields() -> None:
    frame = pl.DataFrame({name: [value] for name, value in zip(HEADER.split(","), GOOD.split(","), strict=True)})
    batch = RawBatch(frame, pl.Series([1]), None, unusable_columns={"amount": "binary floating point"})
    assert reasons(validate_rows(PAYMENTS, batch)) == {("amount", "type")}


def test_a_tombstone_needs_its_key_alone() -> None:
    def line(record: dict[str, object], deleted: bool) -> str:
        envelope = {"entity": "payments", "order_key": "1|1", "occurred_at": "2026-01-01T00:00:00.000000Z"}
        return json.dumps(envelope | {"deleted": deleted, "record": record})

    data = "\n".join(
        [line({"payment_id": "p1"}, True), line({"created_at": "x"}, True), line({"payment_id": "p2"}, False)]
    )
    batch = read_changes(data.encode(), PAYMENTS)
    assert isinstance(batch, RawBatch)
    gated = validate_rows(PAYMENTS, batch)
    assert gated.good["payment_id"].to_list() == ["p1"]
    assert reasons(gated, 0) == {("payment_id", "required"), ("created_at", "type")}
    assert ("amount", "required") in reasons(gated, 1)


def test_a_change_that_could_not_be_decoded_is_refused_with_its_reason() -> None:
    line = {"entity": "payments", "order_key": "1|1", "undecodable": "attribute 'fee' is not a number"}
    lines = [line | {"image": {"fee": {"N": "x"}, "n": {"N": "7"}}}, line | {"entity": "trades"}, {"undecodable": 7}]
    batch = read_changes("\n".join(map(json.dumps, lines)).encode(), PAYMENTS)
    assert isinstance(batch, RawBatch)
    refused = validate_rows(PAYMENTS, batch).refused
    unrecognised = {"field": "", "rule": "row.envelope", "message": "the line is not a change of payments"}
    assert refused["reasons"].to_list() == [
        [{"field": "", "rule": "row.undecodable", "message": "attribute 'fee' is not a number"}],
        [unrecognised],
        [unrecognised],
    ]
    assert json.loads(refused["payload"][0]) == lines[0]


def test_refused_keys_are_reported_where_they_can_be_read() -> None:
    gated = gate(GOOD.replace("12.30", "x"), GOOD.replace("p1", "").replace("12.30", "y"))
    assert gated.refused_keys["payment_id"].to_list() == ["p1"]


def cast_one(entity_field: str, text: str, contract: object = PAYMENTS) -> object:
    field = contract[entity_field]  # type: ignore[index]
    return pl.DataFrame({"text": [text]}).select(casts.typed(field, pl.col("text"))).item()


@settings(deadline=None)
@given(
    st.decimals(min_value=Decimal("-1e16"), max_value=Decimal("1e16"), places=2).filter(
        lambda d: abs(d) < Decimal("1e16")
    )
)
def test_decimals_are_exact(value: Decimal) -> None:
    assert cast_one("amount", format(value, "f")) == value
    assert cast_one("amount", format(value, "f") + "000") == value
    assert cast_one("amount", format(value, "f") + "1") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"),
        ("-0.000000000000000001", "-0.000000000000000001"),
        ("1e-8", "0.00000001"),
        ("007", "7"),
        ("100000000000000000000", None),
        ("1e30", None),
        ("1_000", None),
        ("1,5", None),
        (".5", None),
        ("5.", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e999", None),
        ("٣", None),
        ("--1", None),
    ],
)
def test_decimals_of_38_digits_and_what_is_not_one(text: str, value: str | None) -> None:
    assert cast_one("notional", text, TRADES) == (None if value is None else Decimal(value))


FIRST = datetime(1, 1, 2, tzinfo=UTC)
instants = st.timedeltas(timedelta(0), datetime(9999, 12, 30, tzinfo=UTC) - FIRST).map(lambda since: FIRST + since)


@settings(deadline=None)
@given(instants, st.integers(-23 * 60, 23 * 60))
def test_timestamps_of_any_zone_are_exact(moment: datetime, minutes: int) -> None:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    try:
        local = (moment + timedelta(minutes=minutes)).replace(tzinfo=None)
    except OverflowError:
        return
    text = f"{local.isoformat(timespec='microseconds')}{sign}{hours:02d}:{rest:02d}"
    assert cast_one("updated_at", text) == moment


@pytest.mark.parametrize(
    "text",
    ["2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00", "2026-01-01",
     "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
     "2026-01-01T00:00:00.0000001Z", "2026-01-01T00:00:00+24:00", "yesterday"],
)  # fmt: skip
def test_texts_that_are_no_moment(text: str) -> None:
    assert cast_one("updated_at", text) is None


@pytest.mark.parametrize(("text", "day"), [("0001-01-01", date(1, 1, 1)), ("0000-12-31", None), ("2026-02-29", None)])
def test_days_are_of_the_years_from_1(text: str, day: date | None) -> None:
    assert cast_one("settled_on", text) == day


@pytest.mark.parametrize("seconds", ["253402300800", "-62135596801", "9000000000000", "999999999999999"])
def test_numbers_of_seconds_beyond_our_years_are_no_moments(seconds: str) -> None:
    assert reasons(gate(GOOD.replace("2026-01-01T10:00:00Z", seconds, 1))) == {("created_at", "type")}


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), ("5.0", 5), ("9223372036854775808", None), ("5.5", None), ("x", None)]
)
def test_integers(text: str, value: int | None) -> None:
    assert cast_one("items_count", text) == value


def test_version_and_partition_field_are_always_needed() -> None:
    optional = replace(PAYMENTS, fields=tuple(replace(field, required=False) for field in PAYMENTS.fields))
    batch = read_file("x.csv", b"payment_id,updated_at\np1,\n", optional)
    assert isinstance(batch, RawBatch)
    found = {reason["field"] for reason in validate_rows(optional, batch).refused["reasons"][0]}
    assert found == {"updated_at", "created_at"}


@pytest.mark.parametrize(
    ("name", "values", "rules"),
    [
        ("customer", ["c1", "OTHER", ""], [set(), {("customer_id", "ambiguous")}, set()]),
        ("AMOUNT", ["12.30", "12.31", ""], [set(), {("amount", "ambiguous")}, set()]),
    ],
)
def test_two_columns_of_a_field_must_agree_where_both_have_a_value(
    name: str, values: list[str], rules: list[set[tuple[str, str]]]
) -> None:
    gated = gate(*(f"{GOOD},{value}" for value in values), header=f"{HEADER},{name}")
    found = dict(zip(gated.refused["row"], map(partial(reasons, gated), range(gated.refused.height)), strict=True))
    assert [found.get(row, set()) for row in (2, 3, 4)] == rules
    assert all("OTHER" not in reason["message"] for reason in gated.refused["reasons"].explode())


@pytest.mark.parametrize("number", ["1767225600000000", "1767225600000000000", "1767225600000"])
def test_a_number_of_a_finer_unit_than_the_contracts_is_no_timestamp(number: str) -> None:
    gated = gate(GOOD.replace("2026-01-01T10:00:00Z", number, 1))
    assert reasons(gated) == {("created_at", "type")}
