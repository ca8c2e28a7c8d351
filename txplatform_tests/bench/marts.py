"""A mart as a view and as a table, at several sizes: what a reader waits, and what a refresh costs.

The mart has the days by currency, status and method, and is asked as a BI tool does: by day and currency. The table is
refreshed after changes to one day, and made whole for comparison. All of it goes through Athena, in turn. What counts
is the processor time of Athena's process: others on the machine do not change it.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.lake import late_rows
from txplatform.lake.commit import append_once
from txplatform.lake.mart_tables import refresh_table
from txplatform.warehouse.mart_tables import create_table
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.views import refresh_mart, refresh_view
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import cost_of, medians, progress
from txplatform_tests.bench.frame.payments import LAST_DAY, changes
from txplatform_tests.bench.frame.stand import aws_pid, filled_stand
from txplatform_tests.lake_stand import Stand

_ROWS = {Size.SMALL: (2_000,), Size.FULL: (100_000, 1_000_000, 4_000_000)}
_ROUNDS = {Size.SMALL: 1, Size.FULL: 7}
_CHANGES = 1_000  # made for each refresh; a third of them is of the last day, and committed
_MOST_READ, _READ_FROM = 0.5, 1_000_000  # of the table to the view, from so many rows on
_MOST_REFRESH, _REFRESH_FROM = 0.8, 4_000_000  # of a day to the whole
SETTINGS = {
    size: f"{', '.join(f'{rows:,}' for rows in _ROWS[size])} payments over 90 days, 80 rows of the mart a day at most."
    for size in Size
}
_TEXT = """\
-- Payments a day, currency, status and method
-- Grain: day, currency, status, method
-- Dimensions: day, currency, status, method
-- Measures: records, total_amount, total_fee
-- Personal data: none
-- Freshness: table by day
SELECT ${{day:created_at}} AS day, currency, status, method, ${{measures}}
FROM {entity}
GROUP BY 1, 2, 3, 4
"""
_ASKED = "SELECT day, currency, sum(records) AS records, sum(total_amount) AS value FROM {} m GROUP BY 1, 2"


def measure(size: Size) -> Iterator[Figure]:
    """Fill an entity of each size, and compare."""
    for rows in _ROWS[size]:
        stand = filled_stand(rows)
        refresh_view(stand.contract, stand.athena, stand.ledger)
        table = _mart(stand.contract)
        view = replace(table, name=f"{table.name}_live", table_by="")
        refresh_mart(view, stand.athena, stand.ledger, [stand.contract])
        yield from _compare(stand, rows, view, table, size)


def _compare(stand: Stand, rows: int, view: Mart, table: Mart, size: Size) -> Iterator[Figure]:
    at = f"{rows:,} rows"
    refresh_table(table, stand.contract, stand.lake, stand.athena, stand.ledger)
    progress(f"reading, {at}")
    asked = {name: partial(stand.athena.arrow, _ASKED.format(name)) for name in (view.name, table.name)}
    read = medians(asked, _ROUNDS[size], aws_pid())
    as_view, as_table = read[view.name].cpu_seconds, read[table.name].cpu_seconds
    progress(f"refreshing, {at}")
    day, whole, replaced = _refreshes(stand, rows, table, size)
    yield Figure(f"read of the view, {at}", as_view, "s of CPU")
    yield Figure(f"read of the table, {at}", as_table, "s of CPU")
    most = _MOST_READ if rows >= _READ_FROM else None
    yield Figure(f"read of the table to the view, {at}", as_table / max(as_view, 0.01), "x", most=most)
    yield Figure(f"refresh of one day, {at}", day, "s of CPU")
    yield Figure(f"made whole, {at}", whole, "s of CPU")
    most = _MOST_REFRESH if rows >= _REFRESH_FROM else None
    yield Figure(f"one day to the whole, {at}", day / max(whole, 0.01), "x", most=most)
    if as_view > as_table:
        yield Figure(f"reads between refreshes from which a table pays, {at}", day / (as_view - as_table))
    yield Figure(f"days replaced, {at}", replaced, most=1, least=1, exact=True)
    found, expected = (_rows(stand, mart) for mart in (table, view))
    yield Figure(f"rows that differ, {at}", len(found ^ expected), most=0, exact=True)


def _refreshes(stand: Stand, rows: int, mart: Mart, size: Size) -> tuple[float, float, int]:
    """Median CPU seconds of a refresh after changes to one day, and of making the table whole; the days replaced."""
    days: list[float] = []
    wholes: list[float] = []
    replaced = 0
    for turn in range(_ROUNDS[size]):
        _change_the_last_day(stand, rows, turn)
        with cost_of(aws_pid()) as cost:
            report = refresh_table(mart, stand.contract, stand.lake, stand.athena, stand.ledger)
        days.append(cost.cpu_seconds)
        replaced = max(replaced, report.days or 0)
        name = f"{mart.name}_whole_{turn}"
        location = f"s3://{stand.lake.bucket}/{names.WAREHOUSE_PREFIX}/{name}"
        with cost_of(aws_pid()) as cost:
            stand.athena.execute(create_table(mart, name, location, {}))
        wholes.append(cost.cpu_seconds)
        stand.athena.execute(f"DROP TABLE `{name}`")
    return sorted(days)[len(days) // 2], sorted(wholes)[len(wholes) // 2], replaced


def _change_the_last_day(stand: Stand, rows: int, turn: int) -> None:
    made = changes(stand.contract, rows, _CHANGES, utc_now(), turn)
    last = made.filter(pc.field("created_at") >= pa.scalar(LAST_DAY).cast(made.schema.field("created_at").type))
    in_epoch = partial(late_rows.in_epoch, stand.contract, stand.lake, stand.ledger)
    append_once(stand.lake, names.changes_table(stand.contract.name), last, f"made-{turn:04d}", in_epoch)


def _mart(contract: Contract) -> Mart:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / contract.name / "methods.sql"
        path.parent.mkdir()
        path.write_text(_TEXT.format(entity=contract.name), encoding="utf-8")
        [mart] = marts(contract, None, Path(folder))
        return mart


def _rows(stand: Stand, mart: Mart) -> set[tuple[object, ...]]:
    return {tuple(row.values()) for row in stand.athena.arrow(f"SELECT * FROM {mart.name}").to_pylist()}
