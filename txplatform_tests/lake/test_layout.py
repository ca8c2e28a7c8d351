"""What makes a partition due, and the predicate by which it is named to OPTIMIZE."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from pyiceberg.conversions import to_bytes
from pyiceberg.manifest import DataFileContent
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import DayTransform, IdentityTransform, MonthTransform, Transform, YearTransform
from pyiceberg.types import DateType, IcebergType, LongType, NestedField, StringType, TimestampType, TimestamptzType

from txplatform.contracts.render.columns import EPOCH
from txplatform.lake.maintenance import layout
from txplatform.lake.maintenance.compaction import condition
from txplatform.lake.maintenance.layout import Partition, partitions

MIB = 1024**2


def file(size: int = MIB, *, epoch: int | None = 1, day: int = 7, deletes: bool = False) -> Any:
    bounds = {} if epoch is None else {2: to_bytes(LongType(), epoch)}
    content = DataFileContent.POSITION_DELETES if deletes else DataFileContent.DATA
    return SimpleNamespace(spec_id=0, partition=(day,), content=content, file_size_in_bytes=size, upper_bounds=bounds)


def laid_out(monkeypatch: pytest.MonkeyPatch, files: list[Any], folded: int) -> list[Partition]:
    monkeypatch.setattr(layout, "_files", lambda _: files)
    schema = Schema(NestedField(1, "n", LongType()), NestedField(2, EPOCH, LongType()))
    table: Any = SimpleNamespace(schema=lambda: schema)
    return partitions(table, folded)


@pytest.mark.parametrize(
    ("files", "due"),
    [
        ([file()] * 15, False),
        ([file()] * 16, True),
        ([file(32 * MIB)] * 16, False),
        ([*([file()] * 15), file(32 * MIB)], False),
        ([file(deletes=True)] * 7, False),
        ([file(deletes=True)] * 8, True),
        ([*([file()] * 15), file(epoch=None)], True),
        ([*([file()] * 15), file(epoch=2)], False),
        ([*([file()] * 498), file(epoch=2)], False),
        ([*([file()] * 499), file(epoch=2)], True),
    ],
)
def test_a_partition_is_due_by_its_small_files_and_deletes(
    monkeypatch: pytest.MonkeyPatch, files: list[Any], due: bool
) -> None:
    (found,) = laid_out(monkeypatch, files, folded=1)
    assert found.due is due


def test_partitions_are_apart_and_the_most_fragmented_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = laid_out(monkeypatch, [file(day=1), *([file(day=2)] * 3), file(day=3, epoch=9)], folded=1)
    assert found[0].values == (2,)
    assert {part.values: (part.data_files, part.unfolded) for part in found} == {
        (1,): (1, False),
        (2,): (3, False),
        (3,): (1, True),
    }


_DAY = (date(2024, 2, 29) - date(1970, 1, 1)).days
_MONTH, _YEAR = (2024 - 1970) * 12 + 11, 2024 - 1970


@pytest.mark.parametrize(
    ("kind", "transform", "value", "expected"),
    [
        (TimestamptzType(), DayTransform(), _DAY, "\"c\" >= TIMESTAMP '2024-02-29 00:00:00 UTC' AND \"c\" < TIMESTAMP '2024-03-01 00:00:00 UTC'"),  # noqa: E501
        (TimestampType(), DayTransform(), _DAY, "\"c\" >= TIMESTAMP '2024-02-29 00:00:00' AND \"c\" < TIMESTAMP '2024-03-01 00:00:00'"),  # noqa: E501
        (DateType(), DayTransform(), _DAY, "\"c\" >= DATE '2024-02-29' AND \"c\" < DATE '2024-03-01'"),
        (DateType(), MonthTransform(), _MONTH, "\"c\" >= DATE '2024-12-01' AND \"c\" < DATE '2025-01-01'"),
        (TimestamptzType(), YearTransform(), _YEAR, "\"c\" >= TIMESTAMP '2024-01-01 00:00:00 UTC' AND \"c\" < TIMESTAMP '2025-01-01 00:00:00 UTC'"),  # noqa: E501
        (DateType(), MonthTransform(), -1, "\"c\" >= DATE '1969-12-01' AND \"c\" < DATE '1970-01-01'"),
        (DateType(), IdentityTransform(), _DAY, "\"c\" = DATE '2024-02-29'"),
        (StringType(), IdentityTransform(), "it's", "\"c\" = 'it''s'"),
        (DateType(), MonthTransform(), None, '"c" IS NULL'),
    ],
)  # fmt: skip
def test_a_partition_is_named_by_the_range_of_its_column(
    kind: IcebergType, transform: Transform[Any, Any], value: Any, expected: str
) -> None:
    schema = Schema(NestedField(1, "c", kind))
    specs: Mapping[int, PartitionSpec] = {3: PartitionSpec(PartitionField(1, 1000, transform, "p"), spec_id=3)}
    table: Any = SimpleNamespace(schema=lambda: schema, specs=lambda: specs)
    assert condition(table, Partition(3, (value,))) == expected


@pytest.mark.parametrize(
    ("transform", "kind", "inside"),
    [
        (DayTransform(), TimestamptzType(), datetime(2024, 2, 29, 23, 59, tzinfo=UTC)),
        (MonthTransform(), DateType(), date(2024, 12, 31)),
        (YearTransform(), DateType(), date(2024, 12, 31)),
    ],
)
def test_the_range_is_that_of_icebergs_own_transform(
    transform: Transform[Any, Any], kind: IcebergType, inside: date
) -> None:
    days = (date(inside.year, inside.month, inside.day) - date(1970, 1, 1)).days
    stored = int(inside.timestamp() * 1_000_000) if isinstance(inside, datetime) else days
    value = transform.transform(kind)(stored)
    schema = Schema(NestedField(1, "c", kind))
    table: Any = SimpleNamespace(
        schema=lambda: schema, specs=lambda: {0: PartitionSpec(PartitionField(1, 1000, transform, "p"))}
    )
    first, _, following = condition(table, Partition(0, (value,))).partition(" AND ")
    assert first.split("'")[1][:10] <= inside.isoformat()[:10] < following.split("'")[1][:10]
