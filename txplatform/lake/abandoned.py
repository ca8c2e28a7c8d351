"""The change records that a stream's mapping abandoned: where Lambda put them, why, and how they come into the lake.

Lambda writes a batch that failed for too long, records and all, as an object under a prefix of the lake bucket. A
redrive hands it to the function `cdc`, then moves it away: one that is interrupted in between does no more than to
write the same lines again, under the same names.
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.errors import InvocationError
from txplatform.lake.capture import MOST_BYTES, capture, to_json


@dataclass(frozen=True, slots=True)
class AbandonedBatch:
    """Records that a mapping abandoned. `entity` is None where the object is not Lambda's or of no entity's table.

    `reason` is Lambda's condition, such as `RecordAgeExceeded`; `records` is how many there are; times are texts in
    UTC, of the first and last record and of the abandoning.
    """

    uri: str
    object_key: str
    entity: str | None
    reason: str
    records: int
    first_at: str
    last_at: str
    abandoned_at: str


class AbandonedChanges:
    """The abandoned batches in the lake bucket."""

    def __init__(self, clients: AwsClients, bucket: str) -> None:
        self._clients = clients
        self._s3: Any = clients.client("s3")
        self._bucket = bucket

    def waiting(self, entity: str | None = None) -> Iterator[AbandonedBatch]:
        """The batches that have not been redriven, oldest first a shard; of an entity, or all of them."""
        pages = self._s3.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=f"{names.ABANDONED_PREFIX}/"):
            for listed in page.get("Contents", []):
                key = listed.get("Key", "")
                batch = self._described(key, self._document(key))
                if entity is None or batch.entity == entity:
                    yield batch

    def redrive(self, batch: AbandonedBatch) -> int:
        """Bring the records of a batch into the change landing area and move its object away; return how many.

        Raise InvocationError where the function fails, or finds a record that is not a change of an entity: then the
        object stays where it is.
        """
        document = self._document(batch.object_key)
        try:
            records = json.loads(document["payload"])["Records"]
        except (KeyError, TypeError, ValueError) as error:
            raise InvocationError(f"{batch.uri} holds no batch of a stream. Remedy: look into it by hand") from error
        for part in _parts(records):
            event = {"Records": part, "abandoned_at": batch.abandoned_at}
            failed = capture(self._clients, event).get("batchItemFailures")
            if failed:
                number = failed[0].get("itemIdentifier")
                problem = f"record {number} of {batch.uri} is not a change of an entity"
                raise InvocationError(f"{problem}. Remedy: the log of the function says why")
        self._move(batch.object_key)
        return len(records)

    def _move(self, key: str) -> None:
        done = f"{names.REDRIVEN_PREFIX}{key.removeprefix(names.ABANDONED_PREFIX)}"
        self._s3.copy_object(Bucket=self._bucket, Key=done, CopySource={"Bucket": self._bucket, "Key": key})
        self._s3.delete_object(Bucket=self._bucket, Key=key)

    def _document(self, key: str) -> Any:
        try:
            return json.loads(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())
        except ValueError:
            return None
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "NoSuchKey":  # redriven meanwhile
                return None
            uri = f"s3://{self._bucket}/{key}"
            raise InvocationError(f"{uri} could not be read: {error}. Remedy: check the permissions") from error

    def _described(self, key: str, document: Any) -> AbandonedBatch:
        uri = f"s3://{self._bucket}/{key}"
        try:
            info, context = document["DDBStreamBatchInfo"], document["requestContext"]
            return AbandonedBatch(
                uri=uri,
                object_key=key,
                entity=_entity_of(info["streamArn"]),
                reason=str(context["condition"]),
                records=int(info["batchSize"]),
                first_at=str(info["approximateArrivalOfFirstRecord"]),
                last_at=str(info["approximateArrivalOfLastRecord"]),
                abandoned_at=str(document["timestamp"]),
            )
        except (KeyError, TypeError, ValueError):
            return AbandonedBatch(uri, key, None, "the object holds no batch of a stream", 0, "", "", "")


def _entity_of(stream_arn: str) -> str | None:
    table = stream_arn.partition(":table/")[2].partition("/")[0]
    prefix = names.entity_table("")
    return table.removeprefix(prefix) if table.startswith(prefix) else None


def _parts(records: list[Any]) -> Iterator[list[Any]]:
    """The records in halves until each part fits into an event of the function."""
    if len(records) > 1 and len(to_json(records)) > MOST_BYTES:
        middle = len(records) // 2
        yield from _parts(records[:middle])
        yield from _parts(records[middle:])
    elif records:
        yield records
