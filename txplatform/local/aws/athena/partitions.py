"""Partitions of an Iceberg table: the values of its columns that one of them holds."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import (
    DayTransform,
    HourTransform,
    IdentityTransform,
    MonthTransform,
    TimeTransform,
    Transform,
    YearTransform,
)
from pyiceberg.typedef import Record
from pyiceberg.types import DateType, TimestamptzType

UNITS: dict[type[Transform[Any, Any]], str] = {
    HourTransform: "hour",
    DayTransform: "day",
    MonthTransform: "month",
    YearTransform: "year",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def extents(table: Table, spec_id: int, partition: Record) -> dict[str, tuple[Any, Any]]:
    """Return the first and last value of each source column of a partition, (None, None) for the one of nulls.

    Columns are missing whose transform tells nothing of that kind, such as bucket.
    """
    schema: Schema = table.schema()
    found: dict[str, tuple[Any, Any]] = {}
    for position, field in enumerate(table.specs()[spec_id].fields):
        value = partition[position]
        name, kind = schema.find_column_name(field.source_id), schema.find_type(field.source_id)
        if name is None or not isinstance(field.transform, IdentityTransform | TimeTransform):
            continue
        if value is None:
            found[name] = (None, None)
        elif isinstance(field.transform, TimeTransform):
            found[name] = _extent(field.transform, value, isinstance(kind, DateType), isinstance(kind, TimestamptzType))
        else:
            found[name] = (_identity(kind, value),) * 2
    return found


def _extent(transform: TimeTransform[Any], value: int, is_date: bool, with_zone: bool) -> tuple[Any, Any]:
    start, end = _start(transform, value), _start(transform, value + 1)
    if is_date:
        return start.date(), (end - timedelta(days=1)).date()
    last = end - timedelta(microseconds=1)
    return (start, last) if with_zone else (start.replace(tzinfo=None), last.replace(tzinfo=None))


def _start(transform: TimeTransform[Any], value: int) -> datetime:
    match transform:
        case HourTransform():
            return _EPOCH + timedelta(hours=value)
        case DayTransform():
            return _EPOCH + timedelta(days=value)
        case MonthTransform():
            return datetime(1970 + value // 12, value % 12 + 1, 1, tzinfo=UTC)
        case _:
            return datetime(1970 + value, 1, 1, tzinfo=UTC)


def _identity(kind: Any, value: Any) -> Any:
    if isinstance(kind, DateType):
        return date(1970, 1, 1) + timedelta(days=value)
    return _EPOCH + timedelta(microseconds=value) if isinstance(kind, TimestamptzType) else value
