"""Definitions over a ledger in moto, in this process: what sensors and runs do, without the local stack."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import dagster as dg
import pytest
from botocore.exceptions import EndpointConnectionError

# A run that is queued needs an origin, and Dagster exports no way to make one.
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.defs.resources import PlatformResource
from txplatform.ledger import LandedObject, Ledger
from txplatform.ledger.rows import Attributes, pending_item


@dataclass(frozen=True)
class Tick:
    """What an evaluation of a sensor decided."""

    run_requests: Sequence[dg.RunRequest]
    skip_message: str | None
    cursor: str | None


@dataclass(frozen=True)
class Bench:
    """Definitions, an instance and a ledger, to put objects into and to tick sensors on."""

    platform: PlatformResource
    repository: dg.RepositoryDefinition
    instance: dg.DagsterInstance
    queue_url: str

    @property
    def backfill_job(self) -> str:
        """The job of runs that a backfill or a person starts over assets."""
        return self.repository.get_implicit_global_asset_job_def().name

    def land(self, lane: Lane, entity: str, day: date, name: str = "a", landed_at: datetime | None = None) -> None:
        """Add a pending row as the function `landing` does."""
        landed_at = landed_at or utc_now() - timedelta(seconds=5)
        item = LandedObject(lane, entity, "lake", f"x/{entity}/dt={day}/{name}", "v1", "etag", 10, landed_at, day)
        self.platform.clients.client("dynamodb").put_item(TableName=names.LEDGER_TABLE, Item=pending_item(item))

    def break_ledger(self, monkeypatch: pytest.MonkeyPatch, *entities: str) -> None:
        """Let every query for what is pending of these entities fail."""
        rows_pending = Ledger._rows_pending

        def broken(
            ledger: Ledger, partition_key: str, page_size: int | None = None, *, due_by: datetime | None = None
        ) -> Iterable[Attributes]:
            if partition_key.partition("#")[2] in entities:
                raise ConnectionError("DynamoDB is out of reach")
            return rows_pending(ledger, partition_key, page_size, due_by=due_by)

        monkeypatch.setattr(Ledger, "_rows_pending", broken)

    def break_alerts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let every alert fail."""

        def unreachable(**_: object) -> None:
            raise EndpointConnectionError(endpoint_url="https://sns")

        monkeypatch.setattr(self.platform.alerts.sns, "publish", unreachable)

    def tick(self, sensor: str, cursor: str | None = None) -> Tick:
        """Evaluate a sensor as the daemon does, run requests resolved against their jobs."""
        definition = self.repository.get_sensor_def(sensor)
        with dg.build_sensor_context(
            instance=self.instance, repository_def=self.repository, cursor=cursor, resources={"platform": self.platform}
        ) as context:
            ended = definition.evaluate_tick(context)
        return Tick(ended.run_requests or (), ended.skip_message, ended.cursor)

    def run(self, job_name: str, status: dg.DagsterRunStatus, *assets: str) -> dg.DagsterRun:
        """A run as it stands in the instance after it came to `status`, of these assets or of the whole job."""
        repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("txplatform"), self.repository.name)
        return self.instance.create_run_for_job(
            self.repository.get_job(job_name),
            status=status,
            asset_selection=frozenset(dg.AssetKey(asset) for asset in assets) or None,
            remote_job_origin=RemoteJobOrigin(repository, job_name),  # a queued run must have it
        )

    def alerts(self) -> list[str]:
        """Subject and message of every alert since the last call."""
        sqs = self.platform.clients.client("sqs")
        messages = sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        bodies = [json.loads(message["Body"]) for message in messages]
        return [f"{body['Subject']}\n{body['Message']}" for body in bodies]


def materializations(result: dg.ExecuteInProcessResult) -> list[dg.AssetMaterialization]:
    """Every materialisation that a run recorded, in order."""
    events = [event for event in result.all_events if event.is_step_materialization]
    return [event.step_materialization_data.materialization for event in events]
