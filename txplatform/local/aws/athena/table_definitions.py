"""What CREATE TABLE and ALTER TABLE … ADD COLUMNS define, in Hive's words; sqlglot reads them.

https://docs.aws.amazon.com/athena/latest/ug/create-table.html,
https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from txplatform.local.aws.athena import hive_types, names, stored_as
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import refuse
from txplatform.local.aws.athena.serdes import PARQUET, Serde

_TRANSFORMS = {exp.Year: "year", exp.Month: "month", exp.Day: "day", exp.Hour: "hour"}


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """A column, its type by DuckDB's name and by Hive's."""

    name: str
    duck: str
    hive: str
    comment: str = ""


@dataclass(slots=True)
class TableDefinition:
    """A table to be made. `partitions` are columns of Hive, or transforms of Iceberg such as day(ts), bucket(5, id)."""

    key: tuple[str, str]
    columns: list[ColumnDefinition]
    location: str
    partitions: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    only_new: bool = False  # IF NOT EXISTS
    serde: Serde = PARQUET
    buckets: tuple[list[str], int] | None = None  # by which columns, how many

    @property
    def is_iceberg(self) -> bool:
        return self.properties.get("table_type", "").lower() == "iceberg"


def parsed(sql: str) -> exp.Expr:
    """Parse a statement of Athena's DDL; raise StatementError."""
    try:
        trees = sqlglot.parse(sql, read="athena")
    except ParseError as error:
        raise StatementError("SYNTAX_ERROR", f"line 1:1: {error.errors[0]['description']}") from error
    if len(trees) != 1 or trees[0] is None:
        raise StatementError("SYNTAX_ERROR", "line 1:1: Only one sql statement is allowed")
    return trees[0]


def read(sql: str, database: str) -> TableDefinition:
    """Read a CREATE TABLE; raise StatementError."""
    tree = parsed(sql)
    if not isinstance(tree, exp.Create) or not isinstance(tree.this, exp.Schema):
        raise refuse(sql[:80])
    made = TableDefinition(names.of_table(tree.this.this, database), [], "", only_new=bool(tree.args.get("exists")))
    partitioned, external, stored = list[exp.Expr](), False, list[exp.Expr]()
    for item in tree.args["properties"].expressions if tree.args.get("properties") else []:
        match item:
            case exp.ExternalProperty():
                external = True
            case exp.PartitionedByProperty():
                partitioned = item.this.expressions
            case exp.LocationProperty():
                made.location = item.this.name
            case exp.SchemaCommentProperty():
                made.properties["comment"] = item.this.name
            case exp.ClusteredByProperty():
                made.buckets = [node.name.lower() for node in item.expressions], int(item.args["buckets"].name)
            case exp.FileFormatProperty() | exp.RowFormatDelimitedProperty() | exp.RowFormatSerdeProperty():
                stored.append(item)
            case _ if type(item) is exp.Property and item.this.is_string and item.args["value"].is_string:
                made.properties[item.this.name.lower()] = item.args["value"].name
            case _:
                raise refuse(item.sql("hive")[:80])
    if made.is_iceberg == external or not made.location:
        raise refuse("a table other than Iceberg's, or an EXTERNAL one, each with its LOCATION,")
    made.serde = stored_as.serde(stored)
    made.columns = columns(tree.this.expressions, made.is_iceberg)
    if made.is_iceberg:
        made.partitions = [_transform(node) for node in partitioned]
    else:
        keys = columns(partitioned, of_iceberg=False)
        made.columns += keys
        made.partitions = [key.name for key in keys]
    return made


def columns(nodes: Sequence[exp.Expr], of_iceberg: bool) -> list[ColumnDefinition]:
    """Read definitions of columns; raise StatementError for a name given twice or an unknown type."""
    found: list[ColumnDefinition] = []
    for node in nodes:
        if not isinstance(node, exp.ColumnDef) or node.kind is None:
            raise StatementError("SYNTAX_ERROR", f"line 1:1: mismatched input '{node.sql('hive')[:40]}'")
        comments = [item.kind for item in node.args.get("constraints") or []]
        if any(not isinstance(item, exp.CommentColumnConstraint) for item in comments):
            raise refuse(node.sql("hive")[:80])
        comment = comments[0].this.name if comments else ""
        duck = hive_types.to_duckdb(node.kind, of_iceberg)
        hive = node.kind.sql("hive").lower().replace(" ", "")
        found.append(ColumnDefinition(node.name.lower(), duck, hive, comment))
    listed = [column.name for column in found]
    if repeated := next((name for name in listed if listed.count(name) > 1), None):
        raise StatementError("DUPLICATE_COLUMN_NAME", f"line 1:1: Column name '{repeated}' specified more than once")
    return found


def _transform(node: exp.Expr) -> str:
    column = node.find(exp.Column, exp.Identifier)
    if isinstance(node, exp.Identifier | exp.Column):
        return node.name.lower()
    if type(node) in _TRANSFORMS and column:
        return f"{_TRANSFORMS[type(node)]}({column.name.lower()})"
    if isinstance(node, exp.PartitionedByBucket | exp.PartitionByTruncate):
        kind = "bucket" if isinstance(node, exp.PartitionedByBucket) else "truncate"
        return f"{kind}({node.expression.name}, {node.this.name.lower()})"
    raise refuse(f"the partition {node.sql('hive')[:60]}")


def schema(columns: Sequence[ColumnDefinition], cursor: duckdb.DuckDBPyConnection) -> pa.Schema:
    """Return the columns as Arrow has them, with their comments."""
    nulls = ", ".join(f'CAST(NULL AS {column.duck}) AS "{column.name}"' for column in columns)
    found: Any = cursor.execute(f"SELECT {nulls} WHERE false").to_arrow_table().schema
    comments = ({"doc": column.comment} if column.comment else None for column in columns)
    return pa.schema(field.with_metadata(comment) for field, comment in zip(found, comments, strict=True))
