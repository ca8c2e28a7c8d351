"""The whole platform on the running local stack, as the end-to-end tests drive it."""

import json
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from dagster import AssetKey, DagsterInstance, ExecuteInProcessResult

from txplatform.aws import AwsClients
from txplatform.client import ClientCredentials, DataApi
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.lake.catalog import Lake
from txplatform.ledger import Ledger
from txplatform.parity.check import check_parity
from txplatform.parity.report import ParityReport
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.views import refresh_view

_SQS_BATCH = 10
_QUEUE_COUNTS = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
]


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value) if value == Decimal(repr(float(value))) else str(value)
    raise TypeError(type(value))


@dataclass(frozen=True)
class Platform:
    """The running platform: each method is one thing that a user does with it."""

    clients: AwsClients
    contracts: dict[str, Contract]
    lake: Lake
    ledger: Ledger
    athena: Athena
    environment: dict[str, str]
    wait_until: Callable[..., Any]

    @classmethod
    def of(cls, clients: AwsClients, environment: dict[str, str], wait_until: Callable[..., Any]) -> "Platform":
        """The platform with the contracts, and on what else, the clients' settings name."""
        bucket = clients.settings.lake_bucket
        lake, ledger = Lake(clients, bucket), Ledger(clients, bucket)
        contracts = load_contracts(clients.settings.contracts_dir)
        return cls(clients, contracts, lake, ledger, Athena(clients), environment, wait_until)

    def send(self, entity: str, messages: Sequence[Any]) -> None:
        """Put messages (JSON-able, or the raw text itself) into the entity's inbound queue."""
        self.send_to(names.inbound_queue(entity), messages)

    def send_to(self, queue: str, messages: Sequence[Any]) -> None:
        """Put messages (JSON-able, or the raw text itself) into a queue."""
        sqs = self.clients.client("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        bodies = [body if isinstance(body, str) else json.dumps(body, default=_text) for body in messages]
        for start in range(0, len(bodies), _SQS_BATCH):
            entries = [
                {"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies[start : start + _SQS_BATCH])
            ]
            assert not sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed")

    def drop(self, entity: str, day: date, name: str, content: bytes) -> None:
        """Put a file under the RAW prefix."""
        key = f"{names.lane_prefix(Lane.FILES, entity)}dt={day.isoformat()}/{name}"
        self.clients.client("s3").put_object(Bucket=self.clients.settings.lake_bucket, Key=key, Body=content)

    @cached_property
    def api(self) -> DataApi:
        """The data API with the token of the machine client."""
        given = self.environment
        credentials = ClientCredentials(given["TXP_TOKEN_URL"], given["TXP_CLIENT_ID"], given["TXP_CLIENT_SECRET"])
        return DataApi(given["TXP_API_URL"], credentials)

    def materialize(self, *assets: str, days: Sequence[date] = ()) -> ExecuteInProcessResult:
        """Materialise assets in one Dagster run; with days, over the range from the first to the last."""
        from txplatform.definitions import compose
        from txplatform.defs.files.run_days import range_tags
        from txplatform.defs.resources import PlatformResource

        defs = compose(self.contracts, PlatformResource.with_variables(self.environment))
        tags = range_tags(sorted(days)) if days else {}
        with DagsterInstance.ephemeral() as instance:
            result = defs.resolve_implicit_global_asset_job_def().execute_in_process(
                instance=instance, asset_selection=[AssetKey(asset) for asset in assets], tags=tags
            )
        assert result.success
        return result

    def fold(self, entity: str) -> None:
        """Fold the entity's rows into its snapshot and let the view read on from there."""
        self.materialize(names.snapshot_table(entity))
        self.refresh(entity)

    def refresh(self, entity: str) -> None:
        """Let the view read what has been ingested or folded."""
        refresh_view(self.contracts[entity], self.athena, self.ledger)

    def waiting(self, queue: str) -> int:
        """The messages in a queue, those in work included."""
        sqs = self.clients.client("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_QUEUE_COUNTS)["Attributes"]
        return sum(map(int, counts.values()))

    def wait_consumed(self, *queues: str, timeout: float = 240) -> None:
        """Wait until queues are empty, messages in work included."""
        self.wait_until(lambda: not any(map(self.waiting, queues)), timeout, f"the end of {', '.join(queues)}")

    def wait_landed(self, entity: str, lane: Lane, objects: int, timeout: float = 120) -> None:
        """Wait until at least so many objects are pending in the ledger."""
        self.wait_until(lambda: len(self.ledger.pending(lane, entity)) >= objects, timeout, f"{objects} {lane} landed")

    def drain(self, entity: str, timeout: float = 120) -> ParityReport:
        """Ingest changes until the lake equals the table and no record is in flight; return the parity report."""
        self.wait_consumed(names.inbound_queue(entity))
        contract = self.contracts[entity]
        self.lake.ensure(contract)
        deadline = time.monotonic() + timeout
        while True:
            if self.ledger.pending(Lane.CHANGES, entity):
                self.materialize(names.changes_table(entity))
            self.refresh(entity)
            report = check_parity(contract, self.clients, self.athena, self.ledger, timedelta(0))
            if report.equal and not report.in_flight:
                return report
            assert time.monotonic() < deadline, f"not equal after {timeout} s: {report}"

    def one(self, sql: str) -> dict[str, Any]:
        """The single row of a query."""
        (row,) = self.athena.arrow(sql).to_pylist()
        return row


def twice_and_shuffled(messages: Iterable[Any], seed: int) -> list[Any]:
    """Each message two times, in random order."""
    doubled = [message for message in messages for _ in range(2)]
    random.Random(seed).shuffle(doubled)
    return doubled
