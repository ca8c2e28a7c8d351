"""Parquet files whose types are not those of the contract."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from txplatform.contracts.model import TextConventions
from txplatform_tests.ingest.odd_files.case import Odd, record


def parquet(**columns: pa.Array) -> bytes:
    """A file of one payment, with these columns instead of its own or beside them."""
    table = {name: pa.array([value]) for name, value in record("k1").items()} | columns
    sink = io.BytesIO()
    pq.write_table(pa.table(table), sink)
    return sink.getvalue()


def typed(
    identifier: str, rule: str = "", *, texts: Mapping[str, TextConventions] | None = None, **columns: Any
) -> Odd:
    data = parquet(**columns)
    rows, refused = (() if rule else ("k1",)), ({1: rule} if rule else {})
    if rule.startswith("file."):
        return Odd(identifier, "a.parquet", data, whole=rule)
    return Odd(identifier, "a.parquet", data, rows, refused, texts=texts or {})


NAIVE = pa.array([datetime(2026, 1, 1)], pa.timestamp("us"))  # noqa: DTZ001 - as Spark writes them
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)

CASES = (
    typed("parquet"),
    typed("parquet-decimal", fee=pa.array([Decimal("1.5000")], pa.decimal128(18, 4))),
    typed("parquet-decimal-too-fine", "scale", fee=pa.array([Decimal("1.50001")], pa.decimal128(18, 5))),
    typed("parquet-decimal-of-another-scale", fee=pa.array([Decimal("1.50000")], pa.decimal128(18, 5))),
    typed("parquet-integer-for-a-decimal", fee=pa.array([5], pa.int32())),
    typed("parquet-double-for-a-text", "type", description=pa.array([1.5], pa.float64())),
    typed("parquet-nulls-of-a-double", fee=pa.array([None], pa.float64())),
    typed("parquet-column-of-nulls", fee=pa.nulls(1)),
    typed("parquet-dictionary", currency=pa.array(["EUR"]).dictionary_encode()),
    typed("parquet-large-text", currency=pa.array(["EUR"], pa.large_string())),
    typed("parquet-day", settled_on=pa.array([date(2026, 1, 31)])),
    typed("parquet-moment", updated_at=pa.array([MOMENT], pa.timestamp("ms", "UTC"))),
    typed("parquet-moment-in-another-zone", updated_at=pa.array([MOMENT], pa.timestamp("us", "Asia/Tokyo"))),
    typed("parquet-nanoseconds-that-fit", updated_at=pa.array([MOMENT], pa.timestamp("ns", "UTC"))),
    typed("parquet-nanoseconds", "precision", updated_at=pa.array([1], pa.timestamp("ns", "UTC"))),
    typed("parquet-naive", "file.column_type", updated_at=NAIVE),
    typed("parquet-naive-declared", updated_at=NAIVE, texts={"updated_at": TextConventions(default_timezone="UTC")}),
    typed("parquet-moment-for-a-decimal", "file.column_type", fee=pa.array([MOMENT])),
    typed("parquet-boolean-for-a-day", "file.column_type", settled_on=pa.array([True])),
    typed("parquet-day-for-a-moment", "file.column_type", updated_at=pa.array([date(2026, 1, 1)])),
    typed("parquet-moment-for-a-day", "file.column_type", settled_on=pa.array([MOMENT])),
    typed("parquet-number-for-a-day", "file.column_type", settled_on=pa.array([46053])),
    typed("parquet-seconds-for-a-moment", updated_at=pa.array([1767225600])),
    typed("parquet-list-for-a-text", "type", description=pa.array([["a"]])),
    Odd("parquet-cut", "a.parquet", parquet()[:-20], whole="file.unreadable"),
    Odd("parquet-empty", "a.parquet", b"", whole="file.empty"),
    Odd("parquet-of-text", "a.parquet", "payment_id\nk1\n", refused={2: "file.missing_column"}),
)
