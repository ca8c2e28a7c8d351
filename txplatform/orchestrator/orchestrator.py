"""Launches, follows and ends Dagster's runs from outside the code location."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from txplatform.errors import OrchestratorError
from txplatform.orchestrator.runs import ENDS, Launch, Materialized, Run
from txplatform.orchestrator.webserver import Webserver

LOCATION = "txplatform"  # location_name in workspace.yaml
REPOSITORY = "__repository__"
_ASSETS_JOB = "__ASSET_JOB"  # Dagster's own, for runs of assets without a job
_POLL_SECONDS = 0.5
_MOST_RUNS = 1000
_MOST_EVENTS = 1000

_LAUNCH = """
mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on RunConfigValidationInvalid { errors { message } }
    ... on Error { message }
  }
}"""
_RUN = """
query Run($runId: ID!) {
  runOrError(runId: $runId) { __typename ... on Run { runId status tags { key value } } ... on Error { message } }
}"""
_RUNS = """
query Runs($filter: RunsFilter!, $limit: Int!) {
  runsOrError(filter: $filter, limit: $limit) {
    __typename
    ... on Runs { results { runId status tags { key value } } }
    ... on Error { message }
  }
}"""
_EVENTS = """
query Events($runId: ID!, $after: String, $limit: Int!) {
  logsForRun(runId: $runId, afterCursor: $after, limit: $limit) {
    __typename
    ... on EventConnection {
      cursor
      hasMore
      events {
        ... on MaterializationEvent {
          assetKey { path }
          partition
          metadataEntries { label ... on IntMetadataEntry { intValue } }
        }
      }
    }
    ... on Error { message }
  }
}"""
_TERMINATE = """
mutation Terminate($runId: String!) {
  terminateRun(runId: $runId) {
    __typename
    ... on TerminateRunSuccess { run { runId } }
    ... on TerminateRunFailure { message }
    ... on Error { message }
  }
}"""


class Orchestrator:
    """The Dagster webserver at `url`. Every method raises OrchestratorError if it refuses or does not answer."""

    def __init__(self, url: str) -> None:
        self._webserver = Webserver(url)

    def launch(self, launch: Launch) -> str:
        """Launch a run; return its id."""
        selector: dict[str, Any] = {"repositoryLocationName": LOCATION, "repositoryName": REPOSITORY}
        selector["jobName"] = launch.job or _ASSETS_JOB
        if launch.assets:
            selector["assetSelection"] = [{"path": [asset]} for asset in launch.assets]
        tags = [{"key": key, "value": value} for key, value in launch.tags.items()]
        params = {"selector": selector, "runConfigData": launch.config, "executionMetadata": {"tags": tags}}
        return self._webserver.ask(launch.subject, _LAUNCH, {"params": params}, "LaunchRunSuccess")["run"]["runId"]

    def run(self, run_id: str) -> Run:
        """A run as it is now."""
        return _run(self._webserver.ask(f"run {run_id}", _RUN, {"runId": run_id}, "Run"))

    def tagged(self, tags: Mapping[str, str]) -> list[Run]:
        """The runs that have all these tags, the newest first, a thousand at most."""
        pairs = [{"key": key, "value": value} for key, value in tags.items()]
        variables = {"filter": {"tags": pairs}, "limit": _MOST_RUNS}
        return [_run(found) for found in self._webserver.ask("runs", _RUNS, variables, "Runs")["results"]]

    def materialized(self, run_id: str, after: str | None = None) -> tuple[list[Materialized], str | None]:
        """The partitions that a run has materialised after a place in its events, and the place that follows."""
        found: list[Materialized] = []
        more = True
        while more:
            variables = {"runId": run_id, "after": after, "limit": _MOST_EVENTS}
            page = self._webserver.ask(f"run {run_id}", _EVENTS, variables, "EventConnection")
            found += [_materialized(event) for event in page["events"] if event.get("partition")]
            after, more = page["cursor"], page["hasMore"]
        return found, after

    def terminate(self, run_id: str) -> None:
        """Ask a run to end, if it can: one that is just starting has to be asked again."""
        if not self.run(run_id).ended:
            answers = ("TerminateRunSuccess", "TerminateRunFailure")
            self._webserver.ask(f"run {run_id}", _TERMINATE, {"runId": run_id}, *answers)

    def wait(self, run_id: str, timeout_seconds: float) -> str:
        """Wait for the end of a run; return SUCCESS, FAILURE or CANCELED."""
        return follow(f"run {run_id}", lambda: self.run(run_id).status, ENDS, timeout_seconds)


def follow(subject: str, read_status: Callable[[], str], ends: Collection[str], timeout_seconds: float) -> str:
    """Read a status until it is one of `ends` and return it; raise OrchestratorError after `timeout_seconds`."""
    deadline = time.monotonic() + timeout_seconds
    while (status := read_status()) not in ends:
        if time.monotonic() > deadline:
            raise OrchestratorError(f"{subject} is {status} after {timeout_seconds:.0f} s")
        time.sleep(_POLL_SECONDS)
    return status


def _run(found: Mapping[str, Any]) -> Run:
    return Run(found["runId"], found["status"], {tag["key"]: tag["value"] for tag in found["tags"]})


def _materialized(event: Mapping[str, Any]) -> Materialized:
    numbers = {entry["label"]: entry["intValue"] for entry in event["metadataEntries"] if "intValue" in entry}
    asset = "/".join((event.get("assetKey") or {}).get("path", ()))
    return Materialized(asset, event["partition"], {label: int(value) for label, value in numbers.items()})
