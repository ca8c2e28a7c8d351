"""SQL text of marts that are tables, in Athena's dialect: making one whole, and replacing days of it as one commit.

A commit is one MERGE. Its source has the rows that the days have now, and a line for each day which stands for all rows
that it had; these are deleted. So readers see a day as it was or as it is, and doing it twice changes nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from txplatform.contracts import names
from txplatform.contracts.business_day import DAYS_OF_UTC
from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.render.columns import EPOCH, KEY_HIGH, KEY_LOW, ORDER_KEY
from txplatform.warehouse.business_days import day_of
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.statements import FILES_END, quoted

if TYPE_CHECKING:
    from txplatform.ledger import MartSource

_MADE = "_made"
_MARGIN_DAYS = 2  # by which a business day and the UTC day of its date are apart at most, either way


def create_table(mart: Mart, table: str, location: str, properties: dict[str, str]) -> str:
    """Make the table with the rows that the mart has now; `properties` are those of Athena's own names."""
    options = {"table_type": "'ICEBERG'", "is_external": "false", "location": f"'{location}'", "format": "'PARQUET'",
               "write_compression": "'ZSTD'", **properties}  # fmt: skip
    listed = ", ".join(f"{name} = {value}" for name, value in options.items())
    return f"CREATE TABLE {quoted(table)} WITH ({listed}) AS SELECT {_typed(mart)} FROM ({mart.sql}) m"


def table_view(mart: Mart, table: str) -> str:
    """The statement of the view over the table."""
    return f"SELECT {', '.join(quoted(column.name) for column in mart.columns)} FROM {quoted(table)}"


def changed_days(contract: Contract, source: "MartSource") -> str:
    """The business days of which records may have changed since `source`: a date each, in column `day`, in order.

    They are those of the changes and tombstones that were committed since and of the rows of files that were folded
    since. A change brings the tombstone of the place that its record left; a row of a file does not, so that the rows
    of files in the snapshot are looked up, from where a record may have moved.
    """
    field = quoted(contract.partition_field)
    keys = f"{quoted(KEY_HIGH)}, {quoted(KEY_LOW)}"
    files, changes = (quoted(table(contract.name)) for table in (names.files_table, names.changes_table))
    parts = (
        (changes, f"{quoted(EPOCH)} >= {source.open_epoch}"),
        (changes, f"{quoted(EPOCH)} < {-1 - source.folded_epoch}"),  # late tombstones, which the next fold takes
        (files, f"{quoted(EPOCH)} > {source.folded_epoch}"),
    )
    committed = " UNION ALL ".join(f"SELECT {field}, {keys} FROM {table} WHERE {where}" for table, where in parts)
    same = " AND ".join(f"s.{quoted(name)} = k.{quoted(name)}" for name in (KEY_HIGH, KEY_LOW))
    left = (
        f"SELECT s.{field} FROM {quoted(names.snapshot_table(contract.name))} s "
        f"JOIN (SELECT DISTINCT {keys} FROM committed) k ON {same} WHERE s.{quoted(ORDER_KEY)} < '{FILES_END}'"
    )
    return (
        f"WITH committed AS ({committed}) SELECT DISTINCT {_day(contract)} AS day "
        f"FROM (SELECT {field} FROM committed UNION ALL {left}) t ORDER BY 1"
    )


def replace_days(contract: Contract, mart: Mart, table: str, days: Sequence[date]) -> str:
    """Replace all rows of these days by those that the mart has now."""
    day, columns = quoted(mart.table_by), [quoted(column.name) for column in mart.columns]
    dates = ", ".join(f"DATE '{value}'" for value in days)
    emptied = ", ".join(
        f"d.{day}" if column.name == mart.table_by else f"CAST(NULL AS {column.trino_type})" for column in mart.columns
    )
    within = " OR ".join(f"({condition})" for condition in _stretches(contract, days))
    # The name of the view stands for its rows of these days: conditions on the partition field reach the files.
    rows = (
        f"WITH {quoted(contract.name)} AS (SELECT * FROM {quoted(names.DATABASE)}.{quoted(contract.name)} "
        f"WHERE {within}) {mart.sql}"
    )
    source = (
        f"SELECT {_typed(mart)}, true AS {quoted(_MADE)} FROM ({rows}) m WHERE {day} IN ({dates}) "
        f"UNION ALL SELECT {emptied}, false FROM (VALUES {dates}) d ({day})"
    )
    return (
        f"MERGE INTO {quoted(table)} t USING ({source}) s ON t.{day} = s.{day} AND NOT s.{quoted(_MADE)} "
        f"WHEN MATCHED THEN DELETE WHEN NOT MATCHED AND s.{quoted(_MADE)} THEN "
        f"INSERT ({', '.join(columns)}) VALUES ({', '.join(f's.{column}' for column in columns)})"
    )


def _typed(mart: Mart) -> str:
    return ", ".join(f"CAST({quoted(c.name)} AS {c.trino_type}) AS {quoted(c.name)}" for c in mart.columns)


def _day(contract: Contract) -> str:
    field = quoted(contract.partition_field)
    return field if _by_date(contract) else day_of(field, contract.business_day)


def _stretches(contract: Contract, days: Sequence[date]) -> Iterator[str]:
    """Conditions on the partition field, a stretch of days each, that hold of every record of the days."""
    margin = 0 if _by_date(contract) or contract.business_day == DAYS_OF_UTC else _MARGIN_DAYS
    field = quoted(contract.partition_field)
    runs: list[list[int]] = []
    for number in sorted(day.toordinal() for day in days):
        first, end = number - margin, number + margin + 1
        if runs and first <= runs[-1][1]:
            runs[-1][1] = end
        else:
            runs.append([first, end])
    for first, end in runs:
        bounds = [f"{field} >= {_moment(contract, first)}"] if first >= date.min.toordinal() else []
        bounds += [f"{field} < {_moment(contract, end)}"] if end <= date.max.toordinal() else []
        yield " AND ".join(bounds) or "true"


def _moment(contract: Contract, number: int) -> str:
    day = date.fromordinal(number)
    return f"DATE '{day}'" if _by_date(contract) else f"TIMESTAMP '{day} 00:00:00'"


def _by_date(contract: Contract) -> bool:
    return contract[contract.partition_field].type is FieldType.DATE
