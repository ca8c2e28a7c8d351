"""Launching and following runs over Dagster's GraphQL client, against a small web server in place of Dagster."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

pytest.importorskip("dagster_graphql")

from txplatform.demo import orchestrator
from txplatform.demo.orchestrator import Orchestrator
from txplatform.errors import OrchestratorError

# Dagster's client (1.13.27) passes variables in the way of gql 3; it can go when the client has moved to that of gql 4.
pytestmark = pytest.mark.filterwarnings("ignore:Using variable_values and operation_name:DeprecationWarning")


class Webserver(HTTPServer):
    """Gives the answers that the test has set, in order, and keeps the requests."""

    answers: list[Any]
    status: int = 200
    content_type: str = "application/json"
    requests: list[Any]


class _Handler(BaseHTTPRequestHandler):
    server: Webserver

    def do_POST(self) -> None:
        self.server.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        answer = self.server.answers.pop(0)
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", self.server.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Write no log."""


@pytest.fixture
def webserver() -> Iterator[Webserver]:
    server = Webserver(("127.0.0.1", 0), _Handler)
    server.answers, server.requests = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(webserver: Webserver, monkeypatch: pytest.MonkeyPatch) -> Orchestrator:
    monkeypatch.setattr(orchestrator, "_POLL_SECONDS", 0.0)
    return Orchestrator(f"http://127.0.0.1:{webserver.server_port}")


def launched(typename: str, **fields: Any) -> dict[str, Any]:
    return {"data": {"launchPipelineExecution": {"__typename": typename, **fields}}}


def run(status: str) -> dict[str, Any]:
    return {"data": {"pipelineRunOrError": {"__typename": "Run", "status": status}}}


def test_a_job_is_launched_and_followed_to_its_end(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [launched("LaunchRunSuccess", run={"runId": "r1"}), run("STARTED"), run("SUCCESS")]
    run_id = client.launch("refresh")
    assert client.wait(run_id, 10) == "SUCCESS"
    selector = webserver.requests[0]["variables"]["executionParams"]["selector"]
    assert selector["pipelineName"] == "refresh"
    assert (selector["repositoryLocationName"], selector["repositoryName"]) == ("txplatform", "__repository__")
    assert [request["variables"] for request in webserver.requests[1:]] == [{"runId": "r1"}] * 2


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_requests_never_go_through_a_proxy(
    webserver: Webserver, client: Orchestrator, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    webserver.answers = [launched("LaunchRunSuccess", run={"runId": "r1"})]
    assert client.launch("refresh") == "r1"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            launched("PipelineNotFoundError", message="Could not find Pipeline"),
            "PipelineNotFoundError: Could not find Pipeline",
        ),
        ({"errors": [{"message": "Syntax Error"}]}, "Syntax Error"),
    ],
)
def test_a_refusal_names_the_job_and_what_dagster_said(
    webserver: Webserver, client: Orchestrator, answer: dict[str, Any], message: str
) -> None:
    webserver.answers = [answer]
    with pytest.raises(OrchestratorError) as refused:
        client.launch("refresh")
    assert str(refused.value) == f"job refresh: Dagster at http://127.0.0.1:{webserver.server_port}: {message}"


def test_a_run_that_dagster_does_not_know_is_an_error(webserver: Webserver, client: Orchestrator) -> None:
    unknown = {"__typename": "RunNotFoundError", "message": "Run r1 could not be found"}
    webserver.answers = [{"data": {"pipelineRunOrError": unknown}}]
    with pytest.raises(OrchestratorError, match=r"run r1: Dagster at .*: RunNotFoundError: Run r1 could not be found"):
        client.wait("r1", 10)


def test_a_refusal_by_status_gives_the_message_of_dagster(webserver: Webserver, client: Orchestrator) -> None:
    webserver.status = 400
    webserver.answers = [{"data": None, "errors": [{"message": "Cannot query field 'x' on type 'Query'."}]}]
    with pytest.raises(OrchestratorError, match="Cannot query field 'x'"):
        client.launch("refresh")


def test_a_refusal_without_a_message_gives_its_status(webserver: Webserver, client: Orchestrator) -> None:
    webserver.status, webserver.content_type = 502, "text/html"
    webserver.answers = [b"<html>Bad Gateway</html>"]
    with pytest.raises(OrchestratorError, match="502 Server Error"):
        client.launch("refresh")


def test_an_answer_without_json_is_an_error(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [b"<html>"]
    with pytest.raises(OrchestratorError, match="Not a JSON answer"):
        client.launch("refresh")


def test_a_run_that_does_not_end_in_time_is_an_error(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [run("STARTED")]
    with pytest.raises(OrchestratorError, match="run r1 is STARTED after"):
        client.wait("r1", -1)


def test_a_server_that_does_not_answer_is_an_error() -> None:
    with pytest.raises(OrchestratorError, match=r"job refresh: Dagster at http://127\.0\.0\.1:1: .*refused"):
        Orchestrator("http://127.0.0.1:1").launch("refresh")


def test_a_request_waits_for_half_a_minute_at_most() -> None:
    assert orchestrator.DirectTransport("http://127.0.0.1:1").default_timeout == 30
