"""An entity's lake tables in DuckDB's memory: the statements that Athena runs, fast enough for property tests."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import duckdb
import polars as pl
import sqlglot
from sqlglot import exp

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import lake_schema
from txplatform.contracts.render.columns import DAY, SNAPSHOT
from txplatform.lake.redelivery import later_than, replaced
from txplatform.lake.system_columns import stamped
from txplatform.warehouse import statements

START = datetime(2026, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(r"'([0-9-]{10} [0-9:.]{15} UTC)'")
_SOME_MOMENT = "2000-01-01 00:00:00.000000 UTC"


class LakeInMemory:
    """Tables, a clock and a watermark."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.now = START
        self.watermark: datetime | None = None
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
        """Append rows that carry their moment of ingestion already."""
        name = names.changes_table(self.contract.name)
        self._insert("INSERT INTO {} SELECT * FROM rows", name, rows.select(self.empty[Lane.CHANGES].columns))

    def replace_day(self, day: Any, rows: pl.DataFrame) -> None:
        """Deliver a day of files, as the files lane does."""
        name = names.files_table(self.contract.name)
        former = self._connection.execute(f"SELECT * FROM {name} WHERE {DAY} = ?", [day]).pl()
        former = former.cast(dict(self.empty[Lane.FILES].schema))
        moment = later_than(former, self.now)
        keys = former.clear().select(DAY, *self.contract.key)
        fresh, tombstones, retained = replaced(self.contract, former, rows, keys, ())
        columns = self.empty[Lane.FILES].columns
        parts = [stamped(part, "batch", moment).select(columns) for part in (fresh, tombstones)]
        self._connection.execute(f"DELETE FROM {name} WHERE {DAY} = ?", [day])
        self._insert("INSERT INTO {} SELECT * FROM rows", name, pl.concat([*parts, retained.select(columns)]))

    def fold(self, allowance: timedelta, *bounds: date) -> Iterator[None]:
        """Fold in parts, with a pause after each; the watermark moves after the last."""
        for after, until in pairwise([None, *bounds, None]):
            self._connection.execute(translated(statements.fold(self.contract, self.watermark, after, until)))
            yield
        reached = self.now - allowance
        self.watermark = reached if self.watermark is None else max(self.watermark, reached)

    def view(self, columns: str) -> list[tuple[Any, ...]]:
        sql = translated(statements.current_view(self.contract, self.watermark))
        return sorted(self._connection.execute(f"SELECT {columns} FROM ({sql})").fetchall())

    def rows(self, name: str) -> pl.DataFrame:
        return self._connection.execute(f"SELECT * FROM {name}").pl()

    def close(self) -> None:
        self._connection.close()

    def _insert(self, statement: str, table: str, rows: pl.DataFrame) -> None:
        self._connection.register("rows", rows.to_arrow())
        self._connection.execute(statement.format(table))
        self._connection.unregister("rows")


def translated(sql: str) -> str:
    """A statement of the warehouse in DuckDB's dialect."""
    moment = _MOMENT.search(sql)
    text = _translated(_MOMENT.sub(f"'{_SOME_MOMENT}'", sql))
    return text.replace(_SOME_MOMENT, moment[1]) if moment else text


@cache
def _translated(sql: str) -> str:
    tree = sqlglot.parse_one(sql, read="athena")
    for kind in tree.find_all(exp.DataType):
        if kind.this in (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPTZ):
            kind.set("expressions", [])
    text = tree.sql("duckdb")
    return text.replace(" UTC' AS TIMESTAMP)", " UTC' AS TIMESTAMPTZ)")
