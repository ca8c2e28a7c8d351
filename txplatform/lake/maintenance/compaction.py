"""Compaction of single partitions by Athena's OPTIMIZE."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from pyiceberg.table import Table
from pyiceberg.transforms import DayTransform, IdentityTransform, Transform, YearTransform
from pyiceberg.types import DateType, IcebergType, TimestamptzType

from txplatform.errors import QueryError
from txplatform.lake.maintenance.layout import Partition
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.statements import quoted

MOST_PARTITIONS = 20  # of a table in one run; what is left is for the next
_LOST_RACE = "ICEBERG_COMMIT_ERROR"


def compact(table: Table, name: str, due: Sequence[Partition], athena: Athena) -> int:
    """Compact the first MOST_PARTITIONS of those that are due; return how many were.

    A writer that commits meanwhile is not held up: it was first, and the partition waits for the next run.
    """
    compacted = 0
    for part in due[:MOST_PARTITIONS]:
        try:
            where = f" WHERE {condition(table, part)}" if part.values else ""
            athena.execute(f"OPTIMIZE {quoted(name)} REWRITE DATA USING BIN_PACK{where}")
        except QueryError as error:
            if _LOST_RACE not in str(error):
                raise
            continue
        compacted += 1
    return compacted


def condition(table: Table, part: Partition) -> str:
    """The predicate that holds for the rows of a partition and no others."""
    spec: Any = table.specs()[part.spec_id]  # its transforms have type parameters that pyiceberg leaves open
    conditions: list[str] = []
    for field, value in zip(spec.fields, part.values, strict=True):
        source = table.schema().find_field(field.source_id)
        conditions += _conditions(quoted(source.name), source.field_type, field.transform, value)
    return " AND ".join(conditions)


def _conditions(column: str, kind: IcebergType, transform: Transform[Any, Any], value: Any) -> Iterator[str]:
    if value is None:
        yield f"{column} IS NULL"
    elif not isinstance(transform, IdentityTransform):
        first, following = (_first_day(transform, each) for each in (value, value + 1))
        yield f"{column} >= {_literal(kind, first)}"
        yield f"{column} < {_literal(kind, following)}"
    elif isinstance(kind, DateType):
        yield f"{column} = {_literal(kind, _first_day(DayTransform(), value))}"
    else:
        text = str(value).replace("'", "''")
        yield f"{column} = '{text}'"


def _first_day(transform: Transform[Any, Any], value: int) -> date:
    """The first day of a partition, whose value counts days, months or years from 1970."""
    if isinstance(transform, DayTransform):
        return date(1970, 1, 1) + timedelta(days=value)
    months = value * 12 if isinstance(transform, YearTransform) else value
    return date(1970 + months // 12, months % 12 + 1, 1)


def _literal(kind: IcebergType, day: date) -> str:
    if isinstance(kind, DateType):
        return f"DATE '{day}'"
    zone = " UTC" if isinstance(kind, TimestamptzType) else ""
    return f"TIMESTAMP '{day} 00:00:00{zone}'"
