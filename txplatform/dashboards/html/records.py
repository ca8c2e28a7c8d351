"""The newest records of each business day, to which the page goes down: few, with personal values masked.

An identifier of a person is masked too: the key of an entity that requires a personal field, and what refers to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from txplatform.contracts.model import NESTED, Contract, Field, FieldType
from txplatform.dashboards.html.figures import as_text
from txplatform.warehouse.business_days import day_of
from txplatform.warehouse.masking import masked
from txplatform.warehouse.statements import quoted

if TYPE_CHECKING:
    import pyarrow as pa

_MOST, _DAYS, _MOST_COLUMNS = 600, 60, 12


@dataclass(frozen=True, slots=True)
class Records:
    """Rows of `columns`, newest day first, after each row's day; `counts` says how many records each day has.

    Only days from `since` on have rows.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    counts: Mapping[str, int]
    since: str
    as_of: datetime | None = None


def columns_of(contract: Contract) -> list[Field]:
    """What is shown of a record: its required fields, but nested ones."""
    return [field for field in contract.fields if field.required and field.type not in NESTED][:_MOST_COLUMNS]


def business_day(contract: Contract) -> str:
    """The business day of a record, as SQL."""
    field = contract[contract.partition_field]
    return quoted(field.name) if field.type is FieldType.DATE else day_of(quoted(field.name), contract.business_day)


def newest_statement(contract: Contract, contracts: Mapping[str, Contract], days: Sequence[date]) -> str:
    """The query of the newest records of the latest of these days."""
    latest = sorted(days)[-_DAYS:]
    each = max(1, min(25, _MOST // len(latest)))
    shown = ", ".join(f"{_shown(field, contract, contracts)} AS {quoted(field.name)}" for field in columns_of(contract))
    order = ", ".join([f"{quoted(contract.partition_field)} DESC", *map(quoted, contract.key)])
    names = ", ".join(quoted(field.name) for field in columns_of(contract))
    return (
        f"SELECT shown_day, shown_of, {names} FROM (SELECT shown_day, count(*) OVER (PARTITION BY shown_day) "
        f"AS shown_of, row_number() OVER (PARTITION BY shown_day ORDER BY {order}) AS shown_place, {shown} FROM "
        f"(SELECT *, {business_day(contract)} AS shown_day FROM {quoted(contract.name)} "
        f"WHERE {quoted(contract.partition_field)} >= {_earliest(contract, latest[0])}) records "
        f"WHERE shown_day >= DATE '{latest[0]}') ranked "
        f"WHERE shown_place <= {each} ORDER BY shown_day DESC, shown_place"
    )


def _earliest(contract: Contract, day: date) -> str:
    """A value before those of a business day, in any time zone, by which Athena leaves out partitions."""
    before = day - timedelta(days=2)
    by_date = contract[contract.partition_field].type is FieldType.DATE
    return f"DATE '{before}'" if by_date else f"TIMESTAMP '{before} 00:00:00'"


def records_of(table: "pa.Table") -> Records:
    """Take the rows of that query."""
    rows = table.to_pylist()
    counts = {as_text(row["shown_day"]): row["shown_of"] for row in rows}
    values = [[None if value is None else as_text(value) for name, value in row.items() if name != "shown_of"]
              for row in rows]  # fmt: skip
    return Records(table.column_names[2:], values, counts, min(counts, default=""))


def _shown(field: Field, contract: Contract, contracts: Mapping[str, Contract]) -> str:
    value = quoted(field.name)
    persons = {item.name for item in contracts.values() if any(f.personal and f.required for f in item.fields)}
    keys = {item.field for item in contract.quality.references if item.entity in persons}
    if not field.personal and field.name not in keys | set(contract.key if contract.name in persons else ()):
        return value
    return masked(field.type, value)
