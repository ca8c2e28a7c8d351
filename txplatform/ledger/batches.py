"""Micro-batches: which pending objects are committed together, fixed before any of them is read.

One slot for each lane and entity names the open batch and its objects, so whoever resumes it after a crash finds the
same id for the same rows. The next batch opens when no object of the open one is pending, or when those that are
pending have failed so often that they may be what makes it fail. Such stuck objects are tried after all others, in
ever smaller batches: rows that reach the lake twice because of that change nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane
from txplatform.ledger.attempts import MAX_ATTEMPTS
from txplatform.ledger.rows import Attributes, LandedObject, from_item, is_pending, partition
from txplatform.ledger.table import LedgerTable

_BATCH = 500  # objects


@dataclass(frozen=True, slots=True)
class Batch:
    """Objects that are committed together under one id, the same ones whoever commits them."""

    batch_id: str
    objects: tuple[LandedObject, ...]


class Batches(LedgerTable):
    """Opens batches and gives out the open one."""

    def claim(self, lane: Lane, entity: str, limit: int = _BATCH, now: datetime | None = None) -> Batch | None:
        """The batch to commit next: the open one with its full composition, or a new one of up to `limit` objects.

        None when nothing is due. Two claimers get the same batch; `append_once` lets one of them commit it.
        """
        now = now or utc_now()
        while True:
            slot = self._row(_slot(lane, entity))
            batch = self._next(lane, entity, slot, limit, now)
            if batch is None:
                return None
            if _is_open(slot, batch) or self._open(lane, entity, slot, batch):
                return _stamped(batch)

    def claimable(self, lane: Lane, entity: str, now: datetime) -> tuple[LandedObject, ...]:
        """The objects that `claim` would give now, none when it would give nothing; no batch is opened."""
        batch = self._next(lane, entity, self._row(_slot(lane, entity)), _BATCH, now)
        return batch.objects if batch else ()

    def _next(self, lane: Lane, entity: str, slot: Attributes, limit: int, now: datetime) -> Batch | None:
        """The batch in the slot while objects of it wait and are not stuck, else a new one; None if that is not due."""
        if slot:
            batch = Batch(slot["batch_id"]["S"], self._members(lane, entity, slot))
            waiting = [item for item in batch.objects if item.batch_id is None]
            if not all(map(_is_stuck, waiting)):
                return batch if all(item.is_due(now) for item in waiting) else None
        sort_keys = [item.sort_key for item in self._candidates(lane, entity, limit, now)]
        rows = self._rows(partition(lane, entity), sort_keys)  # the index that named them may lag behind
        due = [item for item in map(from_item, filter(is_pending, rows)) if item.is_due(now)]
        objects = tuple(sorted(due, key=LandedObject.age_order))
        return Batch(f"{lane}-{entity}-{_next_sequence(slot, now):016d}", objects) if objects else None

    def _candidates(self, lane: Lane, entity: str, limit: int, now: datetime) -> Sequence[LandedObject]:
        """The oldest due objects that are not stuck; without any, the stuck ones that have been due for longest.

        Of those half at a time, and fewer the more attempts have failed: after an outage they get through in a few
        batches, while one that cannot pass is soon alone.
        """
        fresh, stuck = list[LandedObject](), list[LandedObject]()
        for item in map(from_item, self._rows_pending(partition(lane, entity), limit, due_by=now)):
            if not _is_stuck(item):
                fresh.append(item)
                if len(fresh) == limit:
                    break
            else:
                stuck.append(item)
                if len(stuck) == 2 * limit:  # after an outage there may be more than memory should hold
                    stuck = _longest_due(stuck, limit)
        stuck = _longest_due(stuck, limit)
        share = len(stuck) >> (stuck[0].attempts - MAX_ATTEMPTS + 1) if stuck else 0
        return fresh or stuck[: max(share, 1)]

    def _members(self, lane: Lane, entity: str, slot: Attributes) -> tuple[LandedObject, ...]:
        """The open batch's objects; those no longer pending carry the batch's id."""
        order = [member["S"] for member in slot["members"]["L"]]
        rows = {row["sk"]["S"]: row for row in self._rows(partition(lane, entity), order)}
        batch_id = slot["batch_id"]["S"]
        members = ((rows[key], replace(from_item(rows[key]), batch_id=None)) for key in order if key in rows)
        return tuple(item if is_pending(row) else replace(item, batch_id=batch_id) for row, item in members)

    def _open(self, lane: Lane, entity: str, slot: Attributes, batch: Batch) -> bool:
        """Put the batch into the slot, unless another claimer has opened one since the slot was read."""
        sequence = batch.batch_id.rpartition("-")[2]
        return self._put_if(
            "attribute_not_exists(pk) OR #sequence = :sequence",
            {
                **_slot(lane, entity),
                "sequence": {"N": str(int(sequence))},
                "batch_id": {"S": batch.batch_id},
                "members": {"L": [{"S": item.sort_key} for item in batch.objects]},
            },
            {":sequence": {"N": str(_sequence(slot))}},
            {"#sequence": "sequence"},
        )


def _slot(lane: Lane, entity: str) -> Attributes:
    return {"pk": {"S": f"batch#{lane}#{entity}"}, "sk": {"S": "current"}}


def _is_open(slot: Attributes, batch: Batch) -> bool:
    return bool(slot) and slot["batch_id"]["S"] == batch.batch_id


def _sequence(slot: Attributes) -> int:
    return int(slot["sequence"]["N"]) if slot else 0


def _next_sequence(slot: Attributes, now: datetime) -> int:
    """The number of the next batch: above the last one, and above those of a ledger that was lost or restored.

    A table refuses a batch with a number below that of the last one it holds.
    """
    return max(_sequence(slot) + 1, int(now.timestamp() * 1000))


def _longest_due(objects: list[LandedObject], limit: int) -> list[LandedObject]:
    return sorted(objects, key=lambda item: item.retry_at or item.landed_at)[:limit]


def _is_stuck(item: LandedObject) -> bool:
    return item.attempts >= MAX_ATTEMPTS


def _stamped(batch: Batch) -> Batch:
    return Batch(batch.batch_id, tuple(replace(item, batch_id=batch.batch_id) for item in batch.objects))
