"""The tables that tell about an Iceberg table: "t$snapshots", "t$history", "t$refs", "t$manifests" and "t$files".

https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-table-metadata.html,
https://trino.io/docs/current/connector/iceberg.html#metadata-tables. The others are refused,
and so are bounds of columns, whose texts are not known.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp

from txplatform.local.aws.athena import iceberg_files
from txplatform.local.aws.athena.iceberg_files import Row
from txplatform.local.aws.athena.rewriting import refuse

_ID, _TEXT, _TIME, _TEXTS = "BIGINT", "VARCHAR", "TIMESTAMPTZ", "MAP(VARCHAR, VARCHAR)"
_SIZES, _REFUSED = "MAP(INTEGER, BIGINT)", "refused"
_COUNTS = {"data_files": "INTEGER", "rows": _ID}


def _snapshots(_: Any, metadata: dict[str, Any]) -> Iterator[Row]:
    for snapshot in metadata.get("snapshots", []):
        summary = {name: value for name, value in snapshot.get("summary", {}).items() if name != "operation"}
        operation = snapshot.get("summary", {}).get("operation")
        parent = snapshot.get("parent-snapshot-id")
        yield snapshot["timestamp-ms"], snapshot["snapshot-id"], parent, operation, snapshot["manifest-list"], summary


def _history(_: Any, metadata: dict[str, Any]) -> Iterator[Row]:
    parents = {of["snapshot-id"]: of.get("parent-snapshot-id") for of in metadata.get("snapshots", [])}
    ancestors: set[Any] = set()
    current = metadata.get("current-snapshot-id")
    while current in parents:
        ancestors.add(current)
        current = parents[current]
    for entry in metadata.get("snapshot-log", []):
        made = entry["snapshot-id"]
        yield entry["timestamp-ms"], made, parents.get(made), made in ancestors


def _refs(_: Any, metadata: dict[str, Any]) -> Iterator[Row]:
    for name, ref in metadata.get("refs", {}).items():
        kept = (ref.get("max-ref-age-ms"), ref.get("min-snapshots-to-keep"), ref.get("max-snapshot-age-ms"))
        yield name, ref["type"].upper(), ref["snapshot-id"], *kept


_TABLES: dict[str, tuple[Callable[[Any, dict[str, Any]], Iterator[Row]], dict[str, str]]] = {
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
    "manifests": (
        iceberg_files.manifests,
        {
            "path": _TEXT,
            "length": _ID,
            "partition_spec_id": "INTEGER",
            "added_snapshot_id": _ID,
            **{f"added_{of}_count": kind for of, kind in _COUNTS.items()},
            **{f"existing_{of}_count": kind for of, kind in _COUNTS.items()},
            **{f"deleted_{of}_count": kind for of, kind in _COUNTS.items()},
            "partition_summaries": _REFUSED,
        },
    ),
    "files": (
        iceberg_files.files,
        {
            "content": "INTEGER",
            "file_path": _TEXT,
            "file_format": _TEXT,
            "record_count": _ID,
            "file_size_in_bytes": _ID,
            **dict.fromkeys(("column_sizes", "value_counts", "null_value_counts", "nan_value_counts"), _SIZES),
            "lower_bounds": _REFUSED,
            "upper_bounds": _REFUSED,
            "key_metadata": "BLOB",
            "split_offsets": "BIGINT[]",
            "equality_ids": "INTEGER[]",
        },
    ),
}


def scan(s3: Any, metadata: dict[str, Any], kind: str) -> exp.Expr:
    """Return a query, as DuckDB's text, of one of these tables; raise StatementError for another kind."""
    if kind not in _TABLES:
        raise refuse(f"the metadata table ${kind}")
    rows, columns = _TABLES[kind]
    texts = [
        f"SELECT {', '.join(map(_literal, row, columns.values(), columns))} WHERE {str(not empty).lower()}"
        for empty, row in [(True, (None,) * len(columns)), *((False, row) for row in rows(s3, metadata))]
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    return exp.Var(this=f"(SELECT * FROM ({' UNION ALL '.join(texts)}) AS _rows({names}))")  # noqa: S608 - quoted


def _literal(value: Any, kind: str, name: str) -> str:
    if kind == _REFUSED:  # when a row of it is read: random() is not computed ahead of that
        reason = f"NOT_SUPPORTED: {name} is not supported locally"
        return f"athena_fail(concat('{reason}', substring('', CAST(random() AS INTEGER))))"
    if value is None:
        return f"CAST(NULL AS {kind})"
    match kind:
        case "TIMESTAMPTZ":
            return f"CAST(epoch_ms({value}) AS TIMESTAMPTZ)"
        case _ if isinstance(value, dict):
            keys, values = (", ".join(exp.convert(of).sql("duckdb") for of in part) for part in _parts(value))
            return f"CAST(MAP([{keys}], [{values}]) AS {kind})"
        case _ if isinstance(value, list):
            return f"CAST([{', '.join(map(str, value))}] AS {kind})"
        case _:
            return f"CAST({exp.convert(value).sql('duckdb')} AS {kind})"


def _parts(pairs: dict[Any, Any]) -> tuple[list[Any], list[Any]]:
    return list(pairs), list(pairs.values())
