"""A mart that is a table over a lake in DuckDB's memory, refreshed by the statements that Athena runs."""

from typing import Any

from txplatform.ledger import MartSource
from txplatform.warehouse.mart_tables import changed_days, replace_days
from txplatform.warehouse.marts.model import Mart, MartColumn
from txplatform_tests.warehouse.lake_in_memory import LakeInMemory

_TABLE = "trades_some__1"
_MART = Mart(
    name="trades_some",
    entity="trades",
    description="Trades a day and venue",
    sql="SELECT CAST(executed_at AS date) AS day, venue, count(*) AS records, sum(price) AS price FROM trades "
    "WHERE executed_at IS NOT NULL GROUP BY 1, 2",
    columns=(
        MartColumn("day", "date", "Day"),
        MartColumn("venue", "varchar", "Venue"),
        MartColumn("records", "bigint", "How many"),
        MartColumn("price", "decimal(38, 10)", "Sum"),
    ),
    grain=("day", "venue"),
    table_by="day",
)


class MartInMemory:
    """The table, and the state of the lake that it was made of."""

    def __init__(self, lake: LakeInMemory) -> None:
        self._lake = lake
        self._source: MartSource | None = None

    def refresh(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Refresh, and return what the table holds and what it should hold."""
        lake = self._lake
        source = MartSource("", lake.epoch, lake.folded.epoch if lake.folded else 0)
        lake.show_view()
        if self._source is None:
            lake.run(f"CREATE TABLE {_TABLE} AS {_MART.sql}")
        else:
            found = lake.run(changed_days(lake.contract, self._source))
            days = [day for (day,) in found if day is not None]
            if days:
                lake.run(replace_days(lake.contract, _MART, _TABLE, days))
        self._source = source
        columns = "SELECT day, venue, records, price"
        return sorted(lake.run(f"{columns} FROM {_TABLE}")), sorted(lake.run(f"{columns} FROM ({_MART.sql})"))
