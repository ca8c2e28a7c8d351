"""Why a bootstrap is right: a table, its stream and the lake as a model, with everything that may happen in between.

The lake's rule is the real one: of a place, a key and partition value, the row with the greatest order key decides.
Hours pass; Lambda abandons a record after 23 of them, a stream trims it after 24.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import example, given
from hypothesis import strategies as st

from lambdas.shared.errors import UndecidedOrderError
from lambdas.shared.registry import SchemaRegistry
from lambdas.shared.timestamps import timestamp_text

KEYS, PLACES = "ab", "xy"
ABANDONED_AFTER, TRIMMED_AFTER = 23, 24  # hours
START = datetime(2026, 11, 1, tzinfo=UTC)


class Item(NamedTuple):
    """A live record: where it lies and what it says."""

    place: str
    value: int


class Record(NamedTuple):
    """A record of the stream."""

    number: int
    hour: float
    key: str
    old: Item | None
    new: Item | None


class Row(NamedTuple):
    """A row of the lake; `value` is None for a tombstone."""

    key: str
    place: str
    order: tuple[int, int]
    value: int | None


@dataclass
class World:
    """The table, what its stream still holds, what was abandoned, and the rows of the lake."""

    table: dict[str, Item] = field(default_factory=dict)
    stream: list[Record] = field(default_factory=list)
    abandoned: list[tuple[Record, float]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    generations: list[tuple[int, float]] = field(default_factory=lambda: [(1, -1e5)])
    hour: float = 0.0
    numbers: int = 0
    enabled: bool = True
    lossless: bool = True
    undecided: bool = False
    skew: float = 0.0
    """Hours by which the clock of whoever starts a generation is ahead of AWS's."""

    def write(self, key: str, item: Item | None) -> None:
        old = self.table.get(key)
        if old == item:
            return
        self.numbers += 1
        self.stream.append(Record(self.numbers, self.hour, key, old, item))
        if item is None:
            del self.table[key]
        else:
            self.table[key] = item

    def deliver(self) -> None:
        """The mapping takes the next record, if it is enabled."""
        if self.enabled and self.stream:
            self._land(self.stream.pop(0), self.generations[-1][0])

    def abandon(self) -> None:
        """The mapping has tried the next record for too long."""
        if self.enabled and self.stream and self.hour - self.stream[0].hour >= ABANDONED_AFTER:
            self.abandoned.append((self.stream.pop(0), self.hour))

    def redrive(self) -> None:
        """The last batch that was abandoned first: their order must not matter."""
        if self.abandoned:
            record, abandoned_at = self.abandoned.pop()
            try:
                generation = self._registry().generation_at("payments", _moment(abandoned_at))
            except UndecidedOrderError:
                self.abandoned.append((record, abandoned_at))
                self.undecided = True
                return
            self._land(record, generation)

    def trim(self) -> None:
        """The stream forgets what it has kept for long enough, unless a mapping has it in its hands."""
        kept = [record for record in self.stream if self.enabled or self.hour - record.hour < TRIMMED_AFTER]
        self.lossless = self.lossless and len(kept) == len(self.stream)
        self.stream = kept

    def bootstrap(self, meanwhile: "list[tuple[str, Item | None]]") -> None:
        """Begin a generation and read the table, with a write and a delivery before each item that is read."""
        generation = self.generations[-1][0] + 1
        self.generations.append((generation, self.hour + self.skew))
        for place, key in enumerate(KEYS):
            for change in meanwhile[place : place + 1]:
                self.write(*change)
                self.deliver()
            item = self.table.get(key)
            if item is not None:
                self.rows.append(Row(key, item.place, (generation, 0), item.value))
        for key, place, order, _ in self.live():
            item = self.table.get(key)
            if order < (generation, 0) and (item is None or item.place != place):
                self.rows.append(Row(key, place, (generation, 0), None))
        self.lossless = True

    def _registry(self) -> SchemaRegistry:
        number, _ = self.generations[-1]
        started = [{"M": {"generation": {"N": str(n)}, "at": {"S": _text(began)}}} for n, began in self.generations[1:]]
        item = {"generation": {"N": str(number)}, "started": {"L": started}}
        return SchemaRegistry(_Table({"Item": item} if started else {}), "registry")

    def live(self) -> list[Row]:
        newest: dict[tuple[str, str], Row] = {}
        for row in self.rows:
            place = (row.key, row.place)
            if place not in newest or row.order > newest[place].order:
                newest[place] = row
        return [row for row in newest.values() if row.value is not None]

    def _land(self, record: Record, generation: int) -> None:
        order = (generation, record.number)
        if record.old is not None and (record.new is None or record.new.place != record.old.place):
            self.rows.append(Row(record.key, record.old.place, order, None))
        if record.new is not None:
            self.rows.append(Row(record.key, record.new.place, order, record.new.value))


@dataclass
class _Table:
    """DynamoDB, as far as the registry reads it."""

    answer: dict[str, Any]

    def get_item(self, **_: Any) -> dict[str, Any]:
        return self.answer


def _text(hour: float) -> str:
    return timestamp_text(_moment(hour))


def _moment(hour: float) -> datetime:
    return START + timedelta(hours=hour)


ITEMS = st.none() | st.builds(Item, st.sampled_from(PLACES), st.integers(0, 9))
WRITES = st.tuples(st.sampled_from(KEYS), ITEMS)
STEPS = st.one_of(
    WRITES,
    WRITES,
    st.sampled_from(["deliver", "deliver", "abandon", "redrive", "trim", "disable", "enable", "minute", "hour", "day"]),
    st.lists(WRITES, max_size=2),
)


SKEW = 4 / 60
OLD, NEW = ("a", Item("x", 1)), ("a", Item("x", 2))


@given(st.lists(STEPS, max_size=40), st.sampled_from([0.0, -SKEW, SKEW]))
@example([OLD, "day", "abandon", NEW, "deliver", []], 0)  # the older change is redriven after a bootstrap
@example([OLD, "day", "abandon", NEW, "deliver", []], -SKEW)
@example([OLD, ("a", None), "day", [], "deliver", "abandon"], 0)  # the later one is abandoned, the older is not
@example([[], OLD, "day", "abandon"], SKEW)  # it is made right after one, and the bootstrap's clock is ahead
@example([OLD, "deliver", "disable", NEW, ("a", None), "day", "hour", "trim", []], 0)  # the record is gone
def test_once_all_has_arrived_the_lake_is_the_table_whatever_happened(steps: list[object], skew: float) -> None:
    world = World(skew=skew)
    for step in steps:
        match step:
            case tuple():
                world.write(*step)
            case list():
                world.bootstrap(step)
            case "disable" | "enable":
                world.trim()
                world.enabled = step == "enable"
            case "minute" | "hour" | "day":
                world.hour += {"minute": 1 / 60, "hour": 1, "day": 23.5}[step]
            case str():
                getattr(world, step)()
    world.trim()
    world.enabled = True
    if not world.lossless:
        world.bootstrap([])
    while world.stream:
        world.deliver()
    while world.abandoned:
        world.undecided = False
        world.redrive()
        if world.undecided:  # as the error asks
            world.hour += 1
            world.bootstrap([])
    assert {row.key: Item(row.place, row.value or 0) for row in world.live()} == world.table
    assert len(world.live()) == len(world.table)
