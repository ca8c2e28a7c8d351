"""What Glue keeps of a table over Parquet files and of its partitions."""

from collections.abc import Iterable, Sequence
from typing import Any

PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}


def table(
    name: str,
    columns: Iterable[tuple[str, str, str]],
    partitions: Sequence[str],
    location: str,
    parameters: dict[str, str],
) -> dict[str, Any]:
    """Return Glue's TableInput; `columns` are (name, Hive type, comment), `partitions` names of the last of them."""
    described = [{"Name": name, "Type": kind, "Comment": comment} for name, kind, comment in columns]
    keys = [column for column in described if column["Name"] in partitions]
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet", **parameters},
        "PartitionKeys": keys,
        "StorageDescriptor": {
            **PARQUET,
            "Columns": [column for column in described if column not in keys],
            "Location": location.rstrip("/") + "/",
        },
    }


def partition(values: Sequence[str], location: str) -> dict[str, Any]:
    """Return Glue's PartitionInput."""
    return {"Values": list(values), "StorageDescriptor": {**PARQUET, "Location": location.rstrip("/") + "/"}}
