"""A token endpoint and an API on a free port, which answers, fails or calls the real data API, as a test wishes."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from lambdas.data_api.handler import DataApi
from lambdas.data_api.settings import Settings as DataApiSettings
from lambdas.source import handler as module
from txplatform.contracts import names

Cloud = Callable[[str], Any]

REGION_AND_ACCOUNT = "us-east-1:123456789012"


@dataclass
class Endpoint:
    """What the endpoint answers, and what it was asked."""

    url: str = ""
    token_status: int = 200
    statuses: list[int] = field(default_factory=list)  # of the next calls to the API; 200 when used up
    answer: bytes | None = None  # instead of a result per operation
    api: Callable[[dict[str, Any]], dict[str, Any]] | None = None  # the handler that answers, if any
    tokens: int = 0
    forms: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    call_ids: list[str] = field(default_factory=list)
    batches: list[list[Any]] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)


def _request(path: str, body: str) -> dict[str, Any]:
    """The event of a call by the client of `source`, which may write and nothing else."""
    granted = {"client_id": "source", "scope": f"{path.split('/')[2]}.write", "expires_at": 4102444800}
    context = {"authorizer": {"lambda": granted}}
    return {"routeKey": f"POST {path}", "rawPath": path, "body": body, "requestContext": context}


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            state.connections.add(self.client_address)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            if self.path == "/oauth2/token":
                state.tokens += 1
                state.forms.append(body)
                status = state.token_status
                answer = {"access_token": f"token-{state.tokens}", "expires_in": 3600, "token_type": "Bearer"}
                self._send(status, json.dumps(answer).encode())
                return
            state.authorizations.append(self.headers["authorization"])
            state.call_ids.append(self.headers["x-correlation-id"])
            state.batches.append(json.loads(body)["operations"])
            status = state.statuses.pop(0) if state.statuses else 200
            if status != 200:
                self._send(status, b'{"message":"no"}')
                return
            if state.answer is not None:
                self._send(200, state.answer)
                return
            if state.api is not None:
                payload = state.api(_request(self.path, body))
                self._send(payload["statusCode"], payload["body"].encode())
                return
            results = [{"index": index, "status": "written"} for index in range(len(state.batches[-1]))]
            self._send(200, json.dumps({"results": results}).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def messages(event: Callable[[str], Any]) -> Callable[..., Any]:
    """Makes an SQS event of bodies for an entity's or a system's queue; message ids are m0, m1, …"""

    def make(*bodies: Any, entity: str = "payments", system: str | None = None) -> Any:
        queue = names.inbound_queue(entity) if system is None else names.source_queue(system)
        made = event("sqs")
        [template] = made["Records"]
        made["Records"] = [
            {
                **template,
                "messageId": f"m{index}",
                "body": body if isinstance(body, str) else json.dumps(body),
                "eventSourceARN": f"arn:aws:sqs:{REGION_AND_ACCOUNT}:{queue}",
            }
            for index, body in enumerate(bodies)
        ]
        return made

    return make


@pytest.fixture
def wired(cloud: Cloud, dynamodb: Any, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    tables = (names.entity_table(names.ENTITY_SLOT), names.REGISTRY_TABLE)
    api = DataApi(DataApiSettings(*tables, 30, names.IDEMPOTENCY_TABLE, "1.0.0"))
    endpoint.api = lambda event: api.process(event).as_payload()
    sqs, sns = cloud("sqs"), cloud("sns")
    topic = sns.create_topic(Name=names.ALERTS_TOPIC)["TopicArn"]
    sqs.create_queue(QueueName="inbox")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:inbox")
    url = sqs.create_queue(QueueName=names.inbound_dead_letter_queue("payments"))["QueueUrl"]
    system_url = sqs.create_queue(QueueName=names.source_dead_letter_queue("stripe"))["QueueUrl"]
    secret = json.dumps({"client_id": "client", "client_secret": "secret"})
    arn = cloud("secretsmanager").create_secret(Name="machine-client", SecretString=secret)["ARN"]
    for name, value in {
        "TXP_INBOUND_QUEUE": names.inbound_queue(names.ENTITY_SLOT),
        "TXP_DEAD_LETTER_QUEUE_URL": url.replace("payments", names.ENTITY_SLOT),
        "TXP_SOURCE_QUEUE": names.source_queue(names.SYSTEM_SLOT),
        "TXP_SOURCE_DEAD_LETTER_QUEUE_URL": system_url.replace("stripe", names.SYSTEM_SLOT),
        "TXP_REGISTRY_TABLE": names.REGISTRY_TABLE,
        "TXP_ALERTS_TOPIC_ARN": topic,
        "TXP_METRIC_NAMESPACE": names.METRIC_NAMESPACE,
        "TXP_API_URL": endpoint.url,
        "TXP_TOKEN_URL": f"{endpoint.url}/oauth2/token",
        "TXP_CLIENT_SECRET_ARN": arn,
        "TXP_SCOPE": "txplatform/{entity}.write",
        "TXP_RECORD_WAIT_SECONDS": "3600",
    }.items():
        monkeypatch.setenv(name, value)
    module._source.cache_clear()
    yield
    module._source.cache_clear()


def received(cloud: Cloud, queue: str) -> list[Any]:
    """Everything in a queue, taken out."""
    sqs = cloud("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    found: list[Any] = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for item in batch:
            found.append(json.loads(item["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=item["ReceiptHandle"])
    return found


def stored(cloud: Cloud) -> dict[str, Any]:
    """The payments' items by key, without what differs each time that one is written."""
    items = cloud("dynamodb").scan(TableName=names.entity_table("payments"))["Items"]
    changing = ("_written_at", "_trace_id")
    return {item["pk"]["S"]: {name: value for name, value in item.items() if name not in changing} for item in items}
