"""Rows for objects that no notification reported: the landing area is listed and compared with the ledger."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import groupby

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane
from txplatform.contracts.retention import is_replayable
from txplatform.ledger.landing_area import LandingArea
from txplatform.ledger.rows import LandedObject, from_item, partition, pending_item
from txplatform.ledger.table import LedgerTable


class Reconciliation(LedgerTable):
    """Adds what the ledger lacks."""

    landing_area: LandingArea

    def reconcile(self, lane: Lane, entity: str, days: Iterable[date] | None = None) -> int:
        """Add rows for object versions of these days, or of all days there are, that have none; return how many.

        A listing names no versions. So an object counts as known if a row of its content is as young as itself, and no
        row of other content is; of any other object the version is looked up, and it is added unless it has a row.
        An object past its time is left out: the ledger may have forgotten that it is in the lake.
        """
        now = utc_now()
        landed = self.landing_area.objects(lane, entity, None if days is None else list(days))
        listed = (item for item in landed if is_replayable(lane, item.landed_at, now))
        added = 0
        for folder, objects in groupby(listed, key=lambda item: item.object_key.rpartition("/")[0]):
            known = defaultdict[str, list[LandedObject]](list)
            for entered in map(from_item, self._rows_below(partition(lane, entity), f"{folder}/")):
                known[entered.object_key].append(entered)
            for item in objects:
                if {same.etag for same in known[item.object_key] if same.landed_at >= item.landed_at} != {item.etag}:
                    added += self._enter(self.landing_area.current(item))
        return added

    def _enter(self, item: LandedObject) -> bool:
        """Add a row for an object as it is now, and return whether there was none.

        In a bucket without versions the row of its content is pending again if that has landed again since.
        """
        row = pending_item(item)
        if item.has_version:
            return self._put_if("attribute_not_exists(pk)", row)
        return self._put_if("attribute_not_exists(pk) OR landed_at < :landed_at", row, {":landed_at": row["landed_at"]})
