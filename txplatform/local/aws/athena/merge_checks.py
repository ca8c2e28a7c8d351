"""What Trino refuses in a MERGE and DuckDB would let pass: narrowing assignments, clauses of other dialects."""

from collections.abc import Iterator

import duckdb
from sqlglot import exp

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.assignments import fits
from txplatform.local.aws.athena.errors import StatementError


def check(tree: exp.Merge, cursor: duckdb.DuckDBPyConnection) -> None:
    """Raise StatementError where Trino would; `tree` is over temporary tables of its target's and source's types."""
    whens = tree.args["whens"].expressions
    if any(when.args.get("source") for when in whens):
        raise StatementError("SYNTAX_ERROR", "line 1:1: mismatched input 'BY'")
    _check_types(tree, cursor)


def _check_types(tree: exp.Merge, cursor: duckdb.DuckDBPyConnection) -> None:
    assignments = list(_assignments(tree))
    if not assignments:
        return
    columns = {name: kind for name, kind, *_ in cursor.execute(f"DESCRIBE {tree.this.name}").fetchall()}
    selected = exp.select(*(exp.alias_(value.copy(), f"v{number}") for number, (_, value) in enumerate(assignments)))
    selected = selected.from_(tree.this.copy()).join(tree.args["using"].copy(), join_type="cross")
    found = cursor.execute(f"DESCRIBE {dialect.to_duckdb(selected)}").fetchall()
    for (column, value), (_, kind, *_) in zip(assignments, found, strict=True):
        if column not in columns:
            raise StatementError("COLUMN_NOT_FOUND", f"line 1:1: Column '{column}' cannot be resolved")
        if not isinstance(value, exp.Null) and not fits(kind, columns[column]):
            raise StatementError(
                "TYPE_MISMATCH",
                f"line 1:1: MERGE table column types don't match: column '{column}' is {columns[column]}, not {kind}",
            )


def _assignments(tree: exp.Merge) -> Iterator[tuple[str, exp.Expr]]:
    for when in tree.args["whens"].expressions:
        then = when.args["then"]
        if isinstance(then, exp.Update):
            for assignment in then.expressions:
                yield assignment.this.name, assignment.expression
        elif isinstance(then, exp.Insert):
            names, values = then.this, then.expression
            if not isinstance(names, exp.Tuple) or len(names.expressions) != len(values.expressions):
                raise StatementError("MISMATCHED_COLUMN_ALIASES", "line 1:1: INSERT needs one value for each column")
            for name, value in zip(names.expressions, values.expressions, strict=True):
                yield name.name, value
