"""Queries of statements: parsed, bound to what the catalog has now, and executed by DuckDB."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from txplatform.local.aws.athena import dialect, joined_columns, looks, precisions, set_operations
from txplatform.local.aws.athena.binding import Binder
from txplatform.local.aws.athena.catalog import Catalog
from txplatform.local.aws.athena.duck import Duck
from txplatform.local.aws.athena.errors import StatementError, from_duckdb
from txplatform.local.aws.athena.kinds import NULL
from txplatform.local.aws.athena.looks import Look
from txplatform.local.aws.athena.portability import refuse_aliases
from txplatform.local.aws.athena.results import trino_type

_NOT_STORED = re.compile(r"\b(?:time|interval|json|uuid)\b")
READ_ATTEMPTS = 3
REMEMBERED = 1000  # statements known to be portable


@dataclass(frozen=True, slots=True)
class Selected:
    """A query whose rows are to be written: DuckDB's text, and its columns with Trino's types, "" for null's."""

    text: str
    columns: tuple[tuple[str, str], ...]
    duck: tuple[str, ...]  # DuckDB's types, those of sums as they are written
    digits: tuple[int, ...]  # of a second, in each of the columns; empty where nothing tells

    def require_storable(self) -> None:
        """Raise StatementError for a column of a type that files of tables do not have."""
        for name, kind in self.columns:
            if _NOT_STORED.search(kind.replace("with time zone", "")):
                raise StatementError("NOT_SUPPORTED", f"line 1:1: Unsupported Hive type: {kind} ({name})")

    def placed(self, columns: Sequence[tuple[str, str, int | None]]) -> exp.Select:
        """Return the rows with columns of names, types and positions in the query, None for nulls."""
        given = [exp.to_identifier(f"c{position}") for position in range(len(self.columns))]
        alias = exp.TableAlias(this=exp.to_identifier("_rows"), columns=given)
        values = [
            exp.alias_(
                exp.cast(exp.null() if position is None else exp.column(f"c{position}"), kind, dialect="duckdb"),
                name,
                quoted=True,
            )
            for name, kind, position in columns
        ]
        return exp.select(*values).from_(exp.Subquery(this=exp.Var(this=self.text), alias=alias))


class Queries:
    """Shared by all statements; each runs on a cursor of its own."""

    def __init__(self, duck: Duck, catalog: Catalog) -> None:
        self._duck = duck
        self._catalog = catalog
        self._portable: dict[tuple[str, str], None] = {}

    def execute(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> list[Look]:
        """Execute a query; return the looks of its columns."""
        for attempt in range(READ_ATTEMPTS):
            tree = self.bound(sql, database, cursor)
            seen = looks.of_columns(tree)
            try:
                cursor.execute(dialect.to_duckdb(tree))
            except duckdb.IOException as error:  # a metadata file expired since Glue named it: read anew
                if "404" not in str(error) or attempt == READ_ATTEMPTS - 1:
                    raise
            else:
                return seen
        raise AssertionError("the last attempt returns or raises")

    def bound(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> exp.Expr:
        """Return a query over what its names stand for now; raise StatementError."""
        tree = Binder(self._catalog, sql).bind(dialect.parse(sql), database)
        if (sql, database) not in self._portable:
            refuse_aliases(tree, sql, cursor)
            set_operations.refuse_mismatches(tree, cursor)
            joined_columns.refuse_mismatches(tree, cursor)
            self._portable[sql, database] = None
            for oldest in list(self._portable)[:-REMEMBERED]:
                self._portable.pop(oldest, None)
        return tree

    def selected(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> Selected:
        """Return a query's text and columns, without running it."""
        tree = self.bound(sql, database, cursor)
        digits = precisions.of_columns(tree)
        looks.refuse_hidden(tree)
        nulls = _columns_of_nulls(tree)
        text = dialect.to_duckdb(tree)
        found = cursor.sql(text)
        kinds = tuple(  # sums of integers are HUGEINT
            NULL if position in nulls else str(kind).replace("HUGEINT", "BIGINT")
            for position, kind in enumerate(found.types)
        )
        types = ("" if kind == NULL else trino_type(of) for kind, of in zip(kinds, found.types, strict=True))
        columns = tuple(zip(found.columns, types, strict=True))
        return Selected(text, columns, kinds, tuple(digits[: len(columns)]))

    def columns_of(self, sql: str, database: str) -> list[tuple[str, str]]:
        """Return the (name, Trino type) pairs of a query's columns; raise StatementError where one has no type."""
        cursor = self._duck.cursor()
        try:
            return list(self.selected(sql, database, cursor).columns)
        except duckdb.Error as error:
            raise from_duckdb(error, lambda identifier: dialect.place(sql, identifier)) from error
        finally:
            cursor.close()


def _columns_of_nulls(tree: exp.Expr) -> set[int]:
    """Return the columns that hold null alone, as far as it can be seen: DuckDB takes them for integers."""
    values = tree
    if isinstance(tree, exp.Select) and len(tree.expressions) == 1 and tree.expressions[0].is_star:
        source = tree.args.get("from_")
        values = source.this if source else tree
    if isinstance(values, exp.Values):
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in values.expressions]
    else:
        rows = [[item.unalias() for item in tree.expressions]] if isinstance(tree, exp.Select) else []
    return {at for at, column in enumerate(zip(*rows, strict=False)) if all(isinstance(v, exp.Null) for v in column)}
