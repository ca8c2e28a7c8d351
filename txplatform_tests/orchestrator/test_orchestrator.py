"""Launching, following and ending runs, against a small web server in place of Dagster."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from txplatform.errors import OrchestratorError
from txplatform.orchestrator import Launch, Orchestrator, orchestrator
from txplatform.orchestrator.runs import Materialized, Run

REFRESH = Launch(job="refresh")


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
    return {"data": {"launchRun": {"__typename": typename, **fields}}}


def run(status: str) -> dict[str, Any]:
    return {"data": {"runOrError": {"__typename": "Run", "runId": "r1", "status": status, "tags": []}}}


def test_a_job_is_launched_and_followed_to_its_end(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [launched("LaunchRunSuccess", run={"runId": "r1"}), run("STARTED"), run("SUCCESS")]
    run_id = client.launch(REFRESH)
    assert client.wait(run_id, 10) == "SUCCESS"
    selector = webserver.requests[0]["variables"]["params"]["selector"]
    assert selector["jobName"] == "refresh"
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
    assert client.launch(REFRESH) == "r1"


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
        client.launch(REFRESH)
    assert str(refused.value) == f"job refresh: Dagster at http://127.0.0.1:{webserver.server_port}: {message}"


def test_a_run_that_dagster_does_not_know_is_an_error(webserver: Webserver, client: Orchestrator) -> None:
    unknown = {"__typename": "RunNotFoundError", "message": "Run r1 could not be found"}
    webserver.answers = [{"data": {"runOrError": unknown}}]
    with pytest.raises(OrchestratorError, match=r"run r1: Dagster at .*: RunNotFoundError: Run r1 could not be found"):
        client.wait("r1", 10)


def test_a_refusal_by_status_gives_the_message_of_dagster(webserver: Webserver, client: Orchestrator) -> None:
    webserver.status = 400
    webserver.answers = [{"data": None, "errors": [{"message": "Cannot query field 'x' on type 'Query'."}]}]
    with pytest.raises(OrchestratorError, match="Cannot query field 'x'"):
        client.launch(REFRESH)


def test_a_refusal_without_a_message_gives_its_status(webserver: Webserver, client: Orchestrator) -> None:
    webserver.status, webserver.content_type = 502, "text/html"
    webserver.answers = [b"<html>Bad Gateway</html>"]
    with pytest.raises(OrchestratorError, match="502 Bad Gateway"):
        client.launch(REFRESH)


def test_an_answer_without_json_is_an_error(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [b"<html>"]
    with pytest.raises(OrchestratorError, match="the answer is no JSON"):
        client.launch(REFRESH)


def test_a_run_that_does_not_end_in_time_is_an_error(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [run("STARTED")]
    with pytest.raises(OrchestratorError, match="run r1 is STARTED after"):
        client.wait("r1", -1)


def test_a_server_that_does_not_answer_is_an_error() -> None:
    with pytest.raises(OrchestratorError, match=r"job refresh: Dagster at http://127\.0\.0\.1:1: .*refused"):
        Orchestrator("http://127.0.0.1:1").launch(REFRESH)


def test_a_run_of_assets_carries_its_configuration_and_its_tags(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [launched("LaunchRunSuccess", run={"runId": "r1"})]
    config = {"ops": {"payments_files": {"config": {"days": ["2026-11-27"]}}}}
    client.launch(Launch(assets=("payments_files",), config=config, tags={"a": "b"}))
    params = webserver.requests[0]["variables"]["params"]
    assert params["selector"]["jobName"] == "__ASSET_JOB"
    assert params["selector"]["assetSelection"] == [{"path": ["payments_files"]}]
    assert params["runConfigData"] == config
    assert params["executionMetadata"] == {"tags": [{"key": "a", "value": "b"}]}


def test_an_invalid_configuration_is_refused_with_its_errors(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [launched("RunConfigValidationInvalid", errors=[{"message": "no such field"}])]
    with pytest.raises(OrchestratorError, match="RunConfigValidationInvalid: no such field"):
        client.launch(REFRESH)


def test_runs_are_found_by_their_tags(webserver: Webserver, client: Orchestrator) -> None:
    found = [{"runId": "r1", "status": "QUEUED", "tags": [{"key": "a", "value": "b"}]}]
    webserver.answers = [{"data": {"runsOrError": {"__typename": "Runs", "results": found}}}]
    assert client.tagged({"a": "b"}) == [Run("r1", "QUEUED", {"a": "b"})]
    assert webserver.requests[0]["variables"]["filter"] == {"tags": [{"key": "a", "value": "b"}]}


def _page(cursor: str, more: bool, *events: dict[str, Any]) -> dict[str, Any]:
    page = {"__typename": "EventConnection", "cursor": cursor, "hasMore": more, "events": list(events)}
    return {"data": {"logsForRun": page}}


def test_what_a_run_has_materialised_is_read_to_the_end_of_its_events(
    webserver: Webserver, client: Orchestrator
) -> None:
    entries = [{"label": "dagster/partition_row_count", "intValue": 3}, {"label": "objects"}]
    day = {"assetKey": {"path": ["payments_files"]}, "partition": "2026-11-27", "metadataEntries": entries}
    quarantined = {"assetKey": {"path": ["payments_quarantine"]}, "partition": None, "metadataEntries": []}
    webserver.answers = [_page("c1", True, {}, day), _page("c2", False, quarantined)]
    found, cursor = client.materialized("r1", "c0")
    assert found == [Materialized("payments_files", "2026-11-27", {"dagster/partition_row_count": 3})]
    assert cursor == "c2"
    assert [request["variables"]["after"] for request in webserver.requests] == ["c0", "c1"]


def test_a_run_that_has_ended_is_not_terminated(webserver: Webserver, client: Orchestrator) -> None:
    webserver.answers = [run("SUCCESS")]
    client.terminate("r1")
    terminated = {"data": {"terminateRun": {"__typename": "TerminateRunSuccess", "run": {"runId": "r1"}}}}
    webserver.answers = [run("STARTED"), terminated]
    client.terminate("r1")
    assert len(webserver.requests) == 3


def test_a_run_that_is_just_starting_can_be_asked_again(webserver: Webserver, client: Orchestrator) -> None:
    failure = {"__typename": "TerminateRunFailure", "message": "could not be terminated due to having status STARTING"}
    webserver.answers = [run("STARTING"), {"data": {"terminateRun": failure}}]
    client.terminate("r1")
    assert len(webserver.requests) == 2


@pytest.mark.parametrize("body", [b"null", b"[]", b"{}"])
def test_an_answer_that_is_not_one_of_graphql_is_an_error(
    webserver: Webserver, client: Orchestrator, body: bytes
) -> None:
    webserver.answers = [body]
    with pytest.raises(OrchestratorError, match="not one of GraphQL"):
        client.launch(REFRESH)
