"""The tables that tell about an Iceberg table: "t$snapshots", "t$history" and "t$refs".

https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-table-metadata.html,
https://trino.io/docs/current/connector/iceberg.html#metadata-tables. The others are refused.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlglot import exp

from txplatform.local.aws.athena.rewriting import refuse

_ID, _TEXT, _TIME, _TEXTS = "BIGINT", "VARCHAR", "TIMESTAMPTZ", "MAP(VARCHAR, VARCHAR)"
Row = Sequence[Any]


def _snapshots(metadata: dict[str, Any]) -> Iterator[Row]:
    for snapshot in metadata.get("snapshots", []):
        summary = {name: value for name, value in snapshot.get("summary", {}).items() if name != "operation"}
        operation = snapshot.get("summary", {}).get("operation")
        parent = snapshot.get("parent-snapshot-id")
        yield snapshot["timestamp-ms"], snapshot["snapshot-id"], parent, operation, snapshot["manifest-list"], summary


def _history(metadata: dict[str, Any]) -> Iterator[Row]:
    parents = {of["snapshot-id"]: of.get("parent-snapshot-id") for of in metadata.get("snapshots", [])}
    ancestors: set[Any] = set()
    current = metadata.get("current-snapshot-id")
    while current in parents:
        ancestors.add(current)
        current = parents[current]
    for entry in metadata.get("snapshot-log", []):
        made = entry["snapshot-id"]
        yield entry["timestamp-ms"], made, parents.get(made), made in ancestors


def _refs(metadata: dict[str, Any]) -> Iterator[Row]:
    for name, ref in metadata.get("refs", {}).items():
        kept = (ref.get("max-ref-age-ms"), ref.get("min-snapshots-to-keep"), ref.get("max-snapshot-age-ms"))
        yield name, ref["type"].upper(), ref["snapshot-id"], *kept


_TABLES: dict[str, tuple[Callable[[dict[str, Any]], Iterator[Row]], dict[str, str]]] = {
    "snapshots": (
        _snapshots,
        {
            "committed_at": _TIME,
            "snapshot_id": _ID,
            "parent_id": _ID,
            "operation": _TEXT,
            "manifest_list": _TEXT,
            "summary": _TEXTS,
        },
    ),
    "history": (
        _history,
        {"made_current_at": _TIME, "snapshot_id": _ID, "parent_id": _ID, "is_current_ancestor": "BOOLEAN"},
    ),
    "refs": (
        _refs,
        {
            "name": _TEXT,
            "type": _TEXT,
            "snapshot_id": _ID,
            "max_reference_age_in_ms": _ID,
            "min_snapshots_to_keep": "INTEGER",
            "max_snapshot_age_in_ms": _ID,
        },
    ),
}


def scan(metadata: dict[str, Any], kind: str) -> exp.Expr:
    """Return a query, as DuckDB's text, of one of these tables; raise StatementError for another kind."""
    if kind not in _TABLES:
        raise refuse(f"the metadata table ${kind}")
    rows, columns = _TABLES[kind]
    texts = [
        f"SELECT {', '.join(map(_literal, row, columns.values()))} WHERE {str(not empty).lower()}"
        for empty, row in [(True, (None,) * len(columns)), *((False, row) for row in rows(metadata))]
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    return exp.Var(this=f"(SELECT * FROM ({' UNION ALL '.join(texts)}) AS _rows({names}))")  # noqa: S608 - quoted


def _literal(value: Any, kind: str) -> str:
    if value is None:
        return f"CAST(NULL AS {kind})"
    match kind:
        case "TIMESTAMPTZ":
            return f"CAST(epoch_ms({value}) AS TIMESTAMPTZ)"
        case "MAP(VARCHAR, VARCHAR)":
            names, texts = (", ".join(exp.Literal.string(of).sql("duckdb") for of in part) for part in _parts(value))
            return f"CAST(MAP([{names}], [{texts}]) AS {kind})"
        case _:
            return f"CAST({exp.convert(value).sql('duckdb')} AS {kind})"


def _parts(pairs: dict[str, str]) -> tuple[list[str], list[str]]:
    return list(pairs), list(pairs.values())
