"""The second look at keys that differ: what is in flight, and what is a difference.

No clock of another machine takes part, only what was read in which order. Both sides of a key are read again, the
table first and strongly consistent, until the lake shows a state that the table has had since the first look, or until
the grace period is over, which is the longest that a change may take into the lake. Then a key is in flight if both of
its sides have changed since, or if objects of the changes lane were pending for half of that time or longer: the lake
has not caught up. Else the key differs, as one of its sides stood still for all of that time: a change that the table
had all along has not come, or the lake does not follow.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from txplatform.parity.canonical import Item, Texts
from txplatform.parity.items import Items
from txplatform.parity.lake import LakeRow, LakeSide
from txplatform.parity.store import StoreSide, is_live

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0
_PAUSE_GROWTH = 1.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A key that differed at the first look, and the state of its item then; None if it had no live item."""

    key: str
    state: int | None


@dataclass(frozen=True, slots=True)
class Recheck:
    """What is known of a key at the end: its item and its rows.

    If `moving`, both changed until the end. If `waiting`, the changes lane has not taken in what has landed.
    """

    key: str
    item: Item | None
    rows: tuple[LakeRow, ...]
    moving: bool = False
    waiting: bool = False

    @property
    def in_flight(self) -> bool:
        """Whether nothing can be said of the key yet."""
        return self.moving or self.waiting


@dataclass(slots=True)
class _Watched:
    """A key under observation. `states` are all that its item has been in, with their texts; None if not live."""

    key: str
    first_state: int | None
    first_rows: tuple[LakeRow, ...] | None = None
    item: Item | None = None
    rows: tuple[LakeRow, ...] = ()
    seen: set[Texts | None] = field(default_factory=set[Texts | None])
    moved: bool = False


class Rechecks:
    """Looks again at candidates, a bounded number at a time, all until the same moment."""

    def __init__(
        self,
        items: Items,
        store: StoreSide,
        lake: LakeSide,
        grace_seconds: float,
        pending: Callable[[], Collection[str]] = frozenset,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._items = items
        self._store = store
        self._lake = lake
        self._grace = grace_seconds
        self._clock = clock
        self._sleep = sleep
        self._deadline: float | None = None
        self._pending = pending
        self._landed: dict[str, float] = {}  # pending objects, and when each was first seen

    def decide(self, candidates: Iterable[Candidate]) -> Iterator[Recheck]:
        """Yield what differs or is still moving; a key whose lake side has caught up is not among it.

        The first call sets the moment until which a key may stand still. What has moved since the first look is watched
        for the grace period from each call on.
        """
        watched = {item.key: _Watched(item.key, item.state) for item in candidates}
        began, pause = self._clock(), _FIRST_PAUSE_SECONDS
        self._deadline = began + self._grace if self._deadline is None else self._deadline
        while watched:
            now = self._clock()
            waiting = self._is_waiting(now)  # before the sides are read: what is ingested after that is in the lake
            yield from self._look(watched)
            for key, item in list(watched.items()):
                if now >= (began + self._grace if item.moved else self._deadline):
                    del watched[key]
                    moving = item.moved and item.rows != item.first_rows
                    yield Recheck(key, item.item, item.rows, moving=moving, waiting=waiting)
            if watched:
                self._sleep(pause)
                pause = min(pause * _PAUSE_GROWTH, _LONGEST_PAUSE_SECONDS)

    def _is_waiting(self, now: float) -> bool:
        """Whether an object has been pending for so long that the lake cannot be said to have caught up."""
        self._landed = {uri: self._landed.get(uri, now) for uri in self._pending()}
        return any(now - seen >= self._grace / 2 for seen in self._landed.values())

    def _look(self, watched: dict[str, _Watched]) -> Iterator[Recheck]:
        """Read both sides once and drop the keys that are decided; yield those of them that are not equal now."""
        found: Mapping[str, Item] = self._store.items(watched)
        rows = self._lake.rows(watched)
        for key, item in list(watched.items()):
            item.item, item.rows = found.get(key), tuple(rows.get(key, ()))
            if item.first_rows is None:
                item.first_rows = item.rows
            state = self._items.state(item.item) if item.item is not None and is_live(item.item) else None
            item.moved = item.moved or state != item.first_state
            if item.item is not None and self._items.defects(item.item):
                del watched[key]
                yield Recheck(key, item.item, item.rows)
                continue
            now = self._items.texts(item.item) if item.item is not None and is_live(item.item) else None
            item.seen.add(now)
            if len(item.rows) > 1:
                continue
            shown = item.rows[0].texts if item.rows else None
            if shown in item.seen:
                del watched[key]
                if shown != now:
                    yield Recheck(key, item.item, item.rows, moving=True)
