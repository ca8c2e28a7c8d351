"""SQL text for an entity's tables, in Athena's dialect: the unfolded rows, the fold's MERGE and the current view.

All of it rests on one rule: of the rows of a key, the one with the greatest `_order_key` is the state.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import DELETED, INGESTED_AT, ORDER_KEY, SNAPSHOT, system_columns
from txplatform.contracts.render.views import view_columns


def quoted(name: str) -> str:
    """An identifier for queries and views."""
    return f'"{name}"'


def _list(columns: Iterable[str], table: str = "") -> str:
    return ", ".join(f"{table}{quoted(column)}" for column in columns)


def _columns(contract: Contract) -> list[str]:
    return [*(field.name for field in contract.fields), *(column.name for column in system_columns(SNAPSHOT))]


def _unfolded(contract: Contract, watermark: datetime | None) -> str:
    """Rows of both lanes that were read after the watermark; all of them before the first fold."""
    condition = ""
    if watermark is not None:
        moment = watermark.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        condition = f" WHERE {quoted(INGESTED_AT)} > TIMESTAMP '{moment}'"
    columns = _list(_columns(contract))
    lanes = (names.files_table(contract.name), names.changes_table(contract.name))
    return " UNION ALL ".join(f"SELECT {columns} FROM {quoted(table)}{condition}" for table in lanes)


def _latest(contract: Contract, rows: str, by: Iterable[str]) -> str:
    """The row with the greatest order key for each value of `by`."""
    columns = _list(_columns(contract))
    ranked = (
        f'SELECT {columns}, row_number() OVER (PARTITION BY {_list(by)} ORDER BY {quoted(ORDER_KEY)} DESC) AS "_rank" '
        f"FROM {rows}"
    )
    return f'SELECT {columns} FROM ({ranked}) WHERE "_rank" = 1'


def current_view(contract: Contract, watermark: datetime | None) -> str:
    """The exact current state: snapshot rows without unfolded ones, and the winners among the keys that have some."""
    columns = _list(_columns(contract))
    snapshot = quoted(names.snapshot_table(contract.name))
    same_key = " AND ".join(f"s.{quoted(name)} = d.{quoted(name)}" for name in contract.key)
    touched = f"EXISTS (SELECT 1 FROM delta d WHERE {same_key})"
    of_snapshot = _list(_columns(contract), "s.")
    output = ", ".join(
        f"CAST({quoted(column.name)} AS {column.trino_type}) AS {quoted(column.name)}"
        for column in view_columns(contract)
    )
    return (
        f"WITH unfolded AS ({_unfolded(contract, watermark)}), "
        f"delta AS ({_latest(contract, 'unfolded', contract.key)}), "
        f"candidates AS (SELECT {columns} FROM delta"
        f" UNION ALL SELECT {of_snapshot} FROM {snapshot} s WHERE {touched}), "
        f"winners AS ({_latest(contract, 'candidates', contract.key)}) "
        f"SELECT {output} FROM ("
        f"SELECT {of_snapshot} FROM {snapshot} s WHERE NOT {touched}"
        f" UNION ALL SELECT {columns} FROM winners) current_rows "
        f"WHERE NOT {quoted(DELETED)}"
    )


def fold(contract: Contract, watermark: datetime | None) -> str:
    """MERGE the latest unfolded row of each key and partition value into the snapshot.

    The partition field takes part, so that a key which was deleted and came back in another partition leaves its
    tombstone where its old row is, and so that the merge touches only the partitions of the batch.
    """
    columns = _columns(contract)
    by = list(dict.fromkeys((*contract.key, contract.partition_field)))
    match = [f"t.{quoted(name)} = s.{quoted(name)}" for name in contract.key]
    if contract.partition_field not in contract.key:
        part = quoted(contract.partition_field)
        match.append(f"t.{part} IS NOT DISTINCT FROM s.{part}")
    updates = ", ".join(f"{quoted(name)} = s.{quoted(name)}" for name in columns if name not in by)
    return (
        f"MERGE INTO {quoted(names.snapshot_table(contract.name))} t "
        f"USING ({_latest(contract, f'({_unfolded(contract, watermark)})', by)}) s "
        f"ON {' AND '.join(match)} "
        f"WHEN MATCHED AND s.{quoted(ORDER_KEY)} > t.{quoted(ORDER_KEY)} THEN UPDATE SET {updates} "
        f"WHEN NOT MATCHED THEN INSERT ({_list(columns)}) VALUES ({_list(columns, 's.')})"
    )
