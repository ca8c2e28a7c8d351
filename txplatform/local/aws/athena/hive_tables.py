"""Tables over files in S3, as Hive keeps them in Glue: Parquet, delimited text or OpenCSV, read through DuckDB.

A Parquet file whose column has another type than the table's is refused, as Athena does by HIVE_BAD_DATA; so is one
that lacks a column, which Athena reads as null. Timestamps have milliseconds, to which they are rounded.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlglot import exp

from txplatform.local.aws.athena import hive_types, line_files, scanned, serdes
from txplatform.local.aws.athena.hidden_columns import FILENAME, PATH
from txplatform.local.aws.athena.kinds import SCALARS
from txplatform.local.aws.athena.operands import rule, typed
from txplatform.local.aws.athena.rewriting import call, refuse
from txplatform.local.aws.athena.serdes import Serde

_HIDDEN = {PATH: "VARCHAR", "$file_size": "BIGINT", "$file_modified_time": "TIMESTAMPTZ"}
_NULL = "__HIVE_DEFAULT_PARTITION__"
_TIMESTAMP = "TIMESTAMP"
_VARCHAR = re.compile(r"varchar\((\d+)\)", re.IGNORECASE)

Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HiveTable:
    """A table as Glue has it now. `columns` are (name, DuckDB's type); `parts` the partitions' values and locations."""

    database: str
    name: str
    location: str
    columns: Columns
    keys: Columns
    parts: tuple[tuple[tuple[str, ...], str], ...]
    serde: Serde
    header_lines: str = ""
    buckets: int = 0
    lengths: Mapping[str, int] = field(default_factory=dict)  # of columns varchar(n)

    @property
    def has_timestamps(self) -> bool:
        return any("TIMESTAMP" in kind for _, kind in (*self.columns, *self.keys))


@dataclass(frozen=True, slots=True)
class File:
    location: str
    size: int
    modified: datetime


def from_glue(table: dict[str, Any], partitions: list[dict[str, Any]]) -> HiveTable:
    """Read a table of Glue; raise StatementError for files of a format that is not read here."""
    descriptor = table["StorageDescriptor"]
    serde = serdes.of_glue(descriptor)
    if not serde.kind:
        raise refuse(f"reading {table['Name']}, whose SerDe is {serde.library or 'not said'},")
    keys = _typed(table.get("PartitionKeys") or [])
    parts = tuple((tuple(part["Values"]), part["StorageDescriptor"]["Location"]) for part in partitions)
    location = descriptor["Location"]
    header = (table.get("Parameters") or {}).get("skip.header.line.count", "")
    columns = _typed(descriptor["Columns"])
    if serde.kind == "csv" and any(kind != "VARCHAR" for _, kind in columns):
        raise refuse(f"reading {table['Name']}, of whose columns in OpenCSV some are no texts,")
    return HiveTable(
        table["DatabaseName"],
        table["Name"],
        location,
        columns,
        keys,
        parts if keys else (),
        serde,
        header,
        int(descriptor.get("NumberOfBuckets") or 0),
        {item["Name"]: int(found[1]) for item in descriptor["Columns"] if (found := _VARCHAR.fullmatch(item["Type"]))},
    )


def _typed(columns: list[dict[str, str]]) -> Columns:
    return tuple((item["Name"], hive_types.to_duckdb(hive_types.parse(item["Type"]))) for item in columns)


def scan(table: HiveTable, s3: Any, hidden: Sequence[str] = ()) -> exp.Var:
    """Return the query, as DuckDB's text, that reads the files which are there now."""
    if any("TIMESTAMP" in kind and kind != _TIMESTAMP for _, kind in table.columns):
        raise refuse(f"reading {table.name}, which has a timestamp inside of another value,")
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
    of_parquet = table.serde.kind == "parquet"
    stored = _of_parquet(table.columns) if of_parquet else _of_lines(table.columns)
    selected = [
        exp.alias_(_fitted(value, kind, table.lengths.get(name)), name, quoted=True) for value, (name, kind) in stored
    ]
    for (name, kind), value in zip(table.keys, values, strict=True):
        literal = exp.null() if value == _NULL else exp.Literal.string(value)
        selected.append(exp.alias_(exp.cast(literal, kind, dialect="duckdb"), name, quoted=True))
    selected += [exp.alias_(_hidden(name, files), name, quoted=True) for name in hidden]
    source = call("read_parquet", listed) if of_parquet else _lines(table, listed)
    return exp.select(*selected).from_(exp.Table(this=source))


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


def _of_parquet(columns: Columns) -> Iterator[tuple[exp.Expr, tuple[str, str]]]:
    """Yield the columns as a file has them, of the table's types."""
    for name, kind in columns:
        column = exp.column(name, quoted=True)
        if kind in SCALARS and kind != _TIMESTAMP:
            yield typed(column, rule("stored", call("typeof", column), kind)), (name, kind)
        else:
            yield exp.cast(column, kind, dialect="duckdb"), (name, kind)


def _of_lines(columns: Columns) -> Iterator[tuple[exp.Expr, tuple[str, str]]]:
    """Yield the columns as the fields of a line, by their positions."""
    for position, (name, kind) in enumerate(columns, 1):
        field = call("list_extract", exp.column("fields"), exp.Literal.number(position))
        yield exp.cast(field, kind, dialect="duckdb"), (name, kind)


def _lines(table: HiveTable, listed: exp.Array) -> exp.Var:
    kinds = [kind for _, kind in table.columns]
    options = {**table.serde.parameters, "skip.header.line.count": table.header_lines}
    specified = exp.Literal.string(line_files.specification(table.serde.kind, options, kinds)).sql("duckdb")
    fields = f"unnest(athena_lines(content, {specified})) AS fields, {FILENAME}"
    return exp.Var(this=f"(SELECT {fields} FROM read_blob({listed.sql('duckdb')}))")  # noqa: S608 - quoted


def _fitted(value: exp.Expr, kind: str, length: int | None) -> exp.Expr:
    """Round a timestamp to milliseconds, and cut a text to the length of its column."""
    if length:
        return call("substring", value, exp.Literal.number(1), exp.Literal.number(length))
    return call("athena_to_milliseconds", value) if kind == _TIMESTAMP else value


def _files(s3: Any, location: str) -> Iterator[File]:
    parts = urlsplit(location)
    prefix = parts.path.strip("/")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=parts.netloc, Prefix=f"{prefix}/" if prefix else "")
    for page in pages:
        for item in page.get("Contents", ()):
            hidden = any(step.startswith(("_", ".")) for step in item["Key"][len(prefix) :].split("/"))
            if item["Size"] and not hidden:
                file = File(f"s3://{parts.netloc}/{item['Key']}", item["Size"], item["LastModified"])
                scanned.add(file.location, file.size)
                yield file
