"""Renders Iceberg schemas and partition specs of an entity's four lake tables.

Field ids are stable: business columns take 1, 2, … in contract order, system columns begin at 1001, and what lies
inside column n begins at n × 10,000, so that an entity may grow by columns at its end without renumbering. (pyiceberg
assigns fresh ids when it creates a table or adds to it; the ids here hold within one rendered schema and its partition
spec.)
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

from pyiceberg.partitioning import PARTITION_FIELD_ID_START, PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import DayTransform, IdentityTransform, MonthTransform, Transform, YearTransform
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    IcebergType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StringType,
    StructType,
    TimestampType,
)

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.names import Lane
from txplatform.contracts.render.columns import (
    DAY,
    INGESTED_AT,
    LANE,
    QUARANTINE_COLUMNS,
    REASON_FIELDS,
    SNAPSHOT,
    LakeTable,
    system_columns,
)

FIRST_SYSTEM_ID = 1001
_FIRST_REASON_ID = 2001
_IDS_OF_COLUMN = 10_000
_SCALARS: dict[FieldType, IcebergType] = {
    FieldType.STRING: StringType(),
    FieldType.INTEGER: LongType(),
    FieldType.BOOLEAN: BooleanType(),
    FieldType.DATE: DateType(),
    FieldType.TIMESTAMP: TimestampType(),
    FieldType.JSON: StringType(),
}


_TRANSFORMS: dict[str, Transform[Any, Any]] = {
    "day": DayTransform(),
    "month": MonthTransform(),
    "year": YearTransform(),
}


def iceberg_type(field: Field, ids: Iterator[int]) -> IcebergType:
    """Return the Iceberg type that holds every value of a field exactly; what lies inside it takes the next ids.

    Members are optional, whatever the contract requires of new records: an older row may lack one.
    """
    match field.type:
        case FieldType.DECIMAL:
            assert field.precision is not None
            return DecimalType(field.precision, field.scale or 0)
        case FieldType.OBJECT:
            return StructType(
                *(
                    NestedField(next(ids), member.name, iceberg_type(member, ids), doc=member.description)
                    for member in field.fields
                )
            )
        case FieldType.ARRAY:
            assert field.element is not None
            return ListType(next(ids), iceberg_type(field.element, ids), element_required=False)
        case FieldType.MAP:
            assert field.element is not None
            return MapType(next(ids), StringType(), next(ids), iceberg_type(field.element, ids), value_required=False)
        case _:
            return _SCALARS[field.type]


def files_schema(contract: Contract) -> Schema:
    """Return the columns of `<entity>_files`."""
    return _lake_schema(contract, Lane.FILES)


def changes_schema(contract: Contract) -> Schema:
    """Return the columns of `<entity>_changes`."""
    return _lake_schema(contract, Lane.CHANGES)


def snapshot_schema(contract: Contract) -> Schema:
    """Return the columns of `<entity>_snapshot`."""
    return _lake_schema(contract, SNAPSHOT)


def quarantine_schema(contract: Contract) -> Schema:
    """Return the columns of `<entity>_quarantine`."""
    reason = StructType(
        *(
            NestedField(_FIRST_REASON_ID + 1 + position, name, StringType(), required=True)
            for position, name in enumerate(REASON_FIELDS)
        )
    )
    reasons = ListType(element_id=_FIRST_REASON_ID, element=reason, element_required=True)
    return Schema(
        *(
            NestedField(
                FIRST_SYSTEM_ID + position,
                column.name,
                reasons if column.type is None else _SCALARS[column.type],
                required=column.required,
                doc=column.description,
            )
            for position, column in enumerate(QUARANTINE_COLUMNS)
        )
    )


def files_partition_spec(contract: Contract) -> PartitionSpec:
    """Return the spec that partitions by the day of the file."""
    return _spec(files_schema(contract), (DAY, IdentityTransform(), DAY))


def changes_partition_spec(contract: Contract) -> PartitionSpec:
    """Return the spec that partitions by the day of ingestion."""
    return _spec(changes_schema(contract), (INGESTED_AT, DayTransform(), f"{INGESTED_AT}_day"))


def snapshot_partition_spec(contract: Contract) -> PartitionSpec:
    """Return the spec that partitions by day, month or year of the partition field.

    That field never changes while a record lives.
    """
    source, unit = contract.partition_field, contract.partition_transform
    return _spec(snapshot_schema(contract), (source, _TRANSFORMS[unit], f"{source}_{unit}"))


def quarantine_partition_spec(contract: Contract) -> PartitionSpec:
    """Return the spec that partitions by lane and day."""
    schema = quarantine_schema(contract)
    return _spec(schema, (LANE, IdentityTransform(), LANE), (DAY, IdentityTransform(), DAY))


def _lake_schema(contract: Contract, table: LakeTable) -> Schema:
    business = [
        NestedField(
            position,
            item.name,
            iceberg_type(item, count(position * _IDS_OF_COLUMN)),
            required=item.name in contract.key,
            doc=item.description,
        )
        for position, item in enumerate(contract.fields, start=1)
    ]
    system = [
        NestedField(position, item.name, _SCALARS[item.type], required=item.required, doc=item.description)
        for position, item in enumerate(system_columns(table), start=FIRST_SYSTEM_ID)
    ]
    return Schema(*business, *system)


def _spec(schema: Schema, *parts: tuple[str, Transform[Any, Any], str]) -> PartitionSpec:
    return PartitionSpec(
        *(
            PartitionField(schema.find_field(source).field_id, PARTITION_FIELD_ID_START + position, transform, name)
            for position, (source, transform, name) in enumerate(parts)
        )
    )
