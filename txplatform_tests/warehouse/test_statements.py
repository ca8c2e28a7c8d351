"""Fold, current view and tables of marts under any interleaving: the greatest order key of a key is its state."""

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
from txplatform.contracts.render.columns import DAY, DELETED, EPOCH, INGESTED_AT, KEY_HIGH, KEY_LOW, ORDER_KEY
from txplatform.lake.order_key import LANDED_AT, file_order_keys
from txplatform.warehouse.history import history_view
from txplatform_tests.warehouse.lake_in_memory import START, LakeInMemory
from txplatform_tests.warehouse.mart_in_memory import MartInMemory

TRADES = load_contracts()["trades"]
NARROW = ("venue", "trade_id", "price", "executed_at", "updated_at")  # the statements treat all other fields alike
CONTRACT = replace(TRADES, fields=tuple(TRADES[name] for name in NARROW))
KEYS = [("kraken", "1"), ("kraken", "2"), ("other", "1")]
PARTITIONS = [START, START + timedelta(days=1), None]
DAYS = [date(2026, 1, 1), date(2026, 1, 2)]
COLUMNS = f'venue, trade_id, executed_at, price, "{ORDER_KEY}"'


@dataclass
class World:
    """The lake, the log of changes at their source, and batches read but not yet committed.

    The log holds the rows of each change: its own, and the tombstone of the place that it left. A stream delivers the
    changes of a key in their order; any of them may come again at any time.
    """

    lake: LakeInMemory
    log: list[list[dict[str, Any]]] = field(default_factory=list)
    places: dict[int, Any] = field(default_factory=dict)  # of each key, the partition value of its item
    read_up_to: dict[int, int] = field(default_factory=dict)
    open: list[pl.DataFrame] = field(default_factory=list)
    deliveries: int = 0
    folded_files: pl.DataFrame | None = None
    mart: MartInMemory | None = None

    def step(self, name: str, *arguments: Any) -> None:
        getattr(self, name)(*arguments)
        self.lake.now += timedelta(microseconds=1)

    def write(self, key: int, partition: int, deleted: bool) -> None:
        number = len(self.log) + 1
        moment = PARTITIONS[partition] if deleted or PARTITIONS[partition] else START
        former = self.places.get(key)
        rows = [row(key, moment, number, deleted)]
        if former is not None and former != moment:
            rows.append(row(key, former, number, True))
        self.places[key] = moment
        self.log.append([item | {ORDER_KEY: f"1|000001|{number:040d}", "key": key} for item in rows])

    def read(self, places: list[int]) -> None:
        """Changes of the log, again or late, each with those before it of its key that were not read yet."""
        chosen: list[dict[str, Any]] = []
        for place in places:
            if place >= len(self.log):
                continue
            key = self.log[place][0]["key"]
            first = self.read_up_to.get(key, 0)
            self.read_up_to[key] = max(first, place + 1)
            numbers = [number for number in range(first, place) if self.log[number][0]["key"] == key]
            chosen += [item for number in [*numbers, place] for item in self.log[number]]
        if chosen:
            self.open.append(frame(self.lake, Lane.CHANGES, [item | {INGESTED_AT: self.lake.now} for item in chosen]))

    def commit(self) -> None:
        """Commit the open batch."""
        if self.open:
            self.lake.commit_changes(self.open.pop(0))

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
        made = ("_batch_id", EPOCH, KEY_HIGH, KEY_LOW)
        typed = typed.with_columns(pl.Series(ORDER_KEY, file_order_keys(CONTRACT, typed))).drop(
            LANDED_AT, INGESTED_AT, *made
        )
        self.lake.replace_day(DAYS[day], typed)

    def fold(self, parts: int) -> None:
        """Fold; between the parts, changes are committed, and all that the operational store ever had is exact."""
        files = self.lake.rows(names.files_table(CONTRACT.name))
        for _ in self.lake.fold(*[START.date() - timedelta(days=1), START.date()][: parts - 1]):
            stored = [item for item in self.lake.view(COLUMNS) if item[-1].startswith("1")]
            assert stored == [item for item in self.expected() if item[-1].startswith("1")]
            self.commit()
            if parts == 3:
                self.refresh()
        self.folded_files = files

    def refresh(self) -> None:
        """Bring a mart that is a table up to date, if there is one, by the days that have changed."""
        if self.mart is not None:
            found, expected = self.mart.refresh()
            assert found == expected

    def tick(self, seconds: int) -> None:
        """Let the clock run, or jump back."""
        self.lake.now += timedelta(seconds=seconds)

    def expected(self) -> list[tuple[Any, ...]]:
        """From the definition alone: of the changes, and the files as of the last fold, the newest row of each key."""
        rows = [self.lake.rows(names.changes_table(CONTRACT.name))]
        if self.folded_files is not None:
            rows.append(self.folded_files.drop(DAY))
        key = ["venue", "trade_id"]
        newest = pl.concat(rows, how="vertical_relaxed").sort(ORDER_KEY, ~pl.col(DELETED), INGESTED_AT).group_by(key)
        live = newest.last().filter(~pl.col(DELETED))
        columns = [*key, "executed_at", "price", ORDER_KEY]
        return sorted(live.select(columns).iter_rows())


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
    name = choose.choices(
        ("write", "read", "commit", "deliver", "fold", "tick", "refresh"), weights=(5, 4, 5, 4, 2, 2, 2)
    )[0]
    arguments: dict[str, tuple[Any, ...]] = {
        "write": (some_key, choose.randrange(3), choose.random() < 0.3),
        "read": ([choose.randrange(14) for _ in range(choose.randrange(1, 5))],),
        "commit": (),
        "deliver": (
            choose.randrange(2),
            [(choose.randrange(3), choose.randrange(4), choose.randrange(2)) for _ in range(choose.randrange(4))],
        ),
        "fold": (choose.randrange(1, 4),),
        "refresh": (),
        "tick": (choose.choice((1, 30, 3600, -3600)),),
    }
    return name, *arguments[name]


@pytest.mark.parametrize("seed", range(24))
def test_view_is_the_exact_state_under_any_interleaving_and_any_clock(seed: int) -> None:
    choose, lake = random.Random(seed), LakeInMemory(CONTRACT)
    world = World(lake, mart=MartInMemory(lake) if seed % 3 == 0 else None)
    try:
        for _ in range(60):
            name, *arguments = random_step(choose)
            world.step(name, *arguments)
            assert name not in ("fold", "commit") or world.lake.view(COLUMNS) == world.expected()
        for _ in range(2):  # the second has nothing left to fold
            world.step("fold", 1)
            assert world.lake.view(COLUMNS) == world.expected()
            world.step("refresh")
        snapshot = world.lake.rows(names.snapshot_table(CONTRACT.name))
        assert snapshot.height
        live = snapshot.filter(~pl.col(DELETED))
        assert live.select("venue", "trade_id").is_duplicated().sum() == 0
        history = history_view(CONTRACT).sql
        open_ended = f"SELECT {COLUMNS.replace('_order_key', 'order_key')} FROM ({history}) WHERE valid_to IS NULL"
        assert sorted(lake.run(f"{open_ended} AND operation <> 'delete'")) == world.expected()
    finally:
        world.lake.close()


def test_a_record_that_has_left_a_day_where_a_file_had_put_it_is_missed_there() -> None:
    lake = LakeInMemory(CONTRACT)
    world = World(lake, mart=MartInMemory(lake))
    world.deliver(0, [(0, 1, 0), (1, 1, 0)])
    world.fold(1)
    world.refresh()
    world.write(0, 1, deleted=False)
    world.read([0])
    world.commit()
    world.refresh()
    world.fold(1)
    world.deliver(1, [(1, 2, 1)])
    world.refresh()
    world.fold(1)
    world.refresh()
    assert [item[2] for item in world.lake.view(COLUMNS)] == [PARTITIONS[1]] * 2
    world.lake.close()
