"""One Iceberg table that the query tests read."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import DayTransform
from pyiceberg.types import (
    BooleanType,
    DecimalType,
    ListType,
    LongType,
    NestedField,
    StringType,
    StructType,
    TimestamptzType,
)

from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE

REASON = StructType(NestedField(8, "field", StringType()), NestedField(9, "rule", StringType()))
SALES = Schema(
    NestedField(1, "id", StringType(), required=True),
    NestedField(2, "amount", DecimalType(18, 2)),
    NestedField(3, "quantity", LongType()),
    NestedField(4, "paid", BooleanType()),
    NestedField(5, "created_at", TimestamptzType()),
    NestedField(6, "reasons", ListType(7, REASON)),
)
BY_DAY = PartitionSpec(PartitionField(5, 1000, DayTransform(), "created_at_day"))


def create_table(iceberg: GlueCatalog, name: str) -> Table:
    """Create an empty table of sales, partitioned by day, without pyiceberg's own retries."""
    return iceberg.create_table(
        (DATABASE, name),
        SALES,
        location=f"s3://{BUCKET}/warehouse/{name}",
        partition_spec=BY_DAY,
        properties={"commit.retry.num-retries": "0"},
    )


def sale(key: str, amount: str | None, day: int | None = 1, **others: object) -> dict[str, object]:
    """Return one row; `day` of January 2024."""
    created = None if day is None else dt.datetime(2024, 1, day, 12, 30, 0, 123456, tzinfo=dt.UTC)
    row = {"id": key, "amount": None if amount is None else Decimal(amount), "created_at": created}
    return {**row, "quantity": None, "paid": None, "reasons": [], **others}


def append(table: Table, *rows: dict[str, object]) -> None:
    table.append(pa.Table.from_pylist(list(rows), schema=table.schema().as_arrow()))


@pytest.fixture(scope="session")
def sales(iceberg: GlueCatalog) -> Table:
    """Four sales in two commits."""
    table = create_table(iceberg, "sales")
    append(
        table,
        sale("a", "10.00", 1, quantity=2, paid=True),
        sale("b", "0.10", 2, quantity=3, paid=False, reasons=[{"field": "x", "rule": "enum"}]),
    )
    append(table, sale("c", "9999999999999999.99", 2, quantity=7), sale("d", None, None))
    return table
