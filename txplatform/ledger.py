"""What has landed and is pending, done or failed, and each entity's watermark: the state that detection asks.

The Lambda `landing` writes a row for every object version; a run takes rows from here and marks them after its commit.
A micro-batch is fixed before it is read: one slot for a lane and entity names the open batch and its objects, so
whoever resumes it after a crash finds the same id for the same rows. The next batch opens when none of its objects is
pending, or when those that are have failed so often that they may be what fails it. Such stuck objects are tried one at
a time after all others: rows that reach the lake twice for it change nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from txplatform.aws import AwsClients
from txplatform.clock import parse_timestamp, timestamp_text, utc_now
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.landed import (
    Attributes,
    Batch,
    LandedObject,
    UnrecognisedObject,
    from_item,
    from_unrecognised_item,
    item_key,
    partition,
    to_item,
    unrecognised_partition,
)

MAX_ATTEMPTS = 5
UNFINISHED = "the attempt has not ended: it is at work, or its process was killed"
_BACK_OFF, _LONGEST_BACK_OFF = timedelta(seconds=5), timedelta(minutes=5)  # doubled with every attempt, up to the cap
_READ_PAGE, _WRITE_PAGE = 100, 25  # limits of BatchGetItem and BatchWriteItem
_PARALLEL = 8
_BATCH = 500  # objects
_REASON_LENGTH = 1000
_CURRENT = "current"


class Ledger:
    """The ledger table in DynamoDB."""

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients
        self._table = names.LEDGER_TABLE

    def pending(self, lane: Lane, entities: str | Iterable[str], now: datetime | None = None) -> list[LandedObject]:
        """Objects not yet in the lake, oldest first; with `now`, only those whose back-off is over by then."""
        wanted = [entities] if isinstance(entities, str) else list(entities)
        objects = [item for entity in wanted for item in self._query_pending(lane, entity)]
        return sorted(
            (item for item in objects if now is None or item.is_due(now)),
            key=lambda item: (item.landed_at, item.object_key),
        )

    def claim(self, lane: Lane, entity: str, limit: int = _BATCH, now: datetime | None = None) -> list[Batch]:
        """The batch to commit next: the open one with its full composition, or a new one of up to `limit` objects.

        Empty when nothing is due. Two claimers get the same batch; `append_once` lets one of them commit it.
        """
        now = now or utc_now()
        while True:
            slot = self._read(_slot(lane, entity))
            batch = self._next(lane, entity, slot, limit, now)
            if batch is None:
                return []
            if _is_open(slot, batch) or self._open(lane, entity, slot, batch):
                return [_stamped(batch)]

    def claimable(self, lane: Lane, entity: str, now: datetime) -> tuple[LandedObject, ...]:
        """The objects that `claim` would give now, none when it would give nothing; no batch is opened."""
        batch = self._next(lane, entity, self._read(_slot(lane, entity)), _BATCH, now)
        return batch.objects if batch else ()

    def done(self, objects: Iterable[LandedObject]) -> None:
        """Mark objects as being in the lake (or in quarantine), after the commit."""
        done_at = {"S": timestamp_text(utc_now())}
        puts = [
            {"PutRequest": {"Item": {**to_item(item), "state": {"S": "DONE"}, "done_at": done_at}}} for item in objects
        ]
        client = self._clients.client("dynamodb")
        for start in range(0, len(puts), _WRITE_PAGE):
            requests: Mapping[str, Any] = {self._table: puts[start : start + _WRITE_PAGE]}
            while requests:
                requests = client.batch_write_item(RequestItems=requests).get("UnprocessedItems", {})

    def attempt(self, objects: Iterable[LandedObject], now: datetime | None = None) -> list[LandedObject]:
        """Count an attempt on each object and put off the next one; return the objects as they are then.

        To be called before the work on them: a process that is killed by its work has been counted too.
        """
        now = now or utc_now()
        tried = [_put_off(replace(item, attempts=item.attempts + 1, reason=UNFINISHED), now) for item in objects]
        self._note(tried)
        return tried

    def failed(
        self, objects: Iterable[LandedObject], reason: str, *, terminal: bool = False, now: datetime | None = None
    ) -> list[LandedObject]:
        """Say why an attempt failed and back off from now; return the objects as they are then, save finished ones.

        A `terminal` error is counted, any other starts that count anew. Those of MAX_ATTEMPTS are for `refuse`, once
        people know.
        """
        now = now or utc_now()
        counted = [
            replace(item, reason=reason, terminal_attempts=item.terminal_attempts + 1 if terminal else 0)
            for item in objects
        ]
        return self._note(_put_off(item, now) for item in counted)

    def refuse(self, objects: Iterable[LandedObject], reason: str) -> None:
        """Give objects up, e.g. those of a day outside the entity's partitions."""
        for item in objects:
            self._update(
                item,
                "SET #state = :failed, attempts = :attempts, reason = :reason REMOVE pending, retry_at",
                {
                    ":failed": {"S": "FAILED"},
                    ":attempts": {"N": str(item.attempts)},
                    ":reason": {"S": reason[:_REASON_LENGTH]},
                },
                aliases={"#state": "state"},
            )

    def given_up(self, lane: Lane, entity: str) -> list[LandedObject]:
        """Objects given up for good, oldest first. Reads all rows of the lane: for an operator, not for a sensor."""
        rows = self._rows_below(partition(lane, entity), names.lane_prefix(lane, entity))
        objects = [from_item(row) for row in rows if row["state"]["S"] == "FAILED"]
        return sorted(objects, key=lambda item: (item.landed_at, item.object_key))

    def given_up_between(self, lane: Lane, entity: str, first: date, last: date) -> list[LandedObject]:
        """Objects of a range of days given up for good. Reads the rows of these days alone."""
        prefix = f"{names.lane_prefix(lane, entity)}dt="
        limits = {":first": {"S": f"{prefix}{first}/"}, ":last": {"S": f"{prefix}{last}0"}}  # 0 is what follows /
        rows = self._rows_where(partition(lane, entity), "sk BETWEEN :first AND :last", limits)
        return [from_item(row) for row in rows if row["state"]["S"] == "FAILED"]

    def unrecognised(self, lane: Lane) -> list[UnrecognisedObject]:
        """Objects under the lane's prefix that have no place in the lake, oldest first."""
        rows = self._rows_below(unrecognised_partition(lane), f"{names.LANE_PREFIXES[lane]}/")
        return sorted(map(from_unrecognised_item, rows), key=lambda item: (item.landed_at, item.object_key))

    def redrive(self, lane: Lane, entity: str) -> int:
        """Make the objects given up for good pending again, as if they had just landed; return how many."""
        given_up = self.given_up(lane, entity)
        for item in given_up:
            self._update(
                item,
                "SET #state = :state, pending = :pending, attempts = :attempts REMOVE reason, terminal_attempts",
                {
                    ":state": {"S": "PENDING"},
                    ":pending": {"S": partition(lane, entity)},
                    ":attempts": {"N": "0"},
                    ":failed": {"S": "FAILED"},
                },
                condition="#state = :failed",
                aliases={"#state": "state"},
            )
        return len(given_up)

    def watermark(self, entity: str) -> datetime | None:
        """Everything ingested up to this moment is in the entity's snapshot; None before the first fold."""
        item = self._read(_watermark(entity))
        return parse_timestamp(item["watermark"]["S"]) if item else None

    def set_watermark(self, entity: str, watermark: datetime) -> None:
        """Move the watermark forward; an older one than the present is left alone."""
        text = {"S": timestamp_text(watermark)}
        client = self._clients.client("dynamodb")
        with suppress(client.exceptions.ConditionalCheckFailedException):
            client.put_item(
                TableName=self._table,
                Item={**_watermark(entity), "watermark": text},
                ConditionExpression="attribute_not_exists(pk) OR watermark < :watermark",
                ExpressionAttributeValues={":watermark": text},
            )

    def reconcile(self, lane: Lane, entity: str, days: Iterable[date] | None = None) -> int:
        """List the prefixes of the days, or of all there are, and add rows for object versions no notification told of.

        Return how many. A listing names no versions. So an object counts as known if a row of its content is as young
        as itself, and none of other content; of any other object the version is looked up, and is added unless there is
        a row of it.
        """
        bucket, client = self._clients.settings.lake_bucket, self._clients.client("s3")
        pages = client.get_paginator("list_objects_v2")
        added = 0
        for day in self._landed_days(lane, entity) if days is None else days:
            prefix = f"{names.lane_prefix(lane, entity)}dt={day}/"
            known = defaultdict[str, list[LandedObject]](list)
            for row in map(from_item, self._rows_below(partition(lane, entity), prefix)):
                known[row.object_key].append(row)
            for page in pages.paginate(Bucket=bucket, Prefix=prefix):
                for listed in page.get("Contents", ()):
                    key = listed["Key"]
                    young = {row.etag for row in known[key] if row.landed_at >= listed["LastModified"]}
                    if "/" in (key.removeprefix(prefix) or "/") or young == {listed["ETag"].strip('"')}:
                        continue
                    head = client.head_object(Bucket=bucket, Key=key)
                    item = LandedObject(
                        lane=lane,
                        entity=entity,
                        bucket=bucket,
                        object_key=key,
                        version_id=head.get("VersionId", "null"),
                        etag=head["ETag"].strip('"'),
                        size=head["ContentLength"],
                        landed_at=listed["LastModified"],
                        dt=day,
                    )
                    added += self._add(item)
        return added

    def _landed_days(self, lane: Lane, entity: str) -> Iterable[date]:
        """The days that have a prefix; one whose name is no day is left out."""
        lane_prefix = names.lane_prefix(lane, entity)
        pages = self._clients.client("s3").get_paginator("list_objects_v2")
        for page in pages.paginate(
            Bucket=self._clients.settings.lake_bucket, Prefix=f"{lane_prefix}dt=", Delimiter="/"
        ):
            for listed in page.get("CommonPrefixes", ()):
                with suppress(ValueError):
                    yield date.fromisoformat(listed["Prefix"].removeprefix(f"{lane_prefix}dt=").rstrip("/"))

    def _rows_below(self, partition_key: str, prefix: str) -> Iterable[Attributes]:
        return self._rows_where(partition_key, "begins_with(sk, :prefix)", {":prefix": {"S": prefix}})

    def _rows_where(self, partition_key: str, condition: str, values: Attributes) -> Iterable[Attributes]:
        pages = self._clients.client("dynamodb").get_paginator("query")
        for page in pages.paginate(
            TableName=self._table,
            KeyConditionExpression=f"pk = :partition AND {condition}",
            ExpressionAttributeValues={":partition": {"S": partition_key}, **values},
        ):
            yield from page["Items"]

    def _add(self, item: LandedObject) -> bool:
        client = self._clients.client("dynamodb")
        try:
            client.put_item(
                TableName=self._table,
                Item={**to_item(item), "state": {"S": "PENDING"}, "pending": {"S": partition(item.lane, item.entity)}},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _note(self, objects: Iterable[LandedObject]) -> list[LandedObject]:
        """Write down where pending objects stand, several at a time; return those that are pending still."""

        def note(item: LandedObject) -> bool:
            assert item.retry_at is not None
            assert item.reason is not None
            return self._update(
                item,
                "SET attempts = :attempts, terminal_attempts = :terminal, retry_at = :retry_at, reason = :reason",
                {
                    ":attempts": {"N": str(item.attempts)},
                    ":terminal": {"N": str(item.terminal_attempts)},
                    ":retry_at": {"S": timestamp_text(item.retry_at)},
                    ":reason": {"S": item.reason[:_REASON_LENGTH]},
                },
            )

        noted = list(objects)
        with ThreadPoolExecutor(_PARALLEL) as threads:
            return [item for item, pending in zip(noted, threads.map(note, noted), strict=True) if pending]

    def _update(
        self,
        item: LandedObject,
        expression: str,
        values: Attributes,
        *,
        condition: str = "attribute_exists(pending)",
        aliases: dict[str, str] | None = None,
    ) -> bool:
        """Change a row while the condition holds and say whether it did: one finished meanwhile stays as it is."""
        client = self._clients.client("dynamodb")
        try:
            client.update_item(
                TableName=self._table,
                Key=item_key(item),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                **({"ExpressionAttributeNames": aliases} if aliases else {}),
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _query_pending(self, lane: Lane, entity: str, page_size: int | None = None) -> Iterable[LandedObject]:
        """Pending objects, oldest first, read page by page as they are asked for."""
        pages = self._clients.client("dynamodb").get_paginator("query")
        for page in pages.paginate(
            TableName=self._table,
            IndexName=names.LEDGER_PENDING_INDEX,
            KeyConditionExpression="pending = :partition",
            ExpressionAttributeValues={":partition": {"S": partition(lane, entity)}},
            PaginationConfig={"PageSize": page_size},
        ):
            yield from map(from_item, page["Items"])

    def _read(self, key: Attributes) -> Attributes:
        answer = self._clients.client("dynamodb").get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item", {})

    def _fetch(self, lane: Lane, entity: str, sort_keys: Sequence[str]) -> list[Attributes]:
        """The rows under these sort keys as they are now: the index that names them may lag behind."""
        client, found = self._clients.client("dynamodb"), list[Attributes]()
        for start in range(0, len(sort_keys), _READ_PAGE):
            page = sort_keys[start : start + _READ_PAGE]
            keys = [{"pk": {"S": partition(lane, entity)}, "sk": {"S": key}} for key in page]
            requests: Mapping[str, Any] = {self._table: {"Keys": keys, "ConsistentRead": True}}
            while requests:
                answer = client.batch_get_item(RequestItems=requests)
                found += answer["Responses"].get(self._table, [])
                requests = answer.get("UnprocessedKeys", {})
        return found

    def _next(self, lane: Lane, entity: str, slot: Attributes, limit: int, now: datetime) -> Batch | None:
        """The batch in the slot while objects of it wait and are not stuck, else a new one; None if that is not due."""
        if slot:
            batch = Batch(slot["batch_id"]["S"], self._members(lane, entity, slot))
            waiting = [item for item in batch.objects if item.batch_id is None]
            if not all(map(_is_stuck, waiting)):
                return batch if all(item.is_due(now) for item in waiting) else None
        rows = self._fetch(lane, entity, [item.sort_key for item in self._candidates(lane, entity, limit, now)])
        current = [item for item in map(from_item, filter(_is_pending, rows)) if item.is_due(now)]
        objects = sorted(current, key=lambda item: (item.landed_at, item.object_key))
        return Batch(f"{lane}-{entity}-{_sequence(slot) + 1:010d}", tuple(objects)) if objects else None

    def _candidates(self, lane: Lane, entity: str, limit: int, now: datetime) -> list[LandedObject]:
        """The oldest due objects that are not stuck; if there is none, the stuck ones that have been due for longest.

        Of those half at a time, and fewer the more attempts have failed: after an outage they get through in a few
        batches, while one that cannot pass is soon alone.
        """
        fresh, stuck = list[LandedObject](), list[LandedObject]()
        for item in self._query_pending(lane, entity, limit):
            if item.is_due(now):
                (stuck if _is_stuck(item) else fresh).append(item)
            if len(fresh) == limit:
                break
        stuck.sort(key=lambda item: item.retry_at or item.landed_at)
        share = min(len(stuck), limit) >> (stuck[0].attempts - MAX_ATTEMPTS + 1) if stuck else 0
        return fresh or stuck[: max(share, 1)]

    def _members(self, lane: Lane, entity: str, slot: Attributes) -> tuple[LandedObject, ...]:
        """The open batch's objects; those no longer pending carry the batch's id."""
        order = [member["S"] for member in slot["members"]["L"]]
        rows = {row["sk"]["S"]: row for row in self._fetch(lane, entity, order)}
        batch_id = slot["batch_id"]["S"]
        members = ((rows[key], replace(from_item(rows[key]), batch_id=None)) for key in order if key in rows)
        return tuple(item if _is_pending(row) else replace(item, batch_id=batch_id) for row, item in members)

    def _open(self, lane: Lane, entity: str, slot: Attributes, batch: Batch) -> bool:
        """Put the batch into the slot, unless another claimer has opened one since the slot was read."""
        sequence = _sequence(slot)
        members = [{"S": item.sort_key} for item in batch.objects]
        client = self._clients.client("dynamodb")
        try:
            client.put_item(
                TableName=self._table,
                Item={
                    **_slot(lane, entity),
                    "sequence": {"N": str(sequence + 1)},
                    "batch_id": {"S": batch.batch_id},
                    "members": {"L": members},
                },
                ConditionExpression="attribute_not_exists(pk) OR #sequence = :sequence",
                ExpressionAttributeNames={"#sequence": "sequence"},
                ExpressionAttributeValues={":sequence": {"N": str(sequence)}},
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _slot(lane: Lane, entity: str) -> Attributes:
    return {"pk": {"S": f"batch#{lane}#{entity}"}, "sk": {"S": _CURRENT}}


def _watermark(entity: str) -> Attributes:
    return {"pk": {"S": f"watermark#{entity}"}, "sk": {"S": _CURRENT}}


def _is_open(slot: Attributes, batch: Batch) -> bool:
    return bool(slot) and slot["batch_id"]["S"] == batch.batch_id


def _sequence(slot: Attributes) -> int:
    return int(slot["sequence"]["N"]) if slot else 0


def _is_stuck(item: LandedObject) -> bool:
    return item.attempts >= MAX_ATTEMPTS


def _put_off(item: LandedObject, now: datetime) -> LandedObject:
    """The object with its next attempt after the back-off for the attempts it has had."""
    doublings = min(max(item.attempts - 1, 0), 10)  # the cap is reached long before
    return replace(item, retry_at=now + min(_BACK_OFF * 2**doublings, _LONGEST_BACK_OFF))


def _is_pending(item: Attributes) -> bool:
    return "pending" in item


def _stamped(batch: Batch) -> Batch:
    return Batch(batch.batch_id, tuple(replace(item, batch_id=batch.batch_id) for item in batch.objects))
