"""What is refused keeps its payload and all its reasons, raises one alert, and does not hold up what is valid."""

import gzip
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform_tests.e2e.flow import Platform

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

DAY = date(2026, 3, 2)
HEADER = "payment_id,customer_id,merchant_id,amount,currency,status,method,created_at,updated_at"
TAIL = "2026-03-02T10:00:00Z,2026-03-02T10:00:00Z"


def _payment(number: str, **changes: Any) -> dict[str, Any]:
    record = {
        "payment_id": f"malformed-{number}",
        "customer_id": "cus-1",
        "merchant_id": "shop",
        "amount": "10.50",
        "currency": "EUR",
        "status": "captured",
        "method": "card",
        "created_at": "2026-03-02T10:00:00Z",
        "updated_at": "2026-03-02T10:00:00Z",
    }
    return {name: value for name, value in (record | changes).items() if value is not None}


@pytest.fixture
def alerts(platform: Platform) -> Iterator[Any]:
    """A queue that is subscribed to the alerts; calling it returns the alerts so far."""
    sqs, sns = platform.clients.client("sqs"), platform.clients.client("sns")
    url = sqs.create_queue(QueueName="received-alerts")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = platform.clients.settings.alerts_topic_arn
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
    received: list[dict[str, Any]] = []

    def collect() -> list[dict[str, Any]]:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            received.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return received

    yield collect
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    sqs.delete_queue(QueueUrl=url)


def test_malformed_messages_go_to_the_dead_letter_queue(platform: Platform, alerts: Any) -> None:
    sqs = platform.clients.client("sqs")
    url = sqs.get_queue_url(QueueName=names.inbound_dead_letter_queue("payments"))["QueueUrl"]
    sqs.purge_queue(QueueUrl=url)  # of what other tests of the process had refused
    bad = {
        "wrong-type": _payment("wrong-type", amount="ten"),
        "missing": _payment("missing", customer_id=None, currency=None),
        "enum": _payment("enum", status="teleported"),
    }
    platform.send("payments", [_payment("good-1"), *bad.values(), '{"broken', _payment("good-2")])
    platform.wait_consumed(names.inbound_queue("payments"))

    refused: list[dict[str, Any]] = []

    def all_refused() -> bool:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            refused.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(refused) >= 4

    platform.wait_until(all_refused, 30, "four refused messages")
    assert len(refused) == 4
    by_payload = {message["payload"]: {(r["field"], r["rule"]) for r in message["reasons"]} for message in refused}
    assert by_payload[json.dumps(bad["wrong-type"])] == {("amount", "type")}
    assert by_payload[json.dumps(bad["missing"])] == {("customer_id", "required"), ("currency", "required")}
    assert by_payload[json.dumps(bad["enum"])] == {("status", "enum")}
    assert '{"broken' in by_payload

    assert len(platform.wait_until(alerts, 20, "an alert")) == 1
    platform.drain("payments")
    good = platform.one("SELECT count(*) AS n FROM payments WHERE payment_id LIKE 'malformed-good-%'")
    assert good == {"n": 2}


def test_malformed_files_go_to_quarantine(platform: Platform, alerts: Any) -> None:
    good = [f"file-good-{number},cus-1,shop,1.0{number},EUR,captured,card,{TAIL}" for number in range(3)]
    rows = [HEADER, *good, f"file-bad,,shop,1.001,XXX,captured,card,{TAIL}"]
    without = [HEADER.replace(",amount", ""), f"file-nocol,cus-1,shop,EUR,captured,card,{TAIL}"]
    platform.drop("payments", DAY, "mixed.csv", "\n".join(rows).encode())
    platform.drop("payments", DAY, "no_amount.csv", "\n".join(without).encode())
    platform.drop("payments", DAY, "truncated.csv.gz", gzip.compress("\n".join(rows).encode())[:-20])
    platform.drop("payments", DAY, "empty.csv", b"")
    platform.wait_landed("payments", Lane.FILES, 4)
    platform.materialize("payments_files", days=[DAY])

    found = platform.athena.arrow(
        f"SELECT source, payload, r.field AS field, r.rule AS rule FROM payments_quarantine "
        f"CROSS JOIN UNNEST(reasons) AS r (field, rule, message) WHERE lane = 'files' AND dt = DATE '{DAY}'"
    ).to_pylist()
    reasons: dict[str, set[tuple[str, str]]] = {}
    for row in found:
        name = row["source"].split("?")[0].rsplit("/", 1)[1]
        reasons.setdefault(name, set()).add((row["field"], row["rule"]))
    assert reasons["mixed.csv"] >= {("customer_id", "required"), ("amount", "scale"), ("currency", "enum")}
    assert ("amount", "file.missing_column") in reasons["no_amount.csv"]
    assert {rule for _, rule in reasons["truncated.csv.gz"]} == {"file.truncated_gzip"}
    assert {rule for _, rule in reasons["empty.csv"]} == {"file.empty"}
    assert any("file-bad" in (row["payload"] or "") for row in found)
    assert any("file-nocol" in (row["payload"] or "") for row in found)

    platform.materialize("payments_snapshot", "payments")
    survivors = platform.one(
        "SELECT count(*) AS n, sum(amount) AS value FROM payments WHERE payment_id LIKE 'file-good-%'"
    )
    assert (survivors["n"], str(survivors["value"])) == (3, "3.03")
    assert len(platform.wait_until(alerts, 20, "an alert")) == 1
    assert not [item for item in platform.ledger.pending(Lane.FILES, "payments") if item.dt == DAY]
