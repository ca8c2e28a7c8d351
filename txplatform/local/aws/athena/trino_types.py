"""Types by Trino's names, of columns that Iceberg's metadata or Glue describe.

https://trino.io/docs/current/connector/iceberg.html#type-mapping; Hive's timestamps have three digits in Athena.
"""

import re
from typing import Any

from sqlglot import exp

from txplatform.local.aws.athena import hive_types

_OF_ICEBERG = {
    "boolean": "boolean", "int": "integer", "long": "bigint", "float": "real", "double": "double", "date": "date",
    "string": "varchar", "binary": "varbinary", "uuid": "uuid", "time": "time(6)", "timestamp": "timestamp(6)",
    "timestamptz": "timestamp(6) with time zone",
}  # fmt: skip


def of_iceberg(kind: Any) -> str:
    """Return the type of one of the metadata's JSON."""
    if isinstance(kind, str):
        return _OF_ICEBERG.get(kind, "varbinary" if kind.startswith("fixed") else kind.replace(" ", ""))
    match kind["type"]:
        case "list":
            return f"array({of_iceberg(kind['element'])})"
        case "map":
            return f"map({of_iceberg(kind['key'])}, {of_iceberg(kind['value'])})"
        case _:
            fields = (f"{field['name']} {of_iceberg(field['type'])}" for field in kind["fields"])
            return f"row({', '.join(fields)})"


def of_duckdb(kind: str) -> str:
    """Return the type of one by DuckDB's name."""
    return exp.DataType.build(kind, dialect="duckdb").sql("trino").lower()


def of_hive(kind: str) -> str:
    """Return the type of one that Glue has."""
    text = re.sub(r"(?<=\d), (?=\d)", ",", hive_types.parse(kind).sql("trino").lower())
    return re.sub(r"\btimestamp\b", "timestamp(3)", text)
