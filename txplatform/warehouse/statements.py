"""SQL text for an entity's tables, in Athena's dialect: the unfolded rows, the fold's MERGE and the current view.

All of it rests on one rule: of the rows of a key, the one with the greatest `_order_key` is the state (of two copies
of a row, the one ingested later). The snapshot keeps at most one live row a key.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import DELETED, INGESTED_AT, ORDER_KEY, SNAPSHOT, system_columns
from txplatform.contracts.render.sql_types import table_type
from txplatform.contracts.render.views import view_columns


def quoted(name: str) -> str:
    """An identifier for queries and views."""
    return f'"{name}"'


_ORDER = f"{quoted(ORDER_KEY)} DESC, {quoted(INGESTED_AT)} DESC"


def current_view(contract: Contract, watermark: datetime | None) -> str:
    """The exact current state, by a small delta of unfolded rows against the snapshot.

    A snapshot row stays unless the delta has a newer row of its key; a row of the delta comes in unless the snapshot
    has one at least as new. Tombstones take part and are dropped at the end.
    """
    snapshot = quoted(names.snapshot_table(contract.name))
    same_key = " AND ".join(f"s.{quoted(name)} = d.{quoted(name)}" for name in contract.key)
    first_key = quoted(contract.key[0])
    output = ", ".join(
        f"CAST({quoted(column.name)} AS {column.trino_type}) AS {quoted(column.name)}"
        for column in view_columns(contract)
    )
    columns = [column.name for column in view_columns(contract)]
    return (
        f"WITH delta AS ({_latest(contract, _unfolded(contract, watermark), contract.key)}) "
        f"SELECT {output} FROM ("
        f"SELECT {_list(columns, 's.')} FROM {snapshot} s "
        f"LEFT JOIN delta d ON {same_key} AND {_newer('d', 's')} "
        f"WHERE d.{first_key} IS NULL AND NOT s.{quoted(DELETED)}"
        " UNION ALL "
        f"SELECT {_list(columns, 'd.')} FROM delta d "
        f"LEFT JOIN {snapshot} s ON {same_key} AND NOT {_newer('d', 's')} "
        f"WHERE s.{first_key} IS NULL AND NOT d.{quoted(DELETED)}"
        ") current_rows"
    )


def fold(contract: Contract, watermark: datetime | None, after: date | None = None, until: date | None = None) -> str:
    """MERGE the latest unfolded row of each key and partition value into the snapshot.

    Matching on the partition field too keeps the merge to the partitions of the batch. A key whose partition value
    changed (a corrected file; a key deleted and created again) has rows in several: all but its newest one become
    tombstones, for which the snapshot's rows of the same keys in other partitions are part of the source. Of a
    row that is in the delta and in the snapshot, folded before, the delta's copy counts: it alone is complete.

    Only partitions after `after` and up to `until` are written, those without a value with the first. Merges of all
    parts, in any order, are the merge of the whole, and the current view is exact before, between and after them.
    """
    by = _placed_by(contract)
    columns = _columns(contract)
    kept = _list(name for name in columns if name != DELETED)
    order = f'{_ORDER}, "_copy"'
    newest = f'row_number() OVER (PARTITION BY {_list(contract.key)} ORDER BY {order}) = 1 AS "_newest"'
    rank = f'row_number() OVER (PARTITION BY {_list(by)} ORDER BY {order}) AS "_rank"'
    part = "".join(f" AND {condition}" for condition in _part(contract, after, until))
    rows = (
        f"WITH delta AS ({_latest(contract, _unfolded(contract, watermark), by)}), "
        f"candidates AS ({_candidates(contract)}) "
        f'SELECT {kept}, {quoted(DELETED)} OR NOT "_newest" AS {quoted(DELETED)} FROM ('
        f'SELECT *, {newest}, {rank} FROM candidates) WHERE "_rank" = 1{part}'
    )
    match = [f"t.{quoted(name)} = s.{quoted(name)}" for name in contract.key]
    match += [f"t.{quoted(name)} IS NOT DISTINCT FROM s.{quoted(name)}" for name in by if name not in contract.key]
    outranked = f"(s.{quoted(DELETED)} AND NOT t.{quoted(DELETED)} AND NOT {_newer('t', 's')})"
    updates = ", ".join(f"{quoted(name)} = s.{quoted(name)}" for name in columns if name not in by)
    return (
        f"MERGE INTO {quoted(names.snapshot_table(contract.name))} t USING ({rows}) s ON {' AND '.join(match)} "
        f"WHEN MATCHED AND ({_newer('s', 't')} OR {outranked}) THEN UPDATE SET {updates} "
        f"WHEN NOT MATCHED THEN INSERT ({_list(columns)}) VALUES ({_list(columns, 's.')})"
    )


def folded_partitions(contract: Contract, watermark: datetime | None) -> str:
    """The partitions of the snapshot that a fold writes to: a date each, in column `value`, in order."""
    return (
        f"WITH delta AS ({_unfolded(contract, watermark)}) SELECT DISTINCT {_partition(contract)} AS value "
        f"FROM ({_candidates(contract)}) WHERE {quoted(contract.partition_field)} IS NOT NULL ORDER BY 1"
    )


def _candidates(contract: Contract) -> str:
    """The rows of `delta` and the snapshot's rows of the same keys in other partitions."""
    moved = [name for name in _placed_by(contract) if name not in contract.key]
    candidates = 'SELECT *, 0 AS "_copy" FROM delta'
    if not moved:
        return candidates
    same_key = " AND ".join(f"o.{quoted(name)} = d.{quoted(name)}" for name in contract.key)
    elsewhere = " OR ".join(f"o.{quoted(name)} IS DISTINCT FROM d.{quoted(name)}" for name in moved)
    others = ", ".join(_moved(contract, name) for name in _columns(contract))
    return (
        f'{candidates} UNION ALL SELECT {others}, 1 AS "_copy" FROM {quoted(names.snapshot_table(contract.name))} o '
        f"WHERE EXISTS (SELECT 1 FROM delta d WHERE {same_key} AND ({elsewhere}))"
    )


def _placed_by(contract: Contract) -> list[str]:
    """What tells the row of the snapshot apart: the key and the partition field."""
    return list(dict.fromkeys((*contract.key, contract.partition_field)))


def _partition(contract: Contract) -> str:
    """The first day of a row's partition."""
    day = f"CAST({quoted(contract.partition_field)} AS date)"
    return day if contract.partition_transform == "day" else f"date_trunc('{contract.partition_transform}', {day})"


def _part(contract: Contract, after: date | None, until: date | None) -> Iterator[str]:
    value = _partition(contract)
    if after is not None:
        yield f"{value} > DATE '{after}'"
    if until is not None:
        yield f"{value} <= DATE '{until}'" if after else f"coalesce({value} <= DATE '{until}', true)"


def _newer(one: str, other: str) -> str:
    """Whether the row of one table alias outranks the row of another."""
    order, ingested = quoted(ORDER_KEY), quoted(INGESTED_AT)
    return (
        f"({one}.{order} > {other}.{order}"
        f" OR ({one}.{order} = {other}.{order} AND {one}.{ingested} > {other}.{ingested}))"
    )


def _list(columns: Iterable[str], table: str = "") -> str:
    return ", ".join(f"{table}{quoted(column)}" for column in columns)


def _columns(contract: Contract) -> list[str]:
    return [*(field.name for field in contract.fields), *(column.name for column in system_columns(SNAPSHOT))]


def _moved(contract: Contract, name: str) -> str:
    """A column of a snapshot row that may have been outranked: its business values are not needed, so not read."""
    essential = {*contract.key, contract.partition_field}
    field = next((item for item in contract.fields if item.name == name), None)
    if field is None or name in essential:
        return f"o.{quoted(name)}"
    return f"CAST(NULL AS {table_type(field)}) AS {quoted(name)}"


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
    """The newest row for each value of `by`."""
    columns = _list(_columns(contract))
    ranked = (
        f'SELECT {columns}, row_number() OVER (PARTITION BY {_list(by)} ORDER BY {_ORDER}) AS "_rank" FROM ({rows})'
    )
    return f'SELECT {columns} FROM ({ranked}) WHERE "_rank" = 1'
