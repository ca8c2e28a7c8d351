"""What Glue keeps of a table of Hive's and of its partitions."""

import time
from collections.abc import Sequence
from typing import Any

from txplatform.local.aws.athena.serdes import Serde
from txplatform.local.aws.athena.table_definitions import ColumnDefinition, TableDefinition


def table(definition: TableDefinition) -> dict[str, Any]:
    """Return Glue's TableInput."""
    keys = [column for column in definition.columns if column.name in definition.partitions]
    buckets, count = definition.buckets or ([], 0)
    kept = {name: value for name, value in definition.properties.items() if name != "write_compression"}
    return {
        "Name": definition.key[1],
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "transient_lastDdlTime": str(int(time.time())), **kept},
        "PartitionKeys": [column_input(key) for key in keys],
        "StorageDescriptor": {
            **definition.serde.descriptor(),
            "Columns": [column_input(column) for column in definition.columns if column not in keys],
            "Location": definition.location.rstrip("/"),
            **({"BucketColumns": buckets, "NumberOfBuckets": count} if count else {}),
        },
    }


def column_input(column: ColumnDefinition) -> dict[str, str]:
    """Return Glue's Column."""
    comment = {"Comment": column.comment} if column.comment else {}
    return {"Name": column.name, "Type": column.hive, **comment}


def partition(values: Sequence[str], location: str, serde: Serde) -> dict[str, Any]:
    """Return Glue's PartitionInput."""
    return {"Values": list(values), "StorageDescriptor": {**serde.descriptor(), "Location": location.rstrip("/")}}
