"""Tables over Parquet files in S3, as Hive keeps them in Glue: read through DuckDB, file by file.

A file whose column has another type than the table's is refused, as Athena does by HIVE_BAD_DATA; so is one that
lacks a column, which Athena reads as null.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlglot import exp

from txplatform.local.aws.athena import hive_types
from txplatform.local.aws.athena.hidden_columns import FILENAME, PATH
from txplatform.local.aws.athena.kinds import SCALARS
from txplatform.local.aws.athena.operands import rule, typed
from txplatform.local.aws.athena.rewriting import call, refuse

_HIDDEN = {PATH: "VARCHAR", "$file_size": "BIGINT", "$file_modified_time": "TIMESTAMPTZ"}
_NULL = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class HiveTable:
    """A table as Glue has it now. `columns` are (name, DuckDB's type); `parts` the partitions' values and locations."""

    database: str
    name: str
    location: str
    columns: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, str], ...]
    parts: tuple[tuple[tuple[str, ...], str], ...]


@dataclass(frozen=True, slots=True)
class File:
    location: str
    size: int
    modified: datetime


def from_glue(table: dict[str, Any], partitions: list[dict[str, Any]]) -> HiveTable:
    """Read a table of Glue; raise StatementError for files other than Parquet."""
    descriptor = table["StorageDescriptor"]
    if "parquet" not in str((descriptor.get("SerdeInfo") or {}).get("SerializationLibrary", "")).lower():
        raise refuse(f"reading {table['Name']}, which is neither Iceberg's nor of Parquet files,")
    keys = _typed(table.get("PartitionKeys") or [])
    parts = tuple((tuple(part["Values"]), part["StorageDescriptor"]["Location"]) for part in partitions)
    location = descriptor["Location"]
    return HiveTable(
        table["DatabaseName"], table["Name"], location, _typed(descriptor["Columns"]), keys, parts if keys else ()
    )


def _typed(columns: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((item["Name"], hive_types.to_duckdb(hive_types.parse(item["Type"]))) for item in columns)


def scan(table: HiveTable, s3: Any, hidden: Sequence[str] = ()) -> exp.Var:
    """Return the query, as DuckDB's text, that reads the files which are there now."""
    if any("TIMESTAMP" in kind for _, kind in (*table.columns, *table.keys)):  # Athena's have three digits
        raise refuse(f"reading {table.name}, which has a timestamp and is not Iceberg's,")
    columns = (*table.columns, *table.keys, *((name, _HIDDEN[name]) for name in hidden))
    nulls = ((name, exp.cast(exp.null(), kind, dialect="duckdb")) for name, kind in columns)
    empty = exp.select(*(exp.alias_(null, name, quoted=True) for name, null in nulls))
    query: exp.Query = empty.where(exp.false())
    for values, location in table.parts if table.keys else (((), table.location),):
        if files := list(_files(s3, location)):
            query = exp.union(query, _part(table, values, files, hidden), distinct=False, copy=False)
    return exp.Var(this=f"({query.sql('duckdb')})")


def _part(table: HiveTable, values: tuple[str, ...], files: list[File], hidden: Sequence[str]) -> exp.Select:
    listed = exp.Array(expressions=[exp.Literal.string(file.location) for file in files])
    selected = [exp.alias_(_checked(name, kind), name, quoted=True) for name, kind in table.columns]
    for (name, kind), value in zip(table.keys, values, strict=True):
        literal = exp.null() if value == _NULL else exp.Literal.string(value)
        selected.append(exp.alias_(exp.cast(literal, kind, dialect="duckdb"), name, quoted=True))
    selected += [exp.alias_(_hidden(name, files), name, quoted=True) for name in hidden]
    return exp.select(*selected).from_(exp.Table(this=call("read_parquet", listed)))


def _hidden(name: str, files: list[File]) -> exp.Expr:
    """Return what tells a hidden column by the file that a row is out of."""
    by = exp.column(FILENAME)
    if name == PATH:
        return by
    texts = [str(file.size if name == "$file_size" else file.modified) for file in files]
    of_files = exp.Case(
        ifs=[
            exp.If(this=exp.EQ(this=by, expression=exp.Literal.string(file.location)), true=exp.Literal.string(text))
            for file, text in zip(files, texts, strict=True)
        ]
    )
    return exp.cast(of_files, _HIDDEN[name], dialect="duckdb")


def _checked(name: str, kind: str) -> exp.Expr:
    column = exp.column(name, quoted=True)
    if kind not in SCALARS:
        return exp.cast(column, kind, dialect="duckdb")
    return typed(column, rule("stored", call("typeof", column), kind))


def _files(s3: Any, location: str) -> Iterator[File]:
    parts = urlsplit(location)
    prefix = parts.path.strip("/")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=parts.netloc, Prefix=f"{prefix}/" if prefix else "")
    for page in pages:
        for item in page.get("Contents", ()):
            hidden = any(step.startswith(("_", ".")) for step in item["Key"][len(prefix) :].split("/"))
            if item["Size"] and not hidden:
                yield File(f"s3://{parts.netloc}/{item['Key']}", item["Size"], item["LastModified"])
