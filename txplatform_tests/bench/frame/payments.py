"""Payments at size: rows that have been folded, by day, and changes to them.

DuckDB makes them set-wise, and they are written as Iceberg has them, without the way through queue and API. A number
gives the same record in every run.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
from pyiceberg.io.pyarrow import _dataframe_to_data_files

from txplatform.clock import timestamp_text
from txplatform.contracts import names
from txplatform.contracts.model import Alignment, Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import stored
from txplatform.contracts.render.columns import DELETED, ORDER_KEY, SNAPSHOT, LakeTable
from txplatform.lake.catalog import Lake
from txplatform.lake.system_columns import MOMENT, stamped, to_table

LAST_DAY = date(2026, 10, 29)
_DAYS, _FEW_DAYS = 90, 9
_MANY_ROWS = 100_000  # fewer are spread over few days
_RECENT_DAYS = 3
_OF_RECENT_DAYS = 95  # percent of the changes
_COUNTRIES = ("DE", "FR", "ES", "IT", "NL", "PL")

# `numbers` has a row a record: its number, day, version and sequence number, and whether it was deleted.
_ROWS = """
    SELECT
        'pay_' || substr(md5(number::VARCHAR), 1, 16) AS payment_id,
        'cus_' || lpad((hash(number + 1) % 200000)::VARCHAR, 6, '0') AS customer_id,
        'mer_' || lpad((hash(number + 2) % 2000)::VARCHAR, 4, '0') AS merchant_id,
        'A-2026-' || lpad((number % 1000000)::VARCHAR, 6, '0') AS order_reference,
        ((hash(number + 3) % 10000000)::DECIMAL(18, 2) / 100)::DECIMAL(18, 2) AS amount,
        ((hash(number + 4) % 1000000)::DECIMAL(18, 4) / 10000)::DECIMAL(18, 4) AS fee,
        ['EUR', 'USD', 'GBP', 'CHF', 'SEK'][(hash(number + 5) % 5)::INTEGER + 1] AS currency,
        ['authorised', 'captured', 'settled', 'refunded'][(hash(number + version) % 4)::INTEGER + 1] AS status,
        ['card', 'transfer', 'wallet', 'direct_debit'][(hash(number + 7) % 4)::INTEGER + 1] AS method,
        ['web', 'app', 'store', 'phone', 'recurring'][(hash(number + 8) % 5)::INTEGER + 1] AS channel,
        (hash(number + 9) % 20)::BIGINT AS items_count,
        lpad((hash(number + 10) % 10000)::VARCHAR, 4, '0') AS card_last4,
        'Payer ' || (hash(number + 11) % 100000)::VARCHAR AS payer_name,
        NULL::VARCHAR AS description,
        day + to_milliseconds((hash(number + 12) % 86400000)::BIGINT) AS created_at,
        day + to_milliseconds(86400000 + version) AS updated_at,
        NULL::DATE AS settled_on,
        NULL::VARCHAR AS charge_id,
        '1|000001|' || lpad(sequence::VARCHAR, 40, '0') AS _order_key,
        deleted AS _deleted,
        day + to_milliseconds(86400000 + version) AS _occurred_at,
        's3://lake/cdc/payments/dt=' || day::DATE || '/' || (sequence // 1000) || '.jsonl.gz' AS _source,
        sequence % 1000 + 1 AS _row,
        NULL::VARCHAR AS _trace_id,
        NULL::VARCHAR AS _written_by,
        NULL::VARCHAR AS _request_id
    FROM ({numbers})
"""


def fill_snapshot(contract: Contract, lake: Lake, rows: int) -> None:
    """Put that many folded rows into the empty snapshot, spread over the days, a file a day."""
    table = lake.table(names.snapshot_table(contract.name))
    days = _days(rows)
    with duckdb.connect() as connection, table.transaction() as change, change.update_snapshot().fast_append() as files:
        for place in range(days):
            first, end = rows * place // days, rows * (place + 1) // days
            day = _first_day(days) + timedelta(days=place)
            numbers = (
                f"SELECT range AS number, TIMESTAMP '{day}' AS day, 0 AS version, range AS sequence, false AS deleted "
                f"FROM range({first}, {end})"
            )
            data = _rows(connection, contract, SNAPSHOT, numbers, datetime.combine(day, time.min, UTC))
            for file in _dataframe_to_data_files(table.metadata, stored(data), table.io):
                files.append_data_file(file)


def changes(contract: Contract, folded: int, count: int, ingested_at: datetime, turn: int = 0) -> pa.Table:
    """Make changes to `folded` rows, as they are appended: half new keys, half updates, of which one in 25 deletes.

    95 in 100 are of the last three days, the others of any. Those of a later turn are newer, and their new keys others.
    """
    seed, first, days = turn * count, folded + turn * count, _days(folded)
    updated = f"{folded} * place // {days} + hash(i) % {max(folded // days, 1)}"
    numbers = f"""
        SELECT
            (CASE WHEN i % 2 = 0 THEN {first} + i - {seed} ELSE {updated} END)::BIGINT AS number,
            TIMESTAMP '{_first_day(days)}' + to_days(place::INTEGER) AS day,
            {turn + 1} AS version, {first} + i - {seed} AS sequence, i % 50 = 1 AS deleted
        FROM (
            SELECT range AS i, CASE WHEN hash(range) % 100 < {_OF_RECENT_DAYS}
                THEN {days - _RECENT_DAYS} + hash(range + 7) % {_RECENT_DAYS} ELSE hash(range + 7) % {days} END AS place
            FROM range({seed}, {seed + count}))
    """
    with duckdb.connect() as connection:
        return _rows(connection, contract, Lane.CHANGES, numbers, ingested_at)


def change_records(contract: Contract, rows: pa.Table) -> Iterator[tuple[int, dict[str, Any], bool]]:
    """The same changes as a source sends them: sequence number, canonical record, whether it was deleted."""
    texts = {field.name: _text(rows[field.name]) for field in contract.fields}
    order_keys: list[Any] = rows[ORDER_KEY].to_pylist()
    marks: list[Any] = rows[DELETED].to_pylist()
    for place, (order_key, deleted) in enumerate(zip(order_keys, marks, strict=True)):
        record = {name: column[place] for name, column in texts.items() if column[place] is not None}
        yield int(order_key.rpartition("|")[2]), record, deleted


def widened(contract: Contract) -> Contract:
    """Payments of 20 fields: as a shop of its own would add them."""
    tax = replace(contract["fee"], name="tax", alignment=Alignment(), required=True)
    country = replace(contract["currency"], name="country", alignment=Alignment(), enum=_COUNTRIES)
    return replace(contract, fields=(*contract.fields, tax, country))


def write_file(contract: Contract, path: Path, rows: int, bad_in_a_thousand: int = 0) -> None:
    """Write so many payments of one day as CSV, or as JSON lines where the name of the file ends in `jsonl`.

    So many of a thousand have an amount that is no number.
    """
    texts = {
        "tax": "(amount * 19 / 119)::DECIMAL(18, 4)::VARCHAR AS tax",
        "country": f"{list(_COUNTRIES)}[(hash(number + 13) % {len(_COUNTRIES)})::INTEGER + 1] AS country",
        "fee": "fee::VARCHAR AS fee",
        "amount": f"CASE WHEN number % 1000 < {bad_in_a_thousand} THEN 'x' ELSE amount::VARCHAR END AS amount",
        "description": "'Order number ' || items_count || ' of the shop' AS description",
        **{name: f"strftime({name}, '%Y-%m-%dT%H:%M:%S.%gZ') AS {name}" for name in ("created_at", "updated_at")},
    }
    columns = ", ".join(texts.get(field.name, field.name) for field in contract.fields)
    numbers = (
        f"SELECT range AS number, TIMESTAMP '{LAST_DAY}' AS day, 0 AS version, range AS sequence, false AS deleted "
        f"FROM range({rows})"
    )
    made = f"SELECT *, row_number() OVER () - 1 AS number FROM ({_ROWS.format(numbers=numbers)})"
    form = "FORMAT JSON" if path.suffix == ".jsonl" else "HEADER"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {columns} FROM ({made})) TO '{path}' ({form})")


def _text(column: "pa.ChunkedArray[Any]") -> list[Any]:
    values: list[Any] = column.to_pylist()
    if pa.types.is_timestamp(column.type):
        return [timestamp_text(value) for value in values]
    if pa.types.is_decimal(column.type):
        return [str(value) for value in values]
    return values


def _days(rows: int) -> int:
    return _DAYS if rows >= _MANY_ROWS else _FEW_DAYS


def _first_day(days: int) -> date:
    return LAST_DAY - timedelta(days=days - 1)


def _rows(
    connection: duckdb.DuckDBPyConnection, contract: Contract, table: LakeTable, numbers: str, ingested_at: datetime
) -> pa.Table:
    made = pl.DataFrame(connection.execute(_ROWS.format(numbers=numbers)).to_arrow_table())
    made = made.with_columns(pl.col(pl.Datetime).cast(MOMENT))
    return to_table(contract, table, stamped(made, "made", ingested_at))
