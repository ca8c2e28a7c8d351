"""SQL text over an entity's tables, in Athena's dialect: the current view, and the statements of a fold.

All of it rests on one rule: of the rows of a key, the one with the greatest `_order_key` is the state; between an
unfolded row and a folded one with the same order key, the unfolded one is. Unfolded rows are those of the epochs after
the folded ones. The snapshot holds one row for each key and partition value, and at most one live row a key.

Every join is an equality join that both DuckDB and Trino hash; whatever else is compared, is compared in its result.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import (
    DELETED,
    EPOCH,
    INGESTED_AT,
    KEY_HIGH,
    KEY_LOW,
    ORDER_KEY,
    OUTRANKED,
    SNAPSHOT,
    system_columns,
)
from txplatform.contracts.render.sql_types import backfill_sql, trino_type
from txplatform.contracts.render.views import view_columns

if TYPE_CHECKING:
    from txplatform.ledger import Folded

FILES_END = "1"  # order keys of file rows sort below it, those of change records above
_ORDER = f'"{ORDER_KEY}" DESC, "{INGESTED_AT}" DESC'  # of the copies of a row, the one ingested later


class LookUp(Enum):
    """Which rows of the snapshot a fold looks up in other partitions, because a row of a file may have moved a key."""

    NOTHING = "nothing"
    ROWS_OF_FILES = "rows of files"
    ALL_ROWS = "all rows"


def quoted(name: str) -> str:
    """An identifier for queries and views."""
    return f'"{name}"'


def current_view(contract: Contract, folded: "Folded | None") -> str:
    """The exact current state: the snapshot without the keys that have unfolded changes, and the newest of those.

    An unfolded change is newer than all folded rows of its key: its commit made sure of that (lake/late_rows.py), so
    neither side compares order keys with the other. Rows of files enter with the next fold. Rows from before a field
    was have its backfill.
    """
    columns = [column.name for column in view_columns(contract)]
    changes = f"{quoted(names.changes_table(contract.name))} WHERE {_epochs(folded)}"
    ranked = _placed(contract, changes, (*columns, DELETED))
    return (
        f"SELECT {shown(contract, columns, 's.')} FROM {_snapshot(contract)} s "
        f'LEFT JOIN (SELECT {quoted(KEY_HIGH)} AS "_high", {quoted(KEY_LOW)} AS "_low" FROM {changes}) u '
        f'ON s.{quoted(KEY_HIGH)} = u."_high" AND s.{quoted(KEY_LOW)} = u."_low" '
        f'WHERE u."_high" IS NULL AND NOT s.{quoted(DELETED)}'
        f" UNION ALL SELECT {shown(contract, columns)} FROM ({ranked}) WHERE NOT {quoted(DELETED)}"
    )


def fold(
    contract: Contract,
    folded: "Folded | None",
    epoch: int,
    look_up: LookUp,
    after: date | None = None,
    until: date | None = None,
) -> str:
    """MERGE the newest row of each key and partition value, of the epochs up to `epoch`, into the snapshot.

    Matching on the partition field too keeps the merge to the partitions of the batch. A key whose partition value
    changed has rows in several: all but its newest one become tombstones. Rows of the change lane bring the tombstone
    of their former place with them. Where rows of files take part, the snapshot's rows of the same keys in other
    partitions are looked up and become part of the source. Of a row that is unfolded and in the snapshot, folded
    before, the unfolded copy counts: it alone is complete.

    Only partitions after `after` and up to `until` are written, those without a value with the first. Merges of all
    parts, in any order, are the merge of the whole. Before, between and after them the current view shows every key
    that the operational store has had exactly; rows of files enter it part by part.
    """
    by = contract.placed_by
    columns = _columns(contract)
    kept = _list(name for name in columns if name != DELETED)
    order = f'{quoted(ORDER_KEY)} DESC, "_copy"'
    age = f'rank() OVER (PARTITION BY {_list(contract.key)} ORDER BY {order}) AS "_age"'
    rank = f'row_number() OVER (PARTITION BY {_list(by)} ORDER BY {order}) AS "_rank"'
    part = "".join(f" AND {condition}" for condition in _part(contract, after, until))
    rows = (
        f"WITH {_candidates(contract, folded, epoch, look_up)} "
        f'SELECT {kept}, {quoted(DELETED)} OR "_age" > 1 AS {quoted(DELETED)}, "_copy" FROM ('
        f'SELECT *, {age}, {rank} FROM candidates) WHERE "_rank" = 1{part}'
    )
    match = [_same_key(contract, "t", "s")]
    match += [f"t.{quoted(name)} IS NOT DISTINCT FROM s.{quoted(name)}" for name in by if name not in contract.key]
    own, other = f"s.{quoted(ORDER_KEY)}", f"t.{quoted(ORDER_KEY)}"
    replaces = f's."_copy" = 0 OR (s.{quoted(DELETED)} AND NOT t.{quoted(DELETED)})'
    updates = ", ".join(f"{quoted(name)} = s.{quoted(name)}" for name in columns if name not in by)
    return (
        f"MERGE INTO {_snapshot(contract)} t USING ({rows}) s ON {' AND '.join(match)} "
        f"WHEN MATCHED AND ({own} > {other} OR ({own} = {other} AND ({replaces}))) THEN UPDATE SET {updates} "
        f"WHEN NOT MATCHED THEN INSERT ({_list(columns)}) VALUES ({_list(columns, 's.')})"
    )


def folded_partitions(contract: Contract, folded: "Folded | None", epoch: int, look_up: LookUp) -> str:
    """The partitions of the snapshot that a fold writes to: a date each, in column `value`, in order."""
    return (
        f"WITH {_candidates(contract, folded, epoch, look_up)} SELECT DISTINCT {_partition(contract)} AS value "
        f"FROM candidates WHERE {quoted(contract.partition_field)} IS NOT NULL ORDER BY 1"
    )


def _candidates(contract: Contract, folded: "Folded | None", epoch: int, look_up: LookUp) -> str:
    """The common tables of a fold: `placed` rows, and `candidates`, with the snapshot's rows that are looked up."""
    placed = f"placed AS ({_placed(contract, f'({_unfolded(contract, folded, epoch)})', _columns(contract))})"
    moved = [name for name in contract.placed_by if name not in contract.key]
    if look_up is LookUp.NOTHING or not moved:
        return f'{placed}, candidates AS (SELECT *, 0 AS "_copy" FROM placed)'
    others = ", ".join(_looked_up(contract, name) for name in _columns(contract))
    elsewhere = " OR ".join(f"o.{quoted(name)} IS DISTINCT FROM p.{quoted(name)}" for name in moved)
    of_files = f" AND o.{quoted(ORDER_KEY)} < {_literal(FILES_END)}" if look_up is LookUp.ROWS_OF_FILES else ""
    return (
        f'{placed}, candidates AS (SELECT *, 0 AS "_copy" FROM placed UNION ALL '
        f'SELECT {others}, 1 AS "_copy" FROM {_snapshot(contract)} o JOIN placed p ON {_same_key(contract, "o", "p")} '
        f"WHERE ({elsewhere}){of_files})"
    )


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


def _snapshot(contract: Contract) -> str:
    return quoted(names.snapshot_table(contract.name))


def _same_key(contract: Contract, one: str, other: str) -> str:
    return " AND ".join(f"{one}.{quoted(name)} = {other}.{quoted(name)}" for name in contract.key)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _list(columns: Iterable[str], table: str = "") -> str:
    return ", ".join(f"{table}{quoted(column)}" for column in columns)


def shown(contract: Contract, columns: Iterable[str], table: str = "", *, of_deletions: bool = False) -> str:
    """The columns of rows, with the backfill of a field where a row has no value, which an older one cannot have.

    A tombstone gets none, if there are any among the rows.
    """
    filled = {field.name: field for field in contract.fields if field.evolution.backfill is not None}
    return ", ".join(
        f"coalesce({table}{quoted(name)}, {_if_live(of_deletions, backfill_sql(filled[name]))}) AS {quoted(name)}"
        if name in filled
        else f"{table}{quoted(name)}"
        for name in columns
    )


def _if_live(of_deletions: bool, value: str) -> str:
    return f"CASE WHEN NOT {quoted(DELETED)} THEN {value} END" if of_deletions else value


def _columns(contract: Contract) -> list[str]:
    """The columns of the snapshot."""
    return [*(field.name for field in contract.fields), *(column.name for column in system_columns(SNAPSHOT))]


def _looked_up(contract: Contract, name: str) -> str:
    """A column of a snapshot row that may have been outranked: its business values are not needed, so not read."""
    field = next((item for item in contract.fields if item.name == name), None)
    if field is None or name in contract.placed_by:
        return f"o.{quoted(name)}"
    return f"CAST(NULL AS {trino_type(field)}) AS {quoted(name)}"


def _unfolded(contract: Contract, folded: "Folded | None", epoch: int) -> str:
    """Rows of both lanes of the epochs after the folded ones, up to `epoch`, and these epochs' late tombstones."""
    columns = _list(_columns(contract))
    files, changes = (quoted(table(contract.name)) for table in (names.files_table, names.changes_table))
    where = f"{_epochs(folded)} AND {quoted(EPOCH)} <= {epoch}"
    late = f"{quoted(EPOCH)} < {-1 - _epoch(folded)} AND {quoted(EPOCH)} >= {-1 - epoch}"
    parts = ((files, where), (changes, where), (changes, late))
    return " UNION ALL ".join(f"SELECT {columns} FROM {table} WHERE {condition}" for table, condition in parts)


def _epochs(folded: "Folded | None") -> str:
    return f"{quoted(EPOCH)} > {_epoch(folded)}"


def _epoch(folded: "Folded | None") -> int:
    return folded.epoch if folded else OUTRANKED


def _placed(contract: Contract, rows: str, columns: Iterable[str]) -> str:
    """The newest of the rows for each key and partition value."""
    by = _list(contract.placed_by)
    rank = f'row_number() OVER (PARTITION BY {by} ORDER BY {_ORDER}) AS "_rank"'
    return f'SELECT {_list(columns)} FROM (SELECT {_list(columns)}, {rank} FROM {rows}) WHERE "_rank" = 1'
