"""The queries that UNION, INTERSECT and EXCEPT put together have as many columns, of types that agree.

https://trino.io/docs/current/sql/select.html#set-operations
"""

import duckdb
from sqlglot import exp

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.kinds import RefusedError
from txplatform.local.aws.athena.known_kinds import known_kind
from txplatform.local.aws.athena.portability import common_tables
from txplatform.local.aws.athena.supertypes import common


def refuse_mismatches(tree: exp.Expr, cursor: duckdb.DuckDBPyConnection) -> None:
    """Raise StatementError where the columns of a set operation do not agree."""
    for operation in tree.find_all(exp.SetOperation):
        sides = [_kinds(side, operation, cursor) for side in (operation.this, operation.expression)]
        left, right = sides
        if left is None or right is None:
            continue
        name = type(operation).__name__.upper()
        if len(left) != len(right):
            raise StatementError("TYPE_MISMATCH", f"line 1:1: {name} query has different number of fields")
        for position, (one, other) in enumerate(zip(left, right, strict=True), 1):
            try:
                common(one, other)
            except RefusedError as error:
                reason = f"line 1:1: column {position} in {name} query has incompatible types: {one}, {other}"
                raise StatementError(error.name, reason.lower()) from error


def _kinds(side: exp.Expr, operation: exp.Expr, cursor: duckdb.DuckDBPyConnection) -> list[str] | None:
    """Return the types of a query's columns, None where it sees columns from outside."""
    query = side.unnest()
    if isinstance(query, exp.Select) and not query.is_star:
        known = [known_kind(item) for item in query.expressions]
        if None not in known:
            return [kind for kind in known if kind]
    probe = side.copy()
    tables = [table.copy() for table in common_tables(operation)]
    if tables:
        own = probe.args.get("with_")
        probe.set("with_", exp.With(expressions=[*tables, *(own.expressions if own else [])]))
    try:
        found = cursor.sql(dialect.to_duckdb(probe))
    except duckdb.BinderException:
        return None
    return [str(kind) for kind in found.types]
