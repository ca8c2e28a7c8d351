"""What a source system posts to the door of the running stack: into its queue, and as a record out of the API."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.contracts.mapping.loader import SHIPPED
from txplatform.local.clients import LocalClients
from txplatform.local.stack import LocalStack
from txplatform_tests.lambdas.webhook.signing import stripe_header
from txplatform_tests.local.test_api import Answer, call

WaitUntil = Callable[..., Any]


CUSTOMER = json.loads((SHIPPED / "stripe" / "customer.json").read_text())  # each test makes its own of it


@pytest.fixture
def secret(stack: LocalStack) -> str:
    client = LocalClients(stack.environment["AWS_ENDPOINT_URL"])("secretsmanager")
    (value,) = json.loads(client.get_secret_value(SecretId=names.webhook_secret("stripe"))["SecretString"])
    return value


def post(stack: LocalStack, body: bytes, header: str, system: str = "stripe") -> Answer:
    url = stack.environment["TXP_API_URL"] + names.WEBHOOK_PATH.replace(names.SYSTEM_SLOT, system)
    sent = {"stripe-signature": header, "content-type": "application/json", "x-correlation-id": "hook-7"}
    return call("POST", url, body, headers=sent)


def test_a_signed_event_becomes_a_record_and_a_replay_changes_nothing(
    stack: LocalStack, aws: AwsClients, secret: str, wait_until: WaitUntil
) -> None:
    key = f"cus_hook_{time.time_ns()}"
    body = json.dumps(CUSTOMER | {"id": key}).encode()
    header = stripe_header(body, time.time(), secret)
    for _ in range(2):
        answer = post(stack, body, header)
        assert (answer.status, answer.headers["x-correlation-id"]) == (202, "hook-7")

    def stored() -> Any:
        found = aws.client("dynamodb").get_item(TableName=names.entity_table("customers"), Key={"pk": {"S": key}})
        return found.get("Item")

    item = wait_until(stored, message="the customer of the webhook")
    assert item["_trace_id"]["S"] == "hook-7"
    queue = aws.client("sqs").get_queue_url(QueueName=names.source_dead_letter_queue("stripe"))["QueueUrl"]
    refused = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
    assert not [message for message in refused.get("Messages", []) if key in message["Body"]]


def test_the_door_is_shut_to_whoever_has_not_the_secret(stack: LocalStack, secret: str) -> None:
    body = b'{"id":"evt_1"}'
    assert post(stack, body, stripe_header(body, time.time(), "guess")).json["code"] == "signature_mismatch"
    assert post(stack, body + b" ", stripe_header(body, time.time(), secret)).status == 401
    assert post(stack, b"x" * 300_000, stripe_header(body, time.time(), secret)).status == 413
    assert post(stack, body, stripe_header(body, time.time(), secret), "kraken").status == 404
    assert call("GET", stack.environment["TXP_API_URL"] + "/webhooks/stripe").status == 405
    assert call("POST", stack.environment["TXP_API_URL"] + "/webhooks", {}).status == 404
