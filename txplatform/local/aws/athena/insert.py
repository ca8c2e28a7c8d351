"""INSERT INTO: the rows of a query, put into a table by the positions of its columns.

https://docs.aws.amazon.com/athena/latest/ug/insert-into.html
"""

import re
from typing import Any

import duckdb
import sqlglot
from pyiceberg.table import Table
from sqlglot import exp

from txplatform.local.aws.athena import dialect, hive_files, iceberg_tables, line_values, row_texts, trino_types
from txplatform.local.aws.athena.assignments import fits
from txplatform.local.aws.athena.binding import scan
from txplatform.local.aws.athena.catalog import Catalog, IcebergTable
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.glue_tables import GlueTables
from txplatform.local.aws.athena.hive_tables import HiveTable
from txplatform.local.aws.athena.names import IDENTIFIER, NAME, named, unquote
from txplatform.local.aws.athena.queries import Queries, Selected
from txplatform.local.aws.athena.table_changes import TableChanges
from txplatform.local.aws.athena.written import Written

_INSERT = re.compile(
    rf"insert\s+into\s+{NAME}\s*(?P<columns>\(\s*{IDENTIFIER}(?:\s*,\s*{IDENTIFIER})*\s*\)\s*)?(?P<query>\b.+|\(.+)",
    re.IGNORECASE | re.DOTALL,
)
_ROWS_AT_ONCE = 500_000


class Inserter:
    """Runs them."""

    def __init__(self, catalog: Catalog, glue: GlueTables, queries: Queries, changes: TableChanges, s3: Any) -> None:
        self._catalog, self._glue, self._queries, self._changes, self._s3 = catalog, glue, queries, changes, s3

    def run(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> Written:
        """Write the rows; raise StatementError."""
        found = _INSERT.fullmatch(sql)
        if found is None:
            raise StatementError("SYNTAX_ERROR", "line 1:1: mismatched input. Expecting: INSERT INTO table query")
        key, query = named(found, database), found["query"]
        into = self._catalog.resolve(*key, dialect.place(sql, key[1]))
        names = [unquote(name) for name in re.findall(IDENTIFIER, found["columns"] or "")]

        def rows(columns: list[tuple[str, str]], order: list[str]) -> str:
            selected = self._queries.selected(query, database, cursor)
            return _placed(selected, columns, names, order, _bare_numbers(query)).sql("duckdb")

        def attempt(table: Table) -> Written:
            target = scan(IcebergTable(*key, table.metadata_location))
            found = cursor.sql(dialect.to_duckdb(exp.select("*").from_(exp.Table(this=target))))
            columns = list(zip(found.columns, map(str, found.types), strict=True))
            order = [table.schema().find_column_name(field.source_id) or "" for field in table.spec().fields]
            reader = cursor.execute(rows(columns, order)).to_arrow_reader(_ROWS_AT_ONCE)
            return iceberg_tables.append(table, reader)

        if isinstance(into, IcebergTable):
            return self._changes.make(key, attempt)
        if not isinstance(into, HiveTable):
            raise StatementError("NOT_SUPPORTED", "line 1:1: Inserting into views is not supported")
        if into.buckets > 0:
            reason = f"line 1:1: INSERT INTO {key[1]}: it is not supported on bucketed tables"
            raise StatementError("NOT_SUPPORTED", reason)
        reader = cursor.execute(rows([*into.columns, *into.keys], [])).to_arrow_reader(_ROWS_AT_ONCE)
        folder = hive_files.Folder(self._s3, into.location)
        by = [name for name, _ in into.keys]
        files = folder.write(reader, by, _encoder(into))
        if by:
            self._glue.add_partitions(key, {file.partition: file.folder for file in files}, into.serde)
        return Written(sum(file.rows for file in files), tuple(file.location for file in files))


def _encoder(into: HiveTable) -> hive_files.Encode:
    """Return what writes the files of a table; raise StatementError for a format that is not written here."""
    match into.serde.kind:
        case "parquet":
            return hive_files.parquet_file("GZIP")
        case "text":
            kinds = [trino_types.of_duckdb(kind) for _, kind in into.columns]
            return row_texts.delimited(kinds, "GZIP", line_values.separators(into.serde.parameters)[0])
        case _:
            raise StatementError("NOT_SUPPORTED", f"line 1:1: Inserting into {into.serde.library} is not supported")


def _bare_numbers(query: str) -> set[int]:
    """Return the columns of VALUES that hold bare numbers alone: a REAL takes them, as PyAthena's tests on AWS show."""
    tree = sqlglot.parse_one(query, read="trino")
    given = tree.expressions if isinstance(tree, exp.Values) else []
    rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in given]
    return {at for at, column in enumerate(zip(*rows, strict=False)) if all(map(_is_bare_number, column))}


def _is_bare_number(value: exp.Expr) -> bool:
    number = value.this if isinstance(value, exp.Neg) else value
    return isinstance(number, exp.Literal) and not number.is_string and "e" not in number.name.lower()


def _placed(
    selected: Selected, columns: list[tuple[str, str]], names: list[str], order: list[str], bare: set[int]
) -> exp.Select:
    """Return the query whose columns are the table's; raise StatementError where those given do not fit."""
    kinds = dict(columns)
    names = names or list(kinds)
    for name in names:
        if name not in kinds:
            reason = f"line 1:1: Insert column name does not exist in target table: {name}"
            raise StatementError("COLUMN_NOT_FOUND", reason)
        if names.count(name) > 1:
            raise StatementError(
                "DUPLICATE_COLUMN_NAME", f"line 1:1: Insert column name is specified more than once: {name}"
            )
    wanted = [kinds[name] for name in names]
    given = ["FLOAT" if at in bare and kind == "DOUBLE" else kind for at, kind in enumerate(selected.duck)]
    if len(wanted) != len(selected.duck) or not all(map(fits, given, wanted)):
        lists = (", ".join(kinds).lower() for kinds in (wanted, selected.duck))
        reason = "line 1:1: Insert query has mismatched column types: Table: [{}], Query: [{}]".format(*lists)
        raise StatementError("TYPE_MISMATCH", reason)
    places = [(name, kind, names.index(name) if name in names else None) for name, kind in columns]
    made = selected.placed(places)
    return made.order_by(*(exp.column(name, quoted=True) for name in order)) if order else made
