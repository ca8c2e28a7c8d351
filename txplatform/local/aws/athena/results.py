"""Rows of a result as Athena writes them: every value a text, in the CSV object and in GetQueryResults alike."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import csv
from sqlglot import exp

from txplatform.local.aws.athena import zones
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.intervals import MONTHS
from txplatform.local.aws.athena.java_numbers import java_double
from txplatform.local.aws.athena.looks import Look
from txplatform.local.aws.athena.precisions import MICROSECONDS
from txplatform.local.aws.athena.selected import UNNAMED

_SCALARS = {
    "boolean": "boolean",
    "tinyint": "tinyint",
    "smallint": "smallint",
    "integer": "integer",
    "bigint": "bigint",
    "hugeint": "bigint",  # sums of integers; checked to fit when written
    "float": "real",
    "double": "double",
    "varchar": "varchar",
    "date": "date",
    "timestamp": "timestamp",
    "timestamp with time zone": "timestamp with time zone",
    "blob": "varbinary",
    "uuid": "varchar",
    "time": "time",
    "interval": "interval day to second",
}
_PRECISIONS = {
    "varchar": 2147483647,
    "integer": 10,
    "bigint": 19,
    "smallint": 5,
    "tinyint": 3,
    "double": 17,
    "real": 17,
    "varbinary": 1073741824,
}
_OF_API = {"real": "float"}  # where the API names a type otherwise
ANONYMOUS = "_anonymous"
_TIMESTAMP = "'%Y-%m-%d %H:%M:%S.%f'"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result; `type` as Trino writes it, e.g. decimal(38,2)."""

    name: str
    type: str

    def describe(self) -> dict[str, Any]:
        """Return Athena's ColumnInfo."""
        kind, _, parameters = self.type.partition("(")
        precision, scale = _PRECISIONS.get(kind, 0), 0
        if kind == "varchar" and parameters:
            precision = int(parameters.removesuffix(")"))
        elif kind == "decimal":
            precision, scale = (int(number) for number in parameters.removesuffix(")").split(","))
        elif kind.startswith("timestamp"):
            precision = 3
        return {
            "CatalogName": "hive",
            "SchemaName": "",
            "TableName": "",
            "Name": self.name,
            "Label": self.name,
            "Type": _OF_API.get(kind, kind),
            "Precision": precision,
            "Scale": scale,
            "Nullable": "UNKNOWN",
            "CaseSensitive": kind == "varchar",
        }


@dataclass(frozen=True, slots=True)
class Result:
    """Columns, and rows as a table of strings in which null is null."""

    columns: tuple[Column, ...]
    rows: pa.Table

    def header(self) -> bytes:
        """Return the first line of the result object: names, each quoted."""
        return _csv(self._named.slice(0, 0), include_header=True)

    def blocks(self, rows: int) -> Iterator[bytes]:
        """Yield the lines of some rows after those of others: every value quoted, null as nothing."""
        named = self._named
        for first in range(0, named.num_rows, rows):
            yield _csv(named.slice(first, rows), include_header=False)

    @property
    def _named(self) -> pa.Table:
        return self.rows.rename_columns([column.name for column in self.columns])


def _csv(table: pa.Table, include_header: bool) -> bytes:
    sink = io.BytesIO()
    options: dict[str, Any] = {"quoting_style": "all_valid", "quoting_header": "all_valid"}  # newer than its stubs
    csv.write_csv(table, sink, csv.WriteOptions(include_header=include_header, **options))
    return sink.getvalue()


def trino_type(kind: Any) -> str:
    """Return Trino's name of a DuckDB type; raise StatementError for one that Trino lacks."""
    if str(kind) == "JSON":
        return "json"
    if kind.id == "decimal":
        precision, scale = (value for _, value in kind.children)
        return f"decimal({precision},{scale})"
    if kind.id in ("list", "array"):
        return f"array({trino_type(kind.children[0][1])})"
    if kind.id == "map":
        return f"map({trino_type(kind.children[0][1])}, {trino_type(kind.children[1][1])})"
    if kind.id == "struct":
        return f"row({', '.join(f'{name} {trino_type(of)}' for name, of in kind.children)})"
    if kind.id not in _SCALARS:
        raise StatementError("NOT_SUPPORTED", f"A result of type {kind} is not supported locally")
    return _SCALARS[kind.id]


def collect(cursor: duckdb.DuckDBPyConnection, looks: Sequence[Look] = ()) -> Result:
    """Take the result of the statement that `cursor` has executed; `looks` are those of its first columns."""
    description = cursor.description or []
    seen = [looks[index] if index < len(looks) else Look() for index in range(len(description))]
    columns = tuple(
        Column(f"_col{index}" if name.startswith(UNNAMED) else name, look.kind or trino_type(kind))
        for index, ((name, kind, *_), look) in enumerate(zip(description, seen, strict=True))
    )
    kinds = [kind for _, kind, *_ in description]
    found = cursor.to_arrow_table().rename_columns([f"c{index}" for index in range(len(columns))])
    texts = ", ".join(
        f"{_text(kind, f'c{index}', look)} AS c{index}"
        for index, (kind, look) in enumerate(zip(kinds, seen, strict=True))
    )
    cursor.register("_found", found)
    rows = cursor.execute(f"SELECT {texts} FROM _found").to_arrow_table()  # noqa: S608
    cursor.unregister("_found")
    for index, kind in enumerate(kinds):
        if kind.id in ("list", "struct", "map", "array"):
            values = pa.array(
                [_nested(value, kind, seen[index].digits) for value in found.column(index).to_pylist()],
                pa.string(),
            )
            rows = rows.set_column(index, f"c{index}", values)
    return Result(columns, rows)


def rows_of_csv(body: bytes, width: int) -> pa.Table:
    """Read rows of a result object back: what `Result.blocks` gave."""
    names = [f"c{index}" for index in range(width)]
    if not body:
        return pa.table([pa.array([], pa.string())] * width, names=names)
    return csv.read_csv(
        io.BytesIO(body),
        read_options=csv.ReadOptions(column_names=names, use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=False,
        ),
    )


def of_texts(columns: tuple[Column, ...], rows: Sequence[Sequence[str | None]]) -> Result:
    """Make a result of texts, for SHOW and DESCRIBE."""
    arrays = [pa.array([row[index] for row in rows], pa.string()) for index in range(len(columns))]
    return Result(columns, pa.table(arrays, names=[f"c{index}" for index in range(len(columns))]))


def _text(kind: Any, column: str, look: Look) -> str:
    match kind.id:
        case "varchar":
            return column
        case "timestamp":
            return f"athena_digits(strftime({column}, {_TIMESTAMP}), {look.digits})"
        case "timestamp with time zone":
            local = zones.local(exp.column(column), look.zone).sql("duckdb")
            return f"athena_digits(strftime({local}, {_TIMESTAMP}), {look.digits}) || ' {look.zone}'"
        case "time":
            return f"athena_time_text({column}, {look.digits})"
        case "interval":
            return f"athena_interval_text({column}, {str(look.kind == MONTHS).lower()})"
        case "double" | "float":  # by way of the shortest digits of either
            return f"athena_double(CAST(CAST({column} AS VARCHAR) AS DOUBLE))"
        case "decimal":
            return f"athena_decimal(CAST({column} AS VARCHAR))"
        case "hugeint":
            return f"CAST(CAST({column} AS BIGINT) AS VARCHAR)"
        case "blob":
            return f"trim(regexp_replace(lower(hex({column})), '(..)', '\\1 ', 'g'))"
        case "list" | "struct" | "map" | "array":
            return "NULL"
        case _:
            return f"CAST({column} AS VARCHAR)"


def _field_names(kind: Any) -> list[str]:
    """Return the names of a row's fields; those without one are called by their position."""
    return [f"field{index}" if name in ("", f"_{index}") else name for index, (name, _) in enumerate(kind.children)]


def _field(name: str, text: str) -> str:
    """Write a field: those of rows that zip and map_entries make have no names."""
    return text if name.startswith(ANONYMOUS) else f"{name}={text}"


def _inside(value: Any, kind: Any, digits: int = MICROSECONDS) -> str:
    text = _nested(value, kind, digits)
    return "null" if text is None else text


def _nested(value: Any, kind: Any, digits: int) -> str | None:
    """Write a nested value as Athena does: [a, b], {name=value}."""
    if value is None:
        return None
    inner = dict(kind.children) if kind.id in ("list", "struct", "map", "array") else {}
    match kind.id:
        case "list" | "array":
            return f"[{', '.join(_inside(item, inner['child'], digits) for item in value)}]"
        case "struct":
            fields = zip(_field_names(kind), value.values(), inner.values(), strict=True)
            return "{" + ", ".join(_field(name, _inside(item, of)) for name, item, of in fields) + "}"
        case "map":
            pairs = (f"{_inside(key, inner['key'])}={_inside(item, inner['value'])}" for key, item in value)
            return "{" + ", ".join(pairs) + "}"
        case "boolean":
            return str(value).lower()
        case "float":
            return java_double(float(pa.scalar(value, pa.float32()).cast(pa.string()).as_py()))
        case "double":
            return java_double(value)
        case "decimal":
            return format(value, "f")
        case "blob" | "interval" | "time":
            raise StatementError(
                "NOT_SUPPORTED", f"line 1:1: {trino_type(kind)} inside of another value is not supported locally"
            )
        case "timestamp" | "timestamp with time zone":
            text = value.strftime("%Y-%m-%d %H:%M:%S.%f")[: 20 + digits]
            return f"{text} UTC" if kind.id == "timestamp with time zone" else text
        case _:
            return str(value)
