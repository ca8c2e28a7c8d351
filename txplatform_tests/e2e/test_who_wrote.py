"""Who wrote what, from a message and from calls by other clients to the rows of the lake, tombstones included."""

import gzip
import json
from typing import Any

import pytest

from txplatform.client import ClientCredentials, DataApi
from txplatform.contracts import names
from txplatform_tests.e2e.flow import Platform

pytestmark = pytest.mark.e2e

RECORD = {
    "customer_id": "cus-1",
    "merchant_id": "shop",
    "amount": "10.50",
    "currency": "EUR",
    "status": "captured",
    "method": "card",
    "created_at": "2026-03-02T10:00:00Z",
    "updated_at": "2026-03-02T10:00:00Z",
}
LATER = "2026-03-02T11:00:00Z"


def _entra(platform: Platform) -> DataApi:
    given = platform.environment
    credentials = ClientCredentials(
        given["TXP_ENTRA_TOKEN_URL"],
        given["TXP_ENTRA_CLIENT_ID"],
        given["TXP_ENTRA_CLIENT_SECRET"],
        (given["TXP_ENTRA_SCOPE"],),
    )
    return DataApi(given["TXP_API_URL"], credentials)


def _item(platform: Platform, key: str) -> dict[str, Any]:
    table = names.entity_table("payments")
    answer = platform.clients.client("dynamodb").get_item(TableName=table, Key={"pk": {"S": key}}, ConsistentRead=True)
    return answer.get("Item", {})


def _lines(platform: Platform) -> dict[tuple[str, bool], dict[str, Any]]:
    """The change lines of payments in the landing area, by key and whether they tell of a deletion."""
    s3, bucket = platform.clients.client("s3"), platform.clients.settings.lake_bucket
    prefix = names.lane_prefix(names.Lane.CHANGES, "payments")
    found: dict[tuple[str, bool], dict[str, Any]] = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
            for line in map(json.loads, gzip.decompress(body).splitlines()):
                found[line.get("record", {}).get("payment_id"), line.get("deleted")] = line
    return found


def _provenance(of: dict[str, Any]) -> tuple[Any, ...]:
    """Correlation id, caller and request id: of an item, a line or a row."""
    values = [of.get(f"_{name}", of.get(name)) for name in ("trace_id", "written_by", "request_id")]
    return tuple(value["S"] if isinstance(value, dict) else value for value in values)


def test_a_message_a_put_and_a_deletion_say_who_wrote_them_all_the_way(platform: Platform) -> None:
    sqs = platform.clients.client("sqs")
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName=names.inbound_queue("payments"))["QueueUrl"],
        MessageBody=json.dumps({**RECORD, "payment_id": "who-message"}),
        MessageAttributes={"correlation_id": {"DataType": "String", "StringValue": "who-order-1"}},
    )
    api = platform.api.entity("payments")
    api.replace({**RECORD, "payment_id": "who-deleted"}, "who-deleted", correlation_id="who-order-2")
    _entra(platform).entity("payments").replace(
        {**RECORD, "payment_id": "who-put"}, "who-put", correlation_id="who-order-3"
    )
    platform.wait_until(lambda: _item(platform, "who-message"), 60, "the message's item")
    platform.drain("payments")
    api.delete("who-deleted", version=LATER, correlation_id="who-order-4")
    platform.drain("payments")
    platform.fold("payments")

    secrets = platform.clients.client("secretsmanager")
    source = json.loads(secrets.get_secret_value(SecretId=names.machine_secret(names.SOURCE_CLIENT))["SecretString"])
    callers = {
        "who-message": ("who-order-1", source["client_id"]),
        "who-put": ("who-order-3", platform.environment["TXP_ENTRA_CLIENT_ID"]),
        "who-deleted": ("who-order-4", platform.environment["TXP_CLIENT_ID"]),
    }
    columns = "payment_id, _deleted, _trace_id, _written_by, _request_id"
    sql = f"SELECT {columns} FROM payments_{{}} WHERE payment_id LIKE 'who-%'"
    changes, snapshot = (
        {(row["payment_id"], row["_deleted"]): row for row in platform.athena.arrow(sql.format(table)).to_pylist()}
        for table in ("changes", "snapshot")
    )
    lines = _lines(platform)
    request_ids: set[str] = set()
    for key, (correlation_id, client) in callers.items():
        deleted = key == "who-deleted"
        expected = _provenance(_item(platform, key))
        trace_id, written_by, request_id = expected
        assert trace_id == correlation_id
        issuer, _, client_id = written_by.partition("#")
        assert client_id == client
        assert issuer.startswith("http")
        request_ids.add(request_id)
        assert _provenance(lines[key, deleted]) == expected, "the change line"
        assert _provenance(changes[key, deleted]) == expected, "the row of the change"
        assert _provenance(snapshot[key, deleted]) == expected, "the folded row"
    assert _provenance(changes["who-deleted", False])[0] == "who-order-2", "what was there before it was deleted"
    assert len(request_ids) == len(callers)
