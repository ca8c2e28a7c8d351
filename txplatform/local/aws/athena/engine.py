"""Runs one statement: what kind it is, what it may read or write, what comes out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import duckdb
from sqlglot import exp

from txplatform.local.aws.athena import dialect, parameters, plans, scanned, writes
from txplatform.local.aws.athena.binding import Binder
from txplatform.local.aws.athena.catalog import Catalog
from txplatform.local.aws.athena.ddl import CatalogStatements
from txplatform.local.aws.athena.duck import Duck
from txplatform.local.aws.athena.errors import StatementError, from_duckdb
from txplatform.local.aws.athena.queries import Queries
from txplatform.local.aws.athena.results import Column, Result, collect, of_texts
from txplatform.local.aws.athena.statements import bare, kind_of
from txplatform.local.aws.athena.writes import Writes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement did. `header` says whether rows begin with the names, `files` which ones it wrote, if any."""

    result: Result
    header: bool = False
    update_count: int = 0
    files: tuple[str, ...] | None = None
    scanned: int = 0  # bytes


OnCursor = Callable[[duckdb.DuckDBPyConnection], None]


class Engine:
    """Shared by all statements; each runs on a cursor of its own."""

    def __init__(self, duck: Duck, catalog: Catalog, queries: Queries, written: Writes) -> None:
        self._duck, self._catalog, self._queries, self._writes = duck, catalog, queries, written
        self._statements = CatalogStatements(catalog, queries.columns_of)

    def run(self, sql: str, values: list[str], database: str, folder: str, on_cursor: OnCursor) -> Outcome:
        """Run a statement; `on_cursor` gets the cursor, to interrupt it. Raises QueryError.

        A table made from a query that names no location goes to `folder`.
        """
        with scanned.counting() as read:
            outcome = self._run(sql, values, database, folder, on_cursor)
        return replace(outcome, scanned=sum(read.values()))

    def _run(self, sql: str, values: list[str], database: str, folder: str, on_cursor: OnCursor) -> Outcome:
        _, kind = kind_of(sql)
        filled = sql if kind in writes.OF_HIVE and not values else parameters.fill(sql, values)
        statement = bare(filled)
        if kind not in (*writes.KINDS, "SELECT", "EXPLAIN"):
            result = self._statements.run(statement, database)
            if result is None:
                raise StatementError("NOT_SUPPORTED", f"line 1:1: not supported locally: {statement[:80]}")
            return Outcome(result)
        cursor = self._duck.cursor()
        on_cursor(cursor)
        try:
            if kind == "EXPLAIN":
                return Outcome(self._plan(statement, database, cursor))
            if kind in writes.KINDS:
                written = self._writes.run(kind, statement, database, cursor, folder)
                shown = of_texts((Column("result", "string"),), [[line] for line in written.lines])
                if not written.lines:
                    shown = of_texts(() if kind in writes.WITHOUT_ROWS else (Column("rows", "bigint"),), [])
                return Outcome(shown, update_count=written.rows, files=written.files)
            seen = self._queries.execute(statement, database, cursor)
            return Outcome(collect(cursor, seen), header=True)
        except duckdb.Error as error:
            raise from_duckdb(error, lambda identifier: dialect.place(filled, identifier)) from error
        finally:
            cursor.close()

    def _plan(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> Result:
        statement, as_json = plans.explained(sql)
        tree = dialect.parse(statement)
        if not isinstance(tree, exp.Merge):
            return plans.plan(self._queries.bound(statement, database, cursor), as_json, cursor)
        return plans.plan(Binder(self._catalog, statement).bind(plans.merged(tree), database), as_json, cursor)
