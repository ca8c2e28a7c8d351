"""Dagster as users run it, and requests for backfills over its GraphQL as the UI sends them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from txplatform.demo.dagster_dev import DagsterDev
from txplatform.orchestrator.orchestrator import LOCATION, REPOSITORY, follow
from txplatform.orchestrator.webserver import Webserver

_START_SECONDS = 180
_REPOSITORY = {"repositoryLocationName": LOCATION, "repositoryName": REPOSITORY}
_BACKFILL_ENDS = {"COMPLETED", "COMPLETED_SUCCESS", "COMPLETED_FAILED", "FAILED", "CANCELED"}
_BACKFILL = """
mutation Backfill($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on Error { message }
  }
}"""
_BACKFILL_STATUS = """
query BackfillStatus($id: String!) {
  partitionBackfillOrError(backfillId: $id) { __typename ... on PartitionBackfill { status } ... on Error { message } }
}"""
_SENSOR = """
query Sensor($selector: SensorSelector!) {
  sensorOrError(sensorSelector: $selector) {
    __typename
    ... on Sensor { state: sensorState { id } }
    ... on Error { message }
  }
}"""
_STOP_SENSOR = """
mutation StopSensor($id: String!) {
  stopSensor(id: $id) { __typename ... on Error { message } }
}"""


class Backfills:
    """One Dagster webserver, as far as backfills that the UI starts need it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._webserver = Webserver(url)

    def backfill(self, asset: str, partitions: Sequence[str], timeout_seconds: float) -> str:
        """Materialise partitions as the asset's backfill policy says; return how it ended."""
        params = {"assetSelection": [{"path": [asset]}], "partitionNames": list(partitions)}
        backfill_id = self._execute(_BACKFILL, {"params": params}, "LaunchBackfillSuccess")["backfillId"]

        def status() -> str:
            return self._execute(_BACKFILL_STATUS, {"id": backfill_id}, "PartitionBackfill")["status"]

        return follow(f"backfill {backfill_id}", status, _BACKFILL_ENDS, timeout_seconds)

    def stop_sensor(self, name: str) -> None:
        """Keep a sensor from starting runs of its own."""
        sensor = self._execute(_SENSOR, {"selector": {**_REPOSITORY, "sensorName": name}}, "Sensor")
        self._execute(_STOP_SENSOR, {"id": sensor["state"]["id"]}, "StopSensorMutationResult")

    def _execute(self, document: str, variables: dict[str, Any], expected: str) -> dict[str, Any]:
        return self._webserver.ask("backfill", document, variables, expected)


@contextmanager
def dagster(state_dir: Path, environment: Mapping[str, str]) -> Iterator[Backfills]:
    """Run `dagster dev` for the block."""
    running = DagsterDev.start(state_dir, environment)
    try:
        running.wait_ready(_START_SECONDS)
        yield Backfills(running.url)
    finally:
        running.stop()
