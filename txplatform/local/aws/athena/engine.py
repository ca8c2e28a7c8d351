"""Runs one statement: what kind it is, what it may read, what comes out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from txplatform.local.aws.athena import dialect, parameters, plans, precisions
from txplatform.local.aws.athena.binding import Binder
from txplatform.local.aws.athena.catalog import Catalog
from txplatform.local.aws.athena.ddl import CatalogStatements
from txplatform.local.aws.athena.duck import Duck
from txplatform.local.aws.athena.errors import RequestError, StatementError, from_duckdb
from txplatform.local.aws.athena.maintenance import WORDS, Maintenance
from txplatform.local.aws.athena.merge import Merger
from txplatform.local.aws.athena.portability import refuse_aliases
from txplatform.local.aws.athena.results import Result, collect, of_texts, trino_type
from txplatform.local.aws.athena.table_changes import TableChanges

READ_ATTEMPTS = 3
REMEMBERED = 1000  # statements known to be portable
_COMMENTS = re.compile(r"\A(?:\s+|--[^\n]*\n?|/\*.*?\*/)+", re.DOTALL)
_QUERIES = ("select", "with", "values", "table", "(")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement did. `kind` is DML, DDL or UTILITY; `header` says whether rows begin with the names."""

    kind: str
    result: Result
    header: bool = False
    update_count: int = 0


OnCursor = Callable[[duckdb.DuckDBPyConnection], None]


def bare(sql: str) -> str:
    """Return a statement without leading comments and closing semicolon."""
    statement = _COMMENTS.sub("", sql).rstrip()
    try:
        found = dialect.tokens(statement)
    except StatementError:  # reported when the statement is parsed
        return statement
    if found and found[-1].token_type == TokenType.SEMICOLON:
        found = found[:-1]
    return statement[: found[-1].end + 1] if found else ""


def kind_of(sql: str) -> str:
    """Return Athena's StatementType; raise RequestError for a statement that is not supported."""
    first = (re.match(r"\(|\w+", bare(sql)) or [""])[0].lower()
    if first in _QUERIES or first in ("merge", "optimize", "vacuum"):
        return "DML"
    if first in ("create", "drop", "alter"):
        return "DDL"
    if first in ("show", "describe", "desc", "explain"):
        return "UTILITY"
    if first in ("insert", "update", "delete", "unload", "msck", "execute"):
        raise RequestError(f"Queries of this type are not supported locally: {first.upper()}")
    raise RequestError(f"line 1:1: mismatched input '{first or sql.strip()[:20]}'. Expecting: 'SELECT', 'WITH', …")


class Engine:
    """Shared by all statements; each runs on a cursor of its own."""

    def __init__(self, duck: Duck, catalog: Catalog, iceberg: Callable[[], Any], s3: Any) -> None:
        self._duck = duck
        self._catalog = catalog
        changes = TableChanges(iceberg)
        self._merger = Merger(catalog, changes)
        self._maintenance = Maintenance(catalog, changes, s3)
        self._portable: dict[tuple[str, str], None] = {}
        self._statements = CatalogStatements(catalog, self._columns_of)

    def run(self, sql: str, values: list[str], database: str, on_cursor: OnCursor) -> Outcome:
        """Run a statement; `on_cursor` gets the cursor, to interrupt it. Raises QueryError."""
        kind = kind_of(sql)
        filled = parameters.fill(sql, values)
        statement = bare(filled)
        word = statement.split(None, 1)[0].lower()
        if kind != "DML" and word not in ("explain", "alter"):
            result = self._statements.run(statement, database)
            if result is None:
                raise StatementError("NOT_SUPPORTED", f"line 1:1: not supported locally: {statement[:80]}")
            return Outcome(kind, result)
        cursor = self._duck.cursor()
        on_cursor(cursor)
        try:
            if word == "explain":
                return Outcome(kind, self._plan(statement, database, cursor))
            if word in WORDS:
                self._maintenance.run(statement, database, cursor)
                return Outcome(kind, of_texts((), []))
            if word == "merge":
                return Outcome(kind, of_texts((), []), update_count=self._merger.run(statement, database, cursor))
            digits = self._query(statement, database, cursor)
            return Outcome(kind, collect(cursor, digits), header=True)
        except duckdb.Error as error:
            raise from_duckdb(error, lambda identifier: dialect.place(filled, identifier)) from error
        finally:
            cursor.close()

    def _query(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> list[int]:
        """Execute a query; return the digits of a second in each of its columns."""
        for attempt in range(READ_ATTEMPTS):
            tree = self._bound(sql, database, cursor)
            digits = precisions.of_columns(tree)
            try:
                cursor.execute(dialect.to_duckdb(tree))
            except duckdb.IOException as error:  # a metadata file expired since Glue named it: read anew
                if "404" not in str(error) or attempt == READ_ATTEMPTS - 1:
                    raise
            else:
                return digits
        raise AssertionError("the last attempt returns or raises")

    def _plan(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> Result:
        statement, as_json = plans.explained(sql)
        tree = dialect.parse(statement)
        if not isinstance(tree, exp.Merge):
            return plans.plan(self._bound(statement, database, cursor), as_json, cursor)
        return plans.plan(Binder(self._catalog, statement).bind(plans.merged(tree), database), as_json, cursor)

    def _bound(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> exp.Expr:
        tree = Binder(self._catalog, sql).bind(dialect.parse(sql), database)
        if (sql, database) not in self._portable:
            refuse_aliases(tree, sql, cursor)
            self._portable[sql, database] = None
            for oldest in list(self._portable)[:-REMEMBERED]:
                self._portable.pop(oldest, None)
        return tree

    def _columns_of(self, sql: str, database: str) -> list[tuple[str, str]]:
        cursor = self._duck.cursor()
        try:
            found = cursor.sql(dialect.to_duckdb(self._bound(sql, database, cursor)))
            return [(name, trino_type(kind)) for name, kind in zip(found.columns, found.types, strict=True)]
        except duckdb.Error as error:
            raise from_duckdb(error, lambda identifier: dialect.place(sql, identifier)) from error
        finally:
            cursor.close()
