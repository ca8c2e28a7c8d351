"""Queries that read no table, answered without a server: all of the local Athena but its API and its catalog."""

import duckdb

from txplatform.local.aws.athena import dialect, functions, joined_columns, looks, set_operations
from txplatform.local.aws.athena.binding import Binder
from txplatform.local.aws.athena.errors import from_duckdb
from txplatform.local.aws.athena.portability import refuse_aliases
from txplatform.local.aws.athena.results import collect
from txplatform.local.aws.athena.statements import bare, kind_of


def connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    functions.register(connection)
    return connection


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> list[list[str | None]]:
    """Return the rows as texts; raise QueryError as the engine does."""
    kind_of(sql)
    sql = bare(sql)
    tree = Binder(None, sql).bind(dialect.parse(sql), "shop")  # type: ignore[arg-type]
    cursor = connection.cursor()
    try:
        refuse_aliases(tree, sql, cursor)
        set_operations.refuse_mismatches(tree, cursor)
        joined_columns.refuse_mismatches(tree, cursor)
        seen = looks.of_columns(tree)
        cursor.execute(dialect.to_duckdb(tree))
        return [list(row.values()) for row in collect(cursor, seen).rows.to_pylist()]
    except duckdb.Error as error:
        raise from_duckdb(error, lambda _: "line 1:1") from error
