"""10,000 random decimals and moments, written in each format, are the same values after reading and validation."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from random import Random
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.row_gate import validate_rows
from txplatform_tests.ingest.packed import MOMENT, PACKED, avro, cell, orc_file, parquet, text, workbook
from txplatform_tests.ingest.whole import read_file

COUNT = 10_000
RANDOM = Random(20260101)
DECIMALS = [
    Decimal(RANDOM.choice((1, -1)) * RANDOM.randrange(10 ** RANDOM.randrange(1, 39))).scaleb(-18) for _ in range(COUNT)
]
MOMENTS = [
    datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=RANDOM.randrange(3_000_000_000_000_000))
    for _ in range(COUNT)
]
TEXTS = [
    (f"{amount:f}", moment.isoformat(timespec="microseconds")) for amount, moment in zip(DECIMALS, MOMENTS, strict=True)
]
NAMES = ("amount", "created_at")
TABLE = pa.table(
    {"amount": pa.array(DECIMALS, pa.decimal128(38, 18)), "created_at": pa.array(MOMENTS, pa.timestamp("us", "UTC"))}
)


def exact_contract() -> Contract:
    """A contract of one decimal and one timestamp, of as many digits as there are."""
    payments = load_contracts()["payments"]
    amount = replace(payments["amount"], precision=38, scale=18, minimum=None, maximum=None, required=True)
    moment = payments["created_at"]
    fields = (amount, replace(moment, alignment=type(moment.alignment)(), earliest=None, latest=None))
    return replace(payments, fields=fields, key=("created_at",), version_field="created_at", tie_breakers=())


CONTRACT = exact_contract()


def rows_of(data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    batch = read_file("data", data, CONTRACT)
    assert isinstance(batch, RawBatch)
    gated = validate_rows(CONTRACT, batch)
    return gated.good, gated.refused


def written_as_avro() -> bytes:
    fields: dict[str, Any] = {
        "amount": {"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 18},
        "created_at": {"type": "long", "logicalType": "timestamp-micros"},
    }
    return avro(fields, [dict(zip(NAMES, row, strict=True)) for row in zip(DECIMALS, MOMENTS, strict=True)])


def digits_of(amount: Decimal) -> tuple[int, ...]:
    return amount.normalize(Context(prec=40)).as_tuple().digits


def csv_file() -> bytes:
    return "\n".join([",".join(NAMES), *map(",".join, TEXTS)]).encode()


FORMATS = {
    "csv": csv_file,
    "csv in zstd": lambda: PACKED["zstd"](csv_file()),
    "json numbers": lambda: b"\n".join(
        b'{"amount": %s, "created_at": "%s"}' % (a.encode(), m.encode()) for a, m in TEXTS
    ),
    "json array": lambda: json.dumps([dict(zip(NAMES, row, strict=True)) for row in TEXTS]).encode(),
    "parquet": lambda: parquet(TABLE),
    "parquet of decimal256": lambda: parquet(
        TABLE.set_column(0, "amount", TABLE["amount"].cast(pa.decimal256(50, 18)))
    ),
    "orc": lambda: orc_file(TABLE),
    "avro": written_as_avro,
    "xlsx of texts": lambda: workbook([*map(text, NAMES)], *([*map(text, row)] for row in TEXTS)),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_values_survive(kind: str) -> None:
    good, refused = rows_of(FORMATS[kind]())
    assert refused.is_empty()
    assert good["amount"].to_list() == DECIMALS
    assert good["created_at"].to_list() == MOMENTS


def test_numbers_of_a_workbook_survive_or_are_refused() -> None:
    rows = [[cell("n", repr(float(amount))), text(moment)] for amount, (_, moment) in zip(DECIMALS, TEXTS, strict=True)]
    good, refused = rows_of(workbook([*map(text, NAMES)], *rows))
    assert good.height + refused.height == COUNT
    stood_for = [Decimal(repr(float(amount))) for amount in DECIMALS]  # what a double keeps of each
    assert good["amount"].to_list() == [amount for amount in stood_for if len(digits_of(amount)) <= 15]
    short = {amount for amount in DECIMALS if len(digits_of(amount)) <= 15}
    assert short
    assert short <= set(good["amount"])


def test_a_moment_of_a_workbook_has_no_zone_and_needs_one() -> None:
    _, refused = rows_of(workbook([*map(text, NAMES)], [text("1.10"), cell("n", "46024.5", MOMENT)]))
    assert refused["reasons"][0][0]["field"] == "created_at"
