"""Rows that were mixed by a sort are completed with what belongs to their own object."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.row_gate import Gated, validate_rows
from txplatform.lake.delivered_rows import DeliveredRows, numbered_rows
from txplatform.ledger import LandedObject
from txplatform_tests.lake_stand import payment

PAYMENTS = load_contracts()["payments"]
START = datetime(2026, 1, 2, tzinfo=UTC)


def landed(name: str, day: int) -> LandedObject:
    at = START + timedelta(days=day)
    return LandedObject(Lane.FILES, "payments", "lake", name, "v1", "e", 1, at, date(2026, 1, day))


def gated(*keys: str) -> Gated:
    frame = pl.DataFrame([payment(key) for key in keys]).cast(pl.String)
    rows = pl.int_range(2, len(keys) + 2, dtype=pl.Int64, eager=True)
    return validate_rows(PAYMENTS, RawBatch(frame, rows, None))


def test_rows_get_what_is_their_objects() -> None:
    delivered = DeliveredRows(PAYMENTS, "batch", START, epoch=7)
    numbers = [delivered.number(landed(name, day)) for day, name in enumerate(("a.csv", "unused.csv", "c.csv"), 1)]
    parts = [numbered_rows(PAYMENTS, gated("p1", "p3"), numbers[0]), numbered_rows(PAYMENTS, gated("p2"), numbers[2])]
    rows = pl.DataFrame(delivered.complete(pl.concat(parts).sort("payment_id"))).cast({pl.Categorical: pl.String})
    assert rows["payment_id"].to_list() == ["p1", "p2", "p3"]
    assert [uri.partition("?")[0] for uri in rows["_source"]] == [
        "s3://lake/a.csv",
        "s3://lake/c.csv",
        "s3://lake/a.csv",
    ]
    assert rows["_row"].to_list() == [2, 2, 3]
    assert rows["dt"].dt.day().to_list() == [1, 3, 1]
    assert [key.split("|")[-3:] for key in rows["_order_key"]] == [
        ["2026-01-03T00:00:00.000000Z", "000000000002", "2026-01-01"],
        ["2026-01-05T00:00:00.000000Z", "000000000002", "2026-01-03"],
        ["2026-01-03T00:00:00.000000Z", "000000000003", "2026-01-01"],
    ]
    assert rows["_occurred_at"].to_list() == rows["updated_at"].to_list()
    assert set(rows["_batch_id"]) == {"batch"}
    assert set(rows["_epoch"]) == {7}


def test_rows_of_one_record_have_their_number_in_their_order_key() -> None:
    delivered = DeliveredRows(PAYMENTS, "batch", START, epoch=1)
    found = gated("p1", "p2")
    mapped = Gated(found.good, found.positions, found.rows, found.refused, found.refused_keys, 0, pl.Series([0, 1]))
    rows = pl.DataFrame(delivered.complete(numbered_rows(PAYMENTS, mapped, delivered.number(landed("a.csv", 1)))))
    assert [key.split("|")[-2] for key in rows["_order_key"]] == ["000000000002", "000000000003~000001"]
