"""Which objects have landed and are not in the lake: pending, abandoned, or in no place where anything reads them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.ledger.file_folders import FOLDERS, folder_of, folder_prefix
from txplatform.ledger.rows import (
    LandedObject,
    State,
    UnrecognisedObject,
    from_item,
    from_unrecognised_item,
    is_abandoned,
    partition,
    unrecognised_partition,
)
from txplatform.ledger.table import LedgerTable

MOST_COUNTED = 1000
_AFTER_A_SLASH = "0"  # the character that follows / in the order of keys


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many objects are pending, counted up to MOST_COUNTED, and the first moment at which one of them is due."""

    count: int
    next_attempt: datetime | None


class Objects(LedgerTable):
    """Reads what the ledger holds; changes nothing."""

    def pending(self, lane: Lane, entities: str | Iterable[str], now: datetime | None = None) -> list[LandedObject]:
        """Objects not yet in the lake, oldest first; with `now`, only those whose back-off is over by then."""
        wanted = [entities] if isinstance(entities, str) else list(entities)
        objects = [from_item(row) for entity in wanted for row in self._rows_pending(partition(lane, entity))]
        return sorted((item for item in objects if now is None or item.is_due(now)), key=LandedObject.age_order)

    def due(self, lane: Lane, entity: str, now: datetime) -> Iterator[LandedObject]:
        """Objects whose next attempt is due, the oldest first, read page by page as they are asked for."""
        return map(from_item, self._rows_pending(partition(lane, entity), due_by=now))

    def waiting(self, lane: Lane, entity: str) -> Waiting:
        """What is pending, whenever it is due: a page at most is read, of the oldest."""
        rows = list(islice(self._rows_pending(partition(lane, entity), MOST_COUNTED), MOST_COUNTED))
        retries = [item.retry_at for item in map(from_item, rows) if item.retry_at]
        return Waiting(len(rows), min(retries, default=None))

    def has_pending(self, lane: Lane, entity: str) -> bool:
        """Whether anything is pending, whenever its next attempt is due: one row is read at most."""
        return next(iter(self._rows_pending(partition(lane, entity), 1)), None) is not None

    def abandoned(self, lane: Lane, entity: str) -> list[LandedObject]:
        """Objects that are not tried any more, oldest first.

        Reads all rows of the lane: for an operator, not for a sensor.
        """
        rows = self._rows_below(partition(lane, entity), names.lane_prefix(lane, entity))
        return sorted(map(from_item, filter(is_abandoned, rows)), key=LandedObject.age_order)

    def abandoned_between(self, lane: Lane, entity: str, first: date, last: date) -> list[LandedObject]:
        """Objects of a range of days that are not tried any more. Reads the rows of these days alone."""
        found: list[LandedObject] = []
        for folder in self._folders(lane, entity):
            limits = {":first": {"S": f"{folder}dt={first}/"}, ":last": {"S": f"{folder}dt={last}{_AFTER_A_SLASH}"}}
            rows = self._rows_where(partition(lane, entity), "sk BETWEEN :first AND :last", limits)
            found += map(from_item, filter(is_abandoned, rows))
        return found

    def _folders(self, lane: Lane, entity: str) -> Iterator[str]:
        """The folder of the lane's days, and each that is named for what its files are and has a row: one read each."""
        own = names.lane_prefix(lane, entity)
        yield own
        for kind in FOLDERS if lane is Lane.FILES else ():
            first, last = f"{own}{kind}", f"{own}{kind}~"  # no name begins with ~
            while True:
                limits = {":first": {"S": first}, ":last": {"S": last}}
                rows = self._rows_where(partition(lane, entity), "sk BETWEEN :first AND :last", limits, page_size=1)
                row = next(iter(rows), None)
                folder = None if row is None else folder_of(lane, entity, from_item(row).object_key)
                if folder is None:
                    break
                yield folder_prefix(lane, entity, folder)
                first = f"{own}{folder}{_AFTER_A_SLASH}"

    def entered(
        self, lane: Lane, entity: str, objects: Sequence[LandedObject]
    ) -> dict[str, tuple[State, LandedObject]]:
        """What the ledger holds of these object versions, by sort key; one that it does not know is left out."""
        rows = self._rows(partition(lane, entity), [item.sort_key for item in objects])
        return {row["sk"]["S"]: (State(row["state"]["S"]), from_item(row)) for row in rows}

    def unrecognised(self, lane: Lane) -> list[UnrecognisedObject]:
        """Objects under the lane's prefix that have no place in the lake, oldest first."""
        rows = self._rows_below(unrecognised_partition(lane), f"{names.LANE_PREFIXES[lane]}/")
        return sorted(map(from_unrecognised_item, rows), key=lambda item: (item.landed_at, item.object_key))
