"""What the door answers, and what is then in the queue, on AWS in this process."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.webhook import adapters
from lambdas.webhook import handler as module
from lambdas.webhook.core import MAX_BODY_BYTES
from lambdas.webhook.handler import handler
from lambdas.webhook.handler import log as logger
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import CONTEXT, Counted
from txplatform_tests.lambdas.webhook.signing import SECRET, code, request, stripe_header

Cloud = Callable[[str], Any]
BODY = b'{"id":"evt_1","amount":10.10}'
WEBHOOKS = {
    "stripe": {"scheme": "stripe", "header": "stripe-signature", "tolerance_seconds": 300},
    "shop": {"scheme": "hmac_sha256", "header": "x-hub-signature-256", "encoding": "hex", "prefix": "sha256="},
}


@pytest.fixture(autouse=True)
def door(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for system in WEBHOOKS:
        url = cloud("sqs").create_queue(QueueName=names.source_queue(system))["QueueUrl"]
        cloud("secretsmanager").create_secret(Name=names.webhook_secret(system), SecretString=json.dumps([SECRET]))
        monkeypatch.setenv("TXP_QUEUE_URL", url.replace(system, names.SYSTEM_SLOT))
    monkeypatch.setenv("TXP_WEBHOOKS", json.dumps(WEBHOOKS))
    monkeypatch.setenv("TXP_SECRET", names.webhook_secret(names.SYSTEM_SLOT))
    monkeypatch.setenv("TXP_METRIC_NAMESPACE", names.METRIC_NAMESPACE)
    module._webhook.cache_clear()
    yield
    module._webhook.cache_clear()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of the door, in its one item."""
    now = [time.time()]
    monkeypatch.setattr(module.time, "time", lambda: now[0])
    monkeypatch.setattr(adapters.Secrets.__init__, "__defaults__", (lambda: now[0],))
    return now


def taken(cloud: Cloud, system: str = "stripe") -> list[Any]:
    """The messages of a system's queue."""
    url = cloud("sqs").get_queue_url(QueueName=names.source_queue(system))["QueueUrl"]
    answer = cloud("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return answer.get("Messages", [])


def post(body: bytes = BODY, header: str | None = None, **options: Any) -> dict[str, Any]:
    """Post to the door of stripe, signed now unless a header is given, and return the answer."""
    value = stripe_header(body, time.time()) if header is None else header
    return handler(request(body, {"stripe-signature": value}, **options), CONTEXT)


def refusal(answer: dict[str, Any]) -> tuple[int, str]:
    return answer["statusCode"], json.loads(answer["body"])["code"]


def test_a_signed_body_is_in_the_queue_as_it_was_sent(cloud: Cloud, counted: Counted) -> None:
    answer = post()
    assert (answer["statusCode"], answer["headers"]) == (202, {"x-correlation-id": "req-1"})
    (message,) = taken(cloud)
    assert message["Body"].encode() == BODY
    attributes = {name: item["StringValue"] for name, item in message["MessageAttributes"].items()}
    assert attributes == {"source": "stripe", "correlation_id": "req-1"}
    assert counted() == {("System", "stripe"): {"WebhooksAccepted": 1}}


def test_a_body_that_comes_in_base64_is_signed_as_bytes(cloud: Cloud) -> None:
    body = '{"name":"Zoë"}'.encode()
    assert post(body, binary=True)["statusCode"] == 202
    assert taken(cloud)[0]["Body"].encode() == body


def test_another_scheme_has_its_own_header_queue_and_secret(cloud: Cloud) -> None:
    headers = {"x-hub-signature-256": f"sha256={code(SECRET, BODY)}"}
    assert handler(request(BODY, headers, "shop"), CONTEXT)["statusCode"] == 202
    assert [message["Body"].encode() for message in taken(cloud, "shop")] == [BODY]
    assert taken(cloud) == []


def test_a_replay_within_the_tolerance_is_taken_again(cloud: Cloud) -> None:
    header = stripe_header(BODY, time.time() - 200)
    assert [post(header=header)["statusCode"] for _ in range(2)] == [202, 202]
    assert len(taken(cloud)) == 2


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (lambda now: "", "signature_missing"),
        (lambda now: "nonsense", "signature_malformed"),
        (lambda now: stripe_header(BODY, now, "another"), "signature_mismatch"),
        (lambda now: stripe_header(BODY + b" ", now), "signature_mismatch"),
        (lambda now: stripe_header(BODY, now - 400), "signature_too_old"),
        (lambda now: stripe_header(BODY, now + 400), "signature_too_new"),
        (lambda now: stripe_header(BODY, now - 400, "another"), "signature_mismatch"),
    ],
)
def test_what_the_system_did_not_sign_now_is_refused_and_counted(
    header: Callable[[float], str], reason: str, cloud: Cloud, counted: Counted
) -> None:
    assert refusal(post(header=header(time.time()))) == (401, reason)
    assert taken(cloud) == []
    assert counted() == {("System", "stripe"): {"WebhooksUnverified": 1}}


@pytest.mark.parametrize("system", ["kraken", "", "../stripe", "{system}", "Stripe"])
def test_an_unknown_system_is_not_found_nor_counted(system: str, counted: Counted) -> None:
    assert refusal(post(system=system)) == (404, "no_such_system")
    assert counted() == {}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_only_posts_are_taken(method: str, cloud: Cloud) -> None:
    answer = post(method=method)
    assert refusal(answer) == (405, "method_not_allowed")
    assert answer["headers"]["allow"] == "POST"
    assert taken(cloud) == []


@pytest.mark.parametrize("size", [MAX_BODY_BYTES, MAX_BODY_BYTES + 1, 300_000])
@pytest.mark.parametrize("binary", [False, True])
def test_a_body_may_be_so_large_and_no_larger(size: int, binary: bool, cloud: Cloud) -> None:
    body = b'"' + "é".encode() * ((size - 2) // 2) + b"x" * (size % 2) + b'"'
    answer = post(body, binary=binary)
    if size > MAX_BODY_BYTES:
        assert refusal(answer) == (413, "body_too_large")
        assert taken(cloud) == []
    else:
        assert answer["statusCode"] == 202
        assert len(taken(cloud)[0]["Body"].encode()) == size


@pytest.mark.parametrize("body", [b"", b" \n", b"\xff\xfe", b'"\xed\xa0\x80"', b'{"a":"\x00"}', b'{"a":"\x1b"}'])
def test_a_signed_body_that_can_be_no_json_text_is_refused(body: bytes, cloud: Cloud, counted: Counted) -> None:
    assert refusal(post(body, binary=True)) == (400, "unreadable_body")
    assert taken(cloud) == []
    assert counted() == {("System", "stripe"): {"WebhooksRefused": 1}}


@pytest.mark.parametrize("body", ["\ud800", "%%%"])
def test_a_body_that_the_gateway_did_not_make_is_refused(body: str) -> None:
    event = request(b"", {}) | {"body": body, "isBase64Encoded": body == "%%%"}
    assert refusal(handler(event, CONTEXT)) == (400, "unreadable_body")


def test_characters_that_sqs_does_not_take_are_escaped_to_the_same_json(cloud: Cloud) -> None:
    body = '{"a":"\ufffe\uffff\U0001f600"}'.encode()
    assert post(body)["statusCode"] == 202
    (message,) = taken(cloud)
    assert message["Body"] == '{"a":"\\ufffe\\uffff\U0001f600"}'
    assert json.loads(message["Body"]) == json.loads(body)


def test_where_sqs_does_not_take_it_the_sender_is_to_try_again(
    cloud: Cloud, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessage")

    monkeypatch.setattr(cloud("sqs"), "send_message", refuse)
    answer = post()
    assert refusal(answer) == (503, "queue_unavailable")
    assert answer["headers"]["retry-after"] == "30"
    assert counted() == {("System", "stripe"): {"WebhooksFailed": 1}}


@pytest.mark.parametrize("value", ["whsec_plain", "[]", "{}", "[7]", '[""]', '[{"hex":"x"}]', '[{"hex":""}]'])
def test_a_secret_of_another_form_keeps_the_door_shut(value: str, cloud: Cloud) -> None:
    cloud("secretsmanager").put_secret_value(SecretId=names.webhook_secret("stripe"), SecretString=value)
    assert refusal(post()) == (503, "secret_unavailable")


def test_a_secret_without_a_value_keeps_the_door_shut(cloud: Cloud) -> None:
    """So it is after a deployment, until somebody gives it one."""
    cloud("secretsmanager").delete_secret(SecretId=names.webhook_secret("stripe"), ForceDeleteWithoutRecovery=True)
    cloud("secretsmanager").create_secret(Name=names.webhook_secret("stripe"))
    assert refusal(post()) == (503, "secret_unavailable")


@pytest.mark.parametrize("written", [{"hex": SECRET.encode().hex()}, {"base64": "d2hzZWNfY3VycmVudA=="}])
def test_a_key_may_be_written_in_hex_or_base64(written: dict[str, str], cloud: Cloud) -> None:
    cloud("secretsmanager").put_secret_value(
        SecretId=names.webhook_secret("stripe"), SecretString=json.dumps(["other", written])
    )
    assert post()["statusCode"] == 202


def test_a_new_secret_holds_at_once_and_a_withdrawn_one_ends(cloud: Cloud, clock: list[float]) -> None:
    def rotate(*secrets: str) -> None:
        cloud("secretsmanager").put_secret_value(
            SecretId=names.webhook_secret("stripe"), SecretString=json.dumps(secrets)
        )

    def status(secret: str) -> int:
        return post(header=stripe_header(BODY, clock[0], secret))["statusCode"]

    assert status(SECRET) == 202
    rotate("new", SECRET)
    clock[0] += adapters.RETRY_SECONDS
    assert (status("new"), status(SECRET)) == (202, 202)
    rotate("new")
    clock[0] += adapters.FRESH_SECONDS + 1
    assert (status("new"), status(SECRET)) == (202, 401)


@pytest.mark.parametrize("value", [json.dumps([SECRET]), "of another form"])
def test_a_flood_reads_the_secret_once_in_a_while(
    value: str, cloud: Cloud, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[float] = []
    secrets = cloud("secretsmanager")
    secrets.put_secret_value(SecretId=names.webhook_secret("stripe"), SecretString=value)
    read = secrets.get_secret_value
    monkeypatch.setattr(secrets, "get_secret_value", lambda **call: (reads.append(clock[0]), read(**call))[1])
    for _ in range(100):
        clock[0] += adapters.RETRY_SECONDS / 10
        assert post(header=stripe_header(BODY, clock[0], "guess"))["statusCode"] in (401, 503)
        assert post(header="nonsense")["statusCode"] == 401
    assert 1 < len(reads) <= 11


def test_while_secrets_cannot_be_read_known_ones_go_on_for_a_time(
    cloud: Cloud, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")

    def status() -> int:
        return post(header=stripe_header(BODY, clock[0]))["statusCode"]

    assert status() == 202
    monkeypatch.setattr(cloud("secretsmanager"), "get_secret_value", fail)
    clock[0] += adapters.FRESH_SECONDS + 1
    assert (status(), status()) == (202, 202)
    clock[0] += adapters.STALE_SECONDS
    assert (status(), status()) == (503, 503)
    monkeypatch.undo()


def test_neither_secret_nor_payload_is_logged(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    body = b'{"email":"ada@example.com"}'
    logger.setLevel("DEBUG")
    try:
        for header in (None, "nonsense", stripe_header(body, 0), stripe_header(body, time.time(), "guess")):
            post(body, header)
        cloud("secretsmanager").put_secret_value(SecretId=names.webhook_secret("stripe"), SecretString=SECRET)
        module._webhook.cache_clear()
        post(body)
    finally:
        logger.setLevel("CRITICAL")
    lines = [json.dumps(record.__dict__, default=str) for record in caplog.records if record.name == "webhook"]
    assert len(lines) == 4
    assert not any(text in line for line in lines for text in ("ada@", SECRET, code(SECRET, body)))
