"""What has landed and is pending, done or failed, and each entity's watermark: the state that detection asks.

The Lambda `landing` writes a row for every object version; a run takes rows from here and marks them after its commit.
A micro-batch is fixed before it is read: one slot for a lane and entity names the open batch and its objects, so
whoever resumes it after a crash finds the same id for the same rows. The next batch opens when none of its objects is
pending.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from txplatform.aws import AwsClients
from txplatform.clock import parse_timestamp, timestamp_text, utc_now
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.landed import Attributes, Batch, LandedObject, from_item, item_key, partition, to_item

MAX_ATTEMPTS = 5
_BACK_OFF = timedelta(seconds=5)  # doubled with every attempt
_READ_PAGE, _WRITE_PAGE = 100, 25  # limits of BatchGetItem and BatchWriteItem
_CURRENT = "current"


class Ledger:
    """The ledger table in DynamoDB."""

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients
        self._table = names.LEDGER_TABLE

    def pending(self, lane: Lane, entities: str | Iterable[str], now: datetime | None = None) -> list[LandedObject]:
        """Objects not yet in the lake, oldest first; with `now`, only those whose back-off is over by then."""
        wanted = [entities] if isinstance(entities, str) else list(entities)
        objects = [from_item(item) for entity in wanted for item in self._query_pending(partition(lane, entity))]
        return sorted(
            (item for item in objects if now is None or item.retry_at is None or item.retry_at <= now),
            key=lambda item: (item.landed_at, item.object_key),
        )

    def claim(self, lane: Lane, entity: str, limit: int = 500, now: datetime | None = None) -> list[Batch]:
        """The batch to commit next: the open one with its full composition, or a new one of up to `limit` objects.

        Empty when nothing is due. Two claimers get the same batch; `append_once` lets one of them commit it.
        """
        now = now or utc_now()
        while True:
            slot = self._read(_slot(lane, entity))
            sequence = int(slot.get("sequence", {"N": "0"})["N"])
            if slot:
                batch = Batch(slot["batch_id"]["S"], self._members(lane, entity, slot))
                waiting = [item for item in batch.objects if item.batch_id is None]
                if waiting:
                    due = all(item.retry_at is None or item.retry_at <= now for item in waiting)
                    return [_stamped(batch)] if due else []
            candidates = [item.sort_key for item in self.pending(lane, entity, now)[:limit]]
            current = [item for item in self._fetch(lane, entity, candidates) if _is_pending(item)]
            objects = sorted(map(from_item, current), key=lambda item: (item.landed_at, item.object_key))
            if not objects:
                return []
            batch = Batch(f"{lane}-{entity}-{sequence + 1:010d}", tuple(objects))
            if self._open(lane, entity, sequence, batch):
                return [_stamped(batch)]

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

    def failed(self, objects: Iterable[LandedObject], reason: str, now: datetime | None = None) -> list[LandedObject]:
        """Count a failed attempt and back off; return the objects given up for good, those at their fifth attempt."""
        now = now or utc_now()
        given_up: list[LandedObject] = []
        for item in objects:
            attempts = item.attempts + 1
            if attempts >= MAX_ATTEMPTS:
                self._fail(item, attempts, reason)
                given_up.append(replace(item, attempts=attempts))
                continue
            self._update(
                item,
                "SET attempts = :attempts, retry_at = :retry_at, reason = :reason",
                {
                    ":attempts": {"N": str(attempts)},
                    ":retry_at": {"S": timestamp_text(now + _BACK_OFF * 2**item.attempts)},
                    ":reason": {"S": reason[:1000]},
                },
            )
        return given_up

    def refuse(self, objects: Iterable[LandedObject], reason: str) -> None:
        """Give objects up at once, e.g. a day outside the entity's partitions."""
        for item in objects:
            self._fail(item, item.attempts, reason)

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
        """List the prefixes of the days, or of all there are, and add rows for objects that no notification told of.

        Return how many.
        """
        bucket, client = self._clients.settings.lake_bucket, self._clients.client("s3")
        pages = client.get_paginator("list_objects_v2")
        added = 0
        for day in self._landed_days(lane, entity) if days is None else days:
            prefix = f"{names.lane_prefix(lane, entity)}dt={day}/"
            known = {(row["object_key"]["S"], row["etag"]["S"]) for row in self._rows_below(lane, entity, prefix)}
            for page in pages.paginate(Bucket=bucket, Prefix=prefix):
                for listed in page.get("Contents", ()):
                    key = listed["Key"]
                    if "/" in (key.removeprefix(prefix) or "/") or (key, listed["ETag"].strip('"')) in known:
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

    def _rows_below(self, lane: Lane, entity: str, prefix: str) -> Iterable[Attributes]:
        pages = self._clients.client("dynamodb").get_paginator("query")
        for page in pages.paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :partition AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":partition": {"S": partition(lane, entity)}, ":prefix": {"S": prefix}},
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

    def _fail(self, item: LandedObject, attempts: int, reason: str) -> None:
        self._update(
            item,
            "SET #state = :failed, attempts = :attempts, reason = :reason REMOVE pending, retry_at",
            {":failed": {"S": "FAILED"}, ":attempts": {"N": str(attempts)}, ":reason": {"S": reason[:1000]}},
            {"#state": "state"},
        )

    def _update(
        self, item: LandedObject, expression: str, values: Attributes, aliases: dict[str, str] | None = None
    ) -> None:
        """Change a row that is still pending; one that another run finished meanwhile stays as it is."""
        client = self._clients.client("dynamodb")
        with suppress(client.exceptions.ConditionalCheckFailedException):
            client.update_item(
                TableName=self._table,
                Key=item_key(item),
                UpdateExpression=expression,
                ConditionExpression="attribute_exists(pending)",
                ExpressionAttributeValues=values,
                **({"ExpressionAttributeNames": aliases} if aliases else {}),
            )

    def _query_pending(self, partition: str) -> Iterable[Attributes]:
        pages = self._clients.client("dynamodb").get_paginator("query")
        for page in pages.paginate(
            TableName=self._table,
            IndexName=names.LEDGER_PENDING_INDEX,
            KeyConditionExpression="pending = :partition",
            ExpressionAttributeValues={":partition": {"S": partition}},
        ):
            yield from page["Items"]

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

    def _members(self, lane: Lane, entity: str, slot: Attributes) -> tuple[LandedObject, ...]:
        """The open batch's objects; those no longer pending carry the batch's id."""
        order = [member["S"] for member in slot["members"]["L"]]
        rows = {row["sk"]["S"]: row for row in self._fetch(lane, entity, order)}
        batch_id = slot["batch_id"]["S"]
        members = ((rows[key], replace(from_item(rows[key]), batch_id=None)) for key in order if key in rows)
        return tuple(item if _is_pending(row) else replace(item, batch_id=batch_id) for row, item in members)

    def _open(self, lane: Lane, entity: str, sequence: int, batch: Batch) -> bool:
        """Put the batch into the slot, unless another claimer has opened one since the slot was read."""
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


def _is_pending(item: Attributes) -> bool:
    return "pending" in item


def _stamped(batch: Batch) -> Batch:
    return Batch(batch.batch_id, tuple(replace(item, batch_id=batch.batch_id) for item in batch.objects))
