"""The GraphQL client of Dagster: its documents against Dagster's schema, its answers against a small web server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from dagster_graphql.schema import create_schema
from graphql import parse, validate

from txplatform import orchestrator
from txplatform.errors import OrchestratorError
from txplatform.orchestrator import Orchestrator


class Webserver(HTTPServer):
    """Gives the answers it was told to, in order, and keeps what it was asked."""

    answers: list[Any]
    status: int = 200
    content_type: str = "application/json"
    asked: list[Any]


class _Handler(BaseHTTPRequestHandler):
    server: Webserver

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        answer = self.server.answers.pop(0)
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", self.server.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def webserver() -> Iterator[Webserver]:
    server = Webserver(("127.0.0.1", 0), _Handler)
    server.answers, server.asked = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(webserver: Webserver, monkeypatch: pytest.MonkeyPatch) -> Orchestrator:
    monkeypatch.setattr(orchestrator, "_POLL_SECONDS", 0.0)
    return Orchestrator(f"http://127.0.0.1:{webserver.server_port}/")


def _data(typename: str, **fields: Any) -> dict[str, Any]:
    return {"data": {"result": {"__typename": typename, **fields}}}


def test_every_document_is_valid_in_dagsters_schema() -> None:
    schema = create_schema().graphql_schema
    documents = [
        value for name, value in vars(orchestrator).items() if isinstance(value, str) and value.startswith("\n")
    ]
    assert len(documents) == 2
    for document in documents:
        assert validate(schema, parse(document)) == []


def test_a_job_is_launched_and_followed_to_its_end(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [
        _data("LaunchRunSuccess", run={"runId": "r1"}),
        _data("Run", status="STARTED"),
        _data("Run", status="SUCCESS"),
    ]
    run_id = client.launch("refresh")
    assert client.wait(run_id, 10) == "SUCCESS"
    selector = webserver.asked[0]["variables"]["params"]["selector"]
    assert selector["jobName"] == "refresh"
    assert [asked["variables"] for asked in webserver.asked[1:]] == [{"id": "r1"}] * 2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (_data("PipelineNotFoundError", message="Could not find Pipeline"), "PipelineNotFoundError: Could not find"),
        ({"errors": [{"message": "Syntax Error"}]}, "Syntax Error"),
    ],
)
def test_a_refusal_says_what_dagster_said(
    webserver: Webserver, client: Orchestrator, answer: dict[str, Any], message: str
) -> None:
    webserver.answers = [answer]
    with pytest.raises(OrchestratorError, match=message):
        client.launch("refresh")


def test_a_refusal_by_status_says_what_dagster_said(webserver: Webserver, client: Orchestrator) -> None:
    webserver.status = 400
    webserver.answers = [{"data": None, "errors": [{"message": "Cannot query field 'x' on type 'Query'."}]}]
    with pytest.raises(OrchestratorError, match="Cannot query field 'x'"):
        client.launch("refresh")


def test_a_refusal_without_a_message_says_its_status(webserver: Webserver, client: Orchestrator) -> None:
    webserver.status, webserver.content_type = 502, "text/html"
    webserver.answers = ["Bad Gateway"]
    with pytest.raises(OrchestratorError, match="did not answer: HTTP Error 502"):
        client.launch("refresh")


def test_an_answer_that_is_no_json_is_an_error(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [b"<html>"]
    with pytest.raises(OrchestratorError, match="no JSON"):
        client.launch("refresh")


def test_a_run_that_does_not_end_in_time_is_an_error(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [_data("Run", status="STARTED")]
    with pytest.raises(OrchestratorError, match="run r1 is STARTED after"):
        client.wait("r1", -1)


def test_a_server_that_is_not_there_is_an_error() -> None:
    with pytest.raises(OrchestratorError, match="did not answer"):
        Orchestrator("http://127.0.0.1:1").launch("refresh")
