"""Launches and follows Dagster's runs from outside, over the webserver's GraphQL, with the standard library alone."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from txplatform.errors import OrchestratorError

LOCATION = "txplatform"  # location_name in workspace.yaml
REPOSITORY = "__repository__"
_POLL_SECONDS = 0.5
_RUN_ENDS = {"SUCCESS", "FAILURE", "CANCELED"}

_LAUNCH = """
mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on Error { message }
  }
}"""
_RUN = """
query Run($id: ID!) {
  runOrError(runId: $id) { __typename ... on Run { status } ... on Error { message } }
}"""


class Orchestrator:
    """One Dagster webserver. Every method raises OrchestratorError when it refuses or does not answer."""

    def __init__(self, url: str) -> None:
        self._endpoint = f"{url.rstrip('/')}/graphql"

    def launch(self, job: str) -> str:
        """Launch a job; return the run's id."""
        selector = {"repositoryLocationName": LOCATION, "repositoryName": REPOSITORY, "jobName": job}
        answer = self._ask(_LAUNCH, {"params": {"selector": selector}}, "LaunchRunSuccess")
        return answer["run"]["runId"]

    def wait(self, run_id: str, timeout_seconds: float) -> str:
        """Wait for a run's end; return SUCCESS, FAILURE or CANCELED."""
        return self._follow(f"run {run_id}", lambda: self._status(_RUN, run_id, "Run"), _RUN_ENDS, timeout_seconds)

    def _status(self, query: str, identifier: str, expected: str) -> str:
        return self._ask(query, {"id": identifier}, expected)["status"]

    def _follow(self, what: str, ask: Callable[[], str], ends: set[str], timeout_seconds: float) -> str:
        deadline = time.monotonic() + timeout_seconds
        while (status := ask()) not in ends:
            if time.monotonic() > deadline:
                raise OrchestratorError(f"{what} is {status} after {timeout_seconds:.0f} s")
            time.sleep(_POLL_SECONDS)
        return status

    def _ask(self, query: str, variables: dict[str, Any], expected: str) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self._endpoint, body, {"Content-Type": "application/json"})  # noqa: S310
        try:
            document = json.loads(_read(request))
        except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
            raise OrchestratorError(f"{self._endpoint} did not answer: {error}") from error
        except ValueError as error:
            raise OrchestratorError(f"{self._endpoint} gave an answer that is no JSON: {error}") from error
        if document.get("errors"):
            raise OrchestratorError(document["errors"][0]["message"])
        (result,) = document["data"].values()
        if result["__typename"] != expected:
            raise OrchestratorError(f"{result['__typename']}: {result.get('message', 'no message')}")
        return result


def _read(request: urllib.request.Request) -> bytes:
    """The body of the answer; of a refusal too, when it says in JSON what Dagster has against the request."""
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 # the webserver we were given
            return answer.read()
    except urllib.error.HTTPError as error:
        with error:
            body = error.read()
        if error.headers.get_content_type() != "application/json":
            raise
        return body
