"""The fold and the current view under any interleaving: the greatest order key of a key is its state, folded or not."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.contracts.render.columns import DAY, DELETED, INGESTED_AT, ORDER_KEY
from txplatform.lake.order_key import LANDED_AT, file_order_key
from txplatform_tests.warehouse.lake_in_memory import START, LakeInMemory

TRADES = load_contracts()["trades"]
NARROW = ("venue", "trade_id", "price", "executed_at", "updated_at")  # the statements treat all other fields alike
CONTRACT = replace(TRADES, fields=tuple(TRADES[name] for name in NARROW))
KEYS = [("kraken", "1"), ("kraken", "2"), ("other", "1")]
PARTITIONS = [START, START + timedelta(days=1), None]
DAYS = [date(2026, 1, 1), date(2026, 1, 2)]
COLUMNS = f'venue, trade_id, executed_at, price, "{ORDER_KEY}"'


@dataclass
class World:
    """The lake, the log of changes at their source, and batches read but not yet committed."""

    lake: LakeInMemory
    allowance: timedelta
    log: list[dict[str, Any]] = field(default_factory=list)
    open: list[pl.DataFrame] = field(default_factory=list)
    deliveries: int = 0

    def step(self, name: str, *arguments: Any) -> None:
        getattr(self, name)(*arguments)
        self.lake.now += timedelta(microseconds=1)

    def write(self, key: int, partition: int, deleted: bool) -> None:
        number = len(self.log) + 1
        moment = PARTITIONS[partition] if deleted or PARTITIONS[partition] else START
        self.log.append(row(key, moment, number, deleted) | {ORDER_KEY: f"1|000001|{number:040d}"})

    def read(self, places: list[int]) -> None:
        """Any changes of the log, again or late, in any order."""
        chosen = [self.log[place] for place in places if place < len(self.log)]
        if chosen:
            self.open.append(frame(self.lake, Lane.CHANGES, [item | {INGESTED_AT: self.lake.now} for item in chosen]))

    def commit(self, place: int) -> None:
        """Commit an open batch; one that outlived the allowance is dropped, to be read again."""
        if place < len(self.open):
            rows = self.open.pop(place)
            if self.lake.now - rows[INGESTED_AT].min() < self.allowance:
                self.lake.commit_changes(rows)

    def deliver(self, day: int, rows: list[tuple[int, int, int]]) -> None:
        self.deliveries += 1
        landed_at = START + timedelta(seconds=self.deliveries)
        records = [
            row(key, PARTITIONS[partition], 1000 * self.deliveries + place, False)
            | {"updated_at": START + timedelta(minutes=version), DAY: DAYS[day], "_row": place}
            for place, (key, version, partition) in enumerate(rows, 1)
        ]
        typed = frame(self.lake, Lane.FILES, records).with_columns(
            pl.lit(landed_at).cast(pl.Datetime("us", "UTC")).alias(LANDED_AT)
        )
        typed = typed.with_columns(file_order_key(CONTRACT)).drop(LANDED_AT, INGESTED_AT, "_batch_id")
        self.lake.replace_day(DAYS[day], typed)

    def fold(self, parts: int) -> None:
        for _ in self.lake.fold(self.allowance, *[START.date() - timedelta(days=1), START.date()][: parts - 1]):
            assert self.lake.view(COLUMNS) == self.expected()

    def tick(self, seconds: int) -> None:
        self.lake.now += timedelta(seconds=seconds)

    def expected(self) -> list[tuple[Any, ...]]:
        """From the definition alone: over all rows of both lanes the newest of each key, unless it is a tombstone."""
        tables = (names.files_table(CONTRACT.name), names.changes_table(CONTRACT.name))
        rows = pl.concat([self.lake.rows(name).drop(DAY, strict=False) for name in tables], how="vertical_relaxed")
        newest = rows.sort(ORDER_KEY, INGESTED_AT).group_by("venue", "trade_id").last().filter(~pl.col(DELETED))
        columns = ["venue", "trade_id", pl.col("executed_at").dt.replace_time_zone(None), "price", ORDER_KEY]
        return sorted(newest.select(columns).iter_rows())


def row(key: int, partition: Any, price: int, deleted: bool) -> dict[str, Any]:
    venue, trade_id = KEYS[key]
    return {
        "venue": venue,
        "trade_id": trade_id,
        "executed_at": partition,
        "price": None if deleted else Decimal(price),
        DELETED: deleted,
        ORDER_KEY: "",
        "_occurred_at": START,
        INGESTED_AT: START,
        "_source": "s3://lake/object",
        "_row": 1,
        "_batch_id": "batch",
    }


def frame(lake: LakeInMemory, lane: Lane, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = lake.empty[lane].schema
    return pl.DataFrame([{name: item.get(name) for name in schema} for item in rows], schema=schema, orient="row")


def random_step(choose: random.Random) -> tuple[Any, ...]:
    some_key = choose.randrange(len(KEYS))
    name = choose.choices(("write", "read", "commit", "deliver", "fold", "tick"), weights=(5, 4, 5, 4, 2, 2))[0]
    arguments: dict[str, tuple[Any, ...]] = {
        "write": (some_key, choose.randrange(3), choose.random() < 0.3),
        "read": ([choose.randrange(14) for _ in range(choose.randrange(1, 5))],),
        "commit": (choose.randrange(2),),
        "deliver": (
            choose.randrange(2),
            [(choose.randrange(3), choose.randrange(4), choose.randrange(2)) for _ in range(choose.randrange(4))],
        ),
        "fold": (choose.randrange(1, 4),),
        "tick": (choose.randrange(1, 30),),
    }
    return name, *arguments[name]


@pytest.mark.parametrize("seed", range(24))
def test_view_is_the_exact_state_under_any_interleaving(seed: int) -> None:
    choose = random.Random(seed)
    world = World(LakeInMemory(CONTRACT), timedelta(seconds=choose.choice((1, 5, 20, 60))))
    try:
        for _ in range(60):
            name, *arguments = random_step(choose)
            world.step(name, *arguments)
            if name == "fold":
                assert world.lake.view(COLUMNS) == world.expected()
        assert world.lake.view(COLUMNS) == world.expected()
        world.tick(1000)
        for _ in range(2):  # the second has nothing left to fold
            world.step("fold", 1)
            assert world.lake.view(COLUMNS) == world.expected()
        snapshot = world.lake.rows(names.snapshot_table(CONTRACT.name))
        assert snapshot.height
        live = snapshot.filter(~pl.col(DELETED))
        assert live.select("venue", "trade_id").is_duplicated().sum() == 0
    finally:
        world.lake.close()
