"""An entity's lake tables in DuckDB's memory: the statements that Athena runs, fast enough for property tests."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from typing import Any

import duckdb
import polars as pl
import sqlglot

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import lake_schema
from txplatform.contracts.render.columns import (
    DAY,
    EPOCH,
    INGESTED_AT,
    KEY_HIGH,
    KEY_LOW,
    ORDER_KEY,
    OUTRANKED,
    SNAPSHOT,
)
from txplatform.lake.key_digest import with_key_digest
from txplatform.lake.redelivery import (
    KEY_SCHEMA,
    POSITION,
    compared,
    last_rows,
    later_than,
    lowered,
    raised,
    tombstones,
)
from txplatform.lake.system_columns import stamped
from txplatform.ledger import Folded
from txplatform.warehouse import statements
from txplatform.warehouse.statements import LookUp

START = datetime(2026, 1, 1, tzinfo=UTC)


class LakeInMemory:
    """Tables, a clock, the open epoch and how far all is folded."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.now = START
        self.epoch = 1
        self.folded: Folded | None = None
        self._greatest = self._closed = ""  # order keys of the changes
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute("SET TimeZone = 'UTC'")
        self.empty = {table: pl.DataFrame(lake_schema(contract, table).empty_table()) for table in (*Lane, SNAPSHOT)}
        for table, name in (
            (Lane.FILES, names.files_table(contract.name)),
            (Lane.CHANGES, names.changes_table(contract.name)),
            (SNAPSHOT, names.snapshot_table(contract.name)),
        ):
            self._insert("CREATE TABLE {} AS SELECT * FROM rows", name, self.empty[table])

    def commit_changes(self, rows: pl.DataFrame) -> None:
        """Append rows in the open epoch, outranked ones in none, as `late_rows` does for a table in Iceberg."""
        name = names.changes_table(self.contract.name)
        rows = with_key_digest(rows, self.contract.key)
        after = self.folded.epoch if self.folded else OUTRANKED
        known = pl.concat(
            self._connection.execute(f"SELECT {KEY_HIGH}, {KEY_LOW}, {ORDER_KEY} AS known FROM {source}").pl()
            for source in (
                names.snapshot_table(self.contract.name),
                f"{name} WHERE {EPOCH} > {after} AND {EPOCH} < {self.epoch}",
            )
        )
        newest = known.group_by(KEY_HIGH, KEY_LOW).agg(pl.col("known").max())
        late = pl.col(ORDER_KEY) <= self._closed
        outranked = late & (pl.col("known") > pl.col(ORDER_KEY)).fill_null(value=False)
        rows = rows.join(newest, on=[KEY_HIGH, KEY_LOW], how="left").with_columns(
            pl.when(outranked).then(OUTRANKED).otherwise(self.epoch).cast(pl.Int64).alias(EPOCH)
        )
        self._greatest = max(self._greatest, *rows[ORDER_KEY])
        self._insert("INSERT INTO {} SELECT * FROM rows", name, rows.select(self.empty[Lane.CHANGES].columns))

    def replace_day(self, day: Any, rows: pl.DataFrame) -> None:
        """Deliver a day of files, as the files lane does."""
        name = names.files_table(self.contract.name)
        former = self._connection.execute(f"SELECT * FROM {name} WHERE {DAY} = ?", [day]).pl()
        former = former.cast(dict(self.empty[Lane.FILES].schema))
        newest = former[INGESTED_AT].max()
        moment = later_than(newest if isinstance(newest, datetime) else None, self.now)
        rows = with_key_digest(rows, self.contract.key)
        last = last_rows(rows)
        placed = former.with_row_index(POSITION)
        found = compared(placed, last, pl.DataFrame(schema=KEY_SCHEMA), pl.lit(value=False))
        assert found.retained.is_empty()
        fresh = raised(rows, lowered(found.decided, last))
        dead = tombstones(self.contract, former[found.gone])
        columns = self.empty[Lane.FILES].columns
        epoch = pl.lit(self.epoch, pl.Int64).alias(EPOCH)
        new = [stamped(part, "batch", moment).with_columns(epoch) for part in (fresh, dead)]
        parts = [part.select(columns) for part in new]
        self._connection.execute(f"DELETE FROM {name} WHERE {DAY} = ?", [day])
        self._insert("INSERT INTO {} SELECT * FROM rows", name, pl.concat(parts))

    def fold(self, *bounds: date) -> Iterator[None]:
        """Close the epoch and fold in parts, with a pause after each; what counts as folded moves after the last."""
        epoch, self.epoch, self._closed = self.epoch, self.epoch + 1, self._greatest
        for after, until in pairwise([None, *bounds, None]):
            sql = statements.fold(self.contract, self.folded, epoch, LookUp.ALL_ROWS, after, until)
            self._connection.execute(translated(sql))
            yield
        self.folded = Folded(epoch, self.now)

    def view(self, columns: str) -> list[tuple[Any, ...]]:
        sql = translated(statements.current_view(self.contract, self.folded))
        return sorted(self._connection.execute(f"SELECT {columns} FROM ({sql})").fetchall())

    def show_view(self) -> None:
        """Make the current view by its name, in the platform's database; its moments are without a zone, as there."""
        place, sql = f"{names.DATABASE}.{self.contract.name}", statements.current_view(self.contract, self.folded)
        moment = self.contract.partition_field
        shown = f"SELECT * REPLACE (CAST({moment} AS timestamp) AS {moment}) FROM ({translated(sql)})"
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {names.DATABASE}")
        self._connection.execute(f"CREATE OR REPLACE VIEW {place} AS {shown}")
        self._connection.execute(f"CREATE OR REPLACE VIEW {self.contract.name} AS FROM {place}")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(translated(sql)).fetchall()

    def rows(self, name: str) -> pl.DataFrame:
        return self._connection.execute(f"SELECT * FROM {name}").pl()

    def close(self) -> None:
        self._connection.close()

    def _insert(self, statement: str, table: str, rows: pl.DataFrame) -> None:
        self._connection.register("rows", rows.to_arrow())
        self._connection.execute(statement.format(table))
        self._connection.unregister("rows")


@cache
def translated(sql: str) -> str:
    """A statement of the warehouse in DuckDB's dialect."""
    return sqlglot.transpile(sql, read="athena", write="duckdb")[0]
