"""The columns of a table as Glue describes it."""

from collections.abc import Mapping
from typing import Any


def columns(table: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the (name, Hive type) pairs that a Glue table has now."""
    return [(name, kind) for name, kind, _ in current_columns(table)]


def current_columns(table: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """Return name, Hive type and comment of each column that a Glue table has now."""
    descriptor = table.get("StorageDescriptor")
    kept = descriptor.get("Columns", []) if isinstance(descriptor, dict) else []
    # Iceberg keeps columns that are gone, marked as not current.
    current = (column for column in kept if column.get("Parameters", {}).get("iceberg.field.current") != "false")
    return [(column["Name"], column["Type"], column.get("Comment") or "") for column in current]


def keys(table: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return name, Hive type and comment of each column by which a table of Hive's is partitioned."""
    return [(key["Name"], key["Type"], key.get("Comment") or "") for key in table.get("PartitionKeys") or []]
