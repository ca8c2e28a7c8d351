"""EXPLAIN: the plan that DuckDB makes of a statement, an operator a line. Only the form is Athena's."""

import json
import re
from typing import Any

import duckdb
from sqlglot import exp

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.results import Column, Result, of_texts

_EXPLAIN = re.compile(r"explain(?:\s*\(\s*format\s+(?P<format>text|json)\s*\))?\s+(?P<statement>.+)", re.I | re.DOTALL)
_QUERY_PLAN = (Column("Query Plan", "varchar"),)


def explained(sql: str) -> tuple[str, bool]:
    """Return the statement that an EXPLAIN is about and whether its plan is wanted as JSON; raise StatementError."""
    found = _EXPLAIN.fullmatch(sql)
    if found is None or found["statement"].lower().startswith(("(", "analyze")):
        raise StatementError("NOT_SUPPORTED", "line 1:1: supported locally: EXPLAIN [ (FORMAT TEXT | JSON) ] statement")
    return found["statement"], (found["format"] or "").lower() == "json"


def plan(tree: exp.Expr, as_json: bool, cursor: duckdb.DuckDBPyConnection) -> Result:
    """Return the plan of a bound query."""
    found = cursor.execute(f"EXPLAIN (FORMAT JSON) {dialect.to_duckdb(tree)}").fetchone()
    assert found is not None
    lines = found[1].splitlines() if as_json else [line for node in json.loads(found[1]) for line in _lines(node, 0)]
    return of_texts(_QUERY_PLAN, [[line] for line in lines])


def merged(tree: exp.Merge) -> exp.Select:
    """Return the query that finds what a MERGE changes: its source, joined to its target on its condition."""
    joined = exp.select("*").from_(tree.args["using"].copy())
    return joined.join(tree.this.copy(), on=tree.args["on"].copy(), join_type="left")


def _lines(node: dict[str, Any], depth: int) -> list[str]:
    details = "; ".join(f"{name}: {_text(value)}" for name, value in node["extra_info"].items())
    own = f"{'    ' * depth}- {node['name'].strip()}[{details}]"
    return [own, *(line for child in node["children"] for line in _lines(child, depth + 1))]


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else " ".join(str(value).split())
