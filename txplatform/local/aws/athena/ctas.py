"""CREATE TABLE … AS: the properties of the table, and the query whose rows it gets.

https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html
"""

import re
from dataclasses import dataclass

from txplatform.local.aws.athena import clauses
from txplatform.local.aws.athena.clauses import Value
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.names import NAME, named
from txplatform.local.aws.athena.rewriting import refuse
from txplatform.local.aws.athena.table_definitions import TableDefinition

_HEAD = re.compile(rf"create\s+table\s+(?P<new>if\s+not\s+exists\s+)?{NAME}\s*(?P<rest>.*)", re.I | re.DOTALL)
_DATA = re.compile(r"(?P<query>.+?)\s+with\s+(?P<no>no\s+)?data\s*", re.I | re.DOTALL)
_OF_ICEBERG = ("location", "partitioning", "is_external")
_OF_HIVE = (
    *("format", "write_compression", "parquet_compression", "external_location", "partitioned_by", "is_external"),
)


@dataclass(frozen=True, slots=True)
class TableFromQuery:
    """A table to be made, still without columns, and its query."""

    definition: TableDefinition
    query: str
    with_data: bool


def read(sql: str, database: str, folder: str) -> TableFromQuery:
    """Read the statement; a table without a location gets `folder`. Raises StatementError."""
    head, query = clauses.split(sql, "as")
    found = _HEAD.fullmatch(head)
    if found is None:
        raise StatementError(
            "SYNTAX_ERROR", "line 1:1: mismatched input. Expecting: CREATE TABLE name WITH (…) AS query"
        )
    given = _properties(found["rest"].strip())
    definition = TableDefinition(named(found, database), [], folder, only_new=bool(found["new"]))
    if str(given.get("table_type", "hive")).lower() == "iceberg":
        _iceberg(definition, given)
    else:
        _hive(definition, given)
    data = _DATA.fullmatch(query)
    return TableFromQuery(definition, data["query"] if data else query, not (data and data["no"]))


def _properties(rest: str) -> dict[str, Value]:
    if not rest:
        return {}
    if not re.match(r"with\s*\(", rest, re.IGNORECASE):
        raise StatementError("SYNTAX_ERROR", f"line 1:1: mismatched input '{rest[:20]}'. Expecting: 'AS', 'WITH'")
    inside, after = clauses.bracketed(rest[4:].lstrip())
    if after.strip():
        raise StatementError("SYNTAX_ERROR", f"line 1:1: mismatched input '{after.strip()[:20]}'. Expecting: 'AS'")
    return clauses.properties(inside)


def _iceberg(definition: TableDefinition, given: dict[str, Value]) -> None:
    if given.get("is_external") is not False:
        reason = "line 1:1: is_external = false is required of an Iceberg table"
        raise StatementError("INVALID_TABLE_PROPERTY", reason)
    definition.location = str(given.get("location", definition.location))
    definition.partitions = _names(given.get("partitioning", []))
    definition.properties = {name: str(value) for name, value in given.items() if name not in _OF_ICEBERG}


def _hive(definition: TableDefinition, given: dict[str, Value]) -> None:
    if given.get("is_external", True) is not True:
        reason = "line 1:1: is_external = true is required of a table other than Iceberg's"
        raise StatementError("INVALID_TABLE_PROPERTY", reason)
    if unknown := sorted(set(given) - {*_OF_HIVE, "table_type"}):
        raise refuse(f"the table property {unknown[0]}")
    if str(given.get("format", "parquet")).lower() != "parquet":
        raise refuse(f"the format {given['format']!r} of a table")
    definition.location = str(given.get("external_location", definition.location))
    definition.partitions = _names(given.get("partitioned_by", []))
    codec = given.get("write_compression", given.get("parquet_compression", "GZIP"))
    definition.properties = {"write_compression": str(codec)}


def _names(value: Value) -> list[str]:
    if not isinstance(value, list):
        raise StatementError("INVALID_TABLE_PROPERTY", f"line 1:1: {value!r} is no array of texts")
    return value
