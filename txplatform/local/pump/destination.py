"""Sends the records that a stream mapping abandoned to its on-failure destination, in the form AWS writes.

A queue or topic gets the metadata alone, a bucket the records as well:
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from txplatform.local.errors import LocalStackError
from txplatform.local.functions import Outcome
from txplatform.local.pump.mappings import EventSourceMapping


class OnFailure:
    """The on-failure destination of one mapping; without one, abandoned records are gone, as on AWS."""

    def __init__(self, client: Callable[[str], Any], mapping: EventSourceMapping, shard_id: str) -> None:
        self._client = client
        self._mapping = mapping
        self._shard_id = shard_id

    def send(self, condition: str, records: list[dict[str, Any]], invocations: int, outcome: Outcome) -> None:
        """Report `records` as abandoned for `condition` after so many invocations."""
        destination = self._mapping.destination_arn
        if destination is None:
            return
        now = datetime.now(UTC)
        report = self._report(condition, records, invocations, outcome, now)
        service, name = destination.split(":")[2], destination.rpartition(":")[2]
        match service:
            case "sqs":
                url = self._client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
                self._client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(report))
            case "sns":
                self._client("sns").publish(TopicArn=destination, Message=json.dumps(report))
            case "s3":
                body = json.dumps(report | {"payload": json.dumps({"Records": records})})
                self._client("s3").put_object(Bucket=name, Key=self._object_key(now), Body=body.encode())
            case _:
                raise LocalStackError(f"local stack: no failed records can be sent to {destination}")

    def _object_key(self, now: datetime) -> str:
        moment = now.strftime("%Y/%m/%d/%Y-%m-%dT%H.%M.%S")
        return f"aws/lambda/{self._mapping.uuid}/{self._shard_id}/{moment}-{uuid.uuid4()}"

    def _report(
        self, condition: str, records: list[dict[str, Any]], invocations: int, outcome: Outcome, now: datetime
    ) -> dict[str, Any]:
        created = [record["dynamodb"]["ApproximateCreationDateTime"] for record in records]
        response = {"statusCode": 200, "executedVersion": "$LATEST"}
        return {
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": self._mapping.function_arn,
                "condition": condition,
                "approximateInvokeCount": invocations,
            },
            "responseContext": response | ({"functionError": "Unhandled"} if outcome.error else {}),
            "version": "1.0",
            "timestamp": _instant(now),
            "DDBStreamBatchInfo": {
                "shardId": self._shard_id,
                "startSequenceNumber": records[0]["dynamodb"]["SequenceNumber"],
                "endSequenceNumber": records[-1]["dynamodb"]["SequenceNumber"],
                "approximateArrivalOfFirstRecord": _instant(datetime.fromtimestamp(min(created), UTC)),
                "approximateArrivalOfLastRecord": _instant(datetime.fromtimestamp(max(created), UTC)),
                "batchSize": len(records),
                "streamArn": self._mapping.source_arn,
            },
        }


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
