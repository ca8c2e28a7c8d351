"""Rows for objects that no notification reported: what has landed is compared with the ledger, day by day.

What has landed is known from a listing of the landing area, or from the bucket's inventory, of which only what has
changed since the last one is compared.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from txplatform.clock import parse_timestamp, timestamp_text, utc_now
from txplatform.contracts.names import Lane
from txplatform.contracts.retention import is_replayable
from txplatform.ledger.inventory import Inventory, InventoryReport
from txplatform.ledger.landing_area import LandingArea
from txplatform.ledger.rows import Attributes, LandedObject, partition, pending_item
from txplatform.ledger.sorted_objects import SortedObjects
from txplatform.ledger.table import LedgerTable

_OVERLAP = timedelta(days=2)  # S3 may leave recent objects out of a report; the next one has them
_KEPT_EVERY = 10_000  # objects, after which a listing keeps how far it has come


@dataclass(frozen=True, slots=True)
class ListedThrough:
    """How far a listing has come: through which day, with how many objects, and how many of them were added."""

    day: date
    objects: int
    added: int


class Reconciliation(LedgerTable):
    """Adds what the ledger lacks."""

    landing_area: LandingArea
    inventory: Inventory

    def reconcile(self, lane: Lane, entity: str, days: Iterable[date] | None = None) -> int:
        """List these days, or all days there are, and add rows for object versions that have none; return how many."""
        listed = self.landing_area.objects(lane, entity, None if days is None else list(days))
        return sum(added for _, _, added in self._compared(lane, entity, listed))

    def reconcile_others(
        self, lane: Lane, entity: str, hot: tuple[date, date], progress: Callable[[ListedThrough], None]
    ) -> int:
        """List every day but those from the first to the last of `hot`, and add what has no row; return how many.

        One that is interrupted is resumed after the day that it has come through, by whoever lists next.
        """
        before, after = hot[0] - timedelta(days=1), hot[1] + timedelta(days=1)
        slot = {"pk": {"S": f"listing#{lane}#{entity}"}, "sk": {"S": "current"}}
        through = self._row(slot).get("through")
        begin = date.fromisoformat(through["S"]) + timedelta(days=1) if through else None
        ranges = ((begin, before), (max(begin or after, after), None))
        objects = added = kept = 0
        for start, end in ranges:
            listed = self.landing_area.between(lane, entity, start, end) if not _is_empty(start, end) else ()
            for day, seen, new in self._compared(lane, entity, listed):
                objects, added = objects + seen, added + new
                if objects - kept >= _KEPT_EVERY:
                    self._put([{**slot, "through": {"S": day.isoformat()}}])
                    progress(ListedThrough(day, objects, added))
                    kept = objects
        self._put([slot])
        return added

    def reconcile_inventory(self, report: InventoryReport, entities: Collection[str]) -> Mapping[str, int]:
        """Add what a report on the bucket lists and the ledger lacks; return how many objects of each entity.

        What had not changed since the report before was compared then. Raise InventoryError for an unreadable report;
        whatever was added by then stays.
        """
        lane, now = report.lane, utc_now()
        since = {entity: self._inventoried(lane, entity) for entity in entities}
        added = dict.fromkeys(entities, 0)
        with ExitStack() as spools:
            sorted_objects = {entity: spools.enter_context(SortedObjects()) for entity in entities}
            for listed in self.inventory.objects(report):
                item = self.landing_area.landed(lane, listed)
                if item is not None and item.entity in added and is_replayable(lane, item.landed_at, now):
                    before = since[item.entity]
                    if before is None or item.landed_at >= before - _OVERLAP:
                        sorted_objects[item.entity].add(item)
            for entity, objects in sorted_objects.items():
                added[entity] = sum(new for _, _, new in self._compared(lane, entity, objects))
                moment = {"S": timestamp_text(report.made_at)}
                row = {**_inventory_key(lane, entity), "through": moment}
                self._put_if("attribute_not_exists(pk) OR through < :through", row, {":through": moment})
        return added

    def _inventoried(self, lane: Lane, entity: str) -> datetime | None:
        """When the latest report was made that an entity has been compared with."""
        row = self._row(_inventory_key(lane, entity))
        return parse_timestamp(row["through"]["S"]) if row else None

    def _compared(self, lane: Lane, entity: str, landed: Iterable[LandedObject]) -> Iterator[tuple[date, int, int]]:
        """Compare objects, which come by day, with the ledger; yield each day, its objects, and how many were added.

        Neither a listing nor a report names versions. So an object counts as known if a row of its content is as young
        as itself, and no row of other content is; of any other object the version is looked up, and it is added unless
        it has a row. An object past its time is left out: the ledger may have forgotten that it is in the lake.
        """
        now = utc_now()
        for day, objects in groupby(landed, key=lambda item: item.dt):
            seen = added = 0
            known = dict[str, defaultdict[str, list[tuple[str, datetime]]]]()
            for item in objects:
                seen += 1
                folder = item.object_key.rpartition("/")[0]
                if folder not in known:
                    known[folder] = self._known(lane, entity, folder)
                same = {etag for etag, landed_at in known[folder][item.object_key] if landed_at >= item.landed_at}
                if same != {item.etag} and is_replayable(lane, item.landed_at, now):
                    current = self.landing_area.current(item)
                    added += current is not None and self._enter(current)
            yield day, seen, added

    def _known(self, lane: Lane, entity: str, folder: str) -> defaultdict[str, list[tuple[str, datetime]]]:
        """The content and moment of each version of a folder's objects that has a row, by object key."""
        known = defaultdict[str, list[tuple[str, datetime]]](list)
        for row in self._rows_below(partition(lane, entity), f"{folder}/", "object_key", "etag", "landed_at"):
            known[row["object_key"]["S"]].append((row["etag"]["S"], parse_timestamp(row["landed_at"]["S"])))
        return known

    def _enter(self, item: LandedObject) -> bool:
        """Add a row for an object as it is now, and return whether there was none.

        In a bucket without versions the row of its content is pending again if that has landed again since.
        """
        row = pending_item(item)
        if item.has_version:
            return self._put_if("attribute_not_exists(pk)", row)
        return self._put_if("attribute_not_exists(pk) OR landed_at < :landed_at", row, {":landed_at": row["landed_at"]})


def _inventory_key(lane: Lane, entity: str) -> Attributes:
    return {"pk": {"S": f"inventory#{lane}#{entity}"}, "sk": {"S": "current"}}


def _is_empty(start: date | None, end: date | None) -> bool:
    return start is not None and end is not None and end < start
