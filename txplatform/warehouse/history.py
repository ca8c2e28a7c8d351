"""The history of an entity: a view of every version of its records, each with the time in which it was the state.

A version of the operational store is the state from the write that made it, to the second, since streams of DynamoDB
have no finer time, until the next one by order key. Of files there is what their days hold now: a version of a file is
the state from its version field, or from its day, on, until a newer file has it or the operational store does. So the
versions without an end that are no deletions are the current state, once the rows of files are folded.
"""

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import (
    DELETED,
    INGESTED_AT,
    OCCURRED_AT,
    ORDER_KEY,
    REQUEST_ID,
    SOURCE,
    TRACE_ID,
    WRITTEN_BY,
)
from txplatform.contracts.render.sql_types import trino_type
from txplatform.warehouse.marts.model import Mart, MartColumn
from txplatform.warehouse.statements import quoted, shown

DELETION = "delete"

_ADDED = (
    MartColumn("valid_from", "timestamp(6)", "When the version became the state, UTC"),
    MartColumn("valid_to", "timestamp(6)", "When it no longer was, UTC; null while it is"),
    MartColumn("operation", "varchar", "insert, update, delete, or load for what a bootstrap read of the table"),
    MartColumn("lane", "varchar", "changes for a version of the operational store, files for one of a file"),
    MartColumn("written_by", "varchar", "Who wrote it: issuer, #, client"),
    MartColumn("trace_id", "varchar", "Correlation id of the message or request that wrote it"),
    MartColumn("request_id", "varchar", "Request id of the call that wrote it"),
    MartColumn("order_key", "varchar", "Sorts the versions of a key"),
    MartColumn("ingested_at", "timestamp(6)", "When it was read for its commit, UTC"),
)


def history_columns(contract: Contract) -> dict[str, str]:
    """What the columns that the history adds to the fields are called: as they are, or with `_` where a field is."""
    fields = {field.name for field in contract.fields}
    return {column.name: f"_{column.name}" if column.name in fields else column.name for column in _ADDED}


def history_view(contract: Contract) -> Mart:
    """The view `<entity>_history`: the fields of the contract, when each version was the state, and who wrote it.

    Rows that are there twice count once, and of the two places of a record that moved, which have one order key, the
    one that it moved to.
    """
    fields = [field.name for field in contract.fields]
    key = ", ".join(map(quoted, contract.key))
    of_key = f'PARTITION BY {key} ORDER BY "{ORDER_KEY}"'
    taken = [*fields, DELETED, OCCURRED_AT, INGESTED_AT, SOURCE, ORDER_KEY, WRITTEN_BY, TRACE_ID, REQUEST_ID]
    columns = ", ".join(map(quoted, taken))
    written = " UNION ALL ".join(
        f"SELECT {columns}, '{lane}' AS \"_lane\" FROM {quoted(table)}"
        for lane, table in (
            ("files", names.files_table(contract.name)),
            ("changes", names.changes_table(contract.name)),
        )
    )
    copy = f'row_number() OVER (PARTITION BY {key}, "{ORDER_KEY}" ORDER BY "{DELETED}", "{INGESTED_AT}" DESC)'
    versions = f'SELECT *, {copy} AS "_copy" FROM ({written})'
    neighbours = (
        f'SELECT *, lag("{DELETED}") OVER ({of_key}) AS "_was_deleted", min("{OCCURRED_AT}") OVER '
        f'({of_key} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS "_next" FROM ({versions}) WHERE "_copy" = 1'
    )
    operation = (
        f"CASE WHEN \"{DELETED}\" THEN '{DELETION}' "
        f"WHEN \"_lane\" = 'changes' AND strpos(\"{SOURCE}\", '/{names.BOOTSTRAP_OBJECT}') > 0 THEN 'load' "
        "WHEN coalesce(\"_was_deleted\", true) THEN 'insert' ELSE 'update' END"
    )
    ends = f'CASE WHEN "_next" < "{OCCURRED_AT}" THEN "{OCCURRED_AT}" ELSE "_next" END'
    values = (
        f'"{OCCURRED_AT}"',
        ends,
        operation,
        '"_lane"',
        *map(quoted, (WRITTEN_BY, TRACE_ID, REQUEST_ID, ORDER_KEY, INGESTED_AT)),
    )
    named = history_columns(contract)
    added = ", ".join(f"{value} AS {quoted(name)}" for value, name in zip(values, named.values(), strict=True))
    return Mart(
        names.history_view(contract.name),
        contract.name,
        f"Every version of {contract.title}, when it was the state, and who wrote it",
        f"SELECT {shown(contract, fields, of_deletions=True)}, {added} FROM ({neighbours})",
        of_tables=True,
        columns=(
            *(MartColumn(field.name, trino_type(field), field.description, field.name) for field in contract.fields),
            *(MartColumn(named[item.name], item.trino_type, item.description) for item in _ADDED),
        ),
    )
