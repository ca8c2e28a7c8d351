"""The lake side on a local AWS without the real-time path: what tests of ledger, lake, warehouse and parity stand on.

Objects are put into the landing areas and entered into the ledger by reconciliation, as a lost notification would be.
"""

import atexit
import gzip
import json
import tempfile
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from txplatform.alerts import Alerts
from txplatform.aws import AwsClients
from txplatform.clock import timestamp_text
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.lake.catalog import Lake
from txplatform.lake.changes import ingest_changes
from txplatform.lake.files import ingest_files
from txplatform.lake.fold import fold, unfolded_rows
from txplatform.lake.reports import ChangesReport, FilesReport
from txplatform.ledger import LandedObject, Ledger, attempts, batches
from txplatform.ledger.file_folders import folder_prefix, system_folder
from txplatform.local.children import Child
from txplatform.local.environment import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from txplatform.settings import Settings
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.views import refresh_view

BUCKET = "lake-stand"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
    "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
}


@cache
def aws_process() -> tuple[str, int]:
    """Endpoint and process id of one local AWS for the whole session, started when the first test needs it."""
    state = Path(tempfile.mkdtemp(prefix="lake-stand-"))
    child = Child.start("aws", "txplatform.local.aws", ["--port", "0"], state, {})
    atexit.register(child.stop, 2)
    return child.wait_ready(60)["endpoint"], child.process.pid


@cache
def stand_settings() -> Settings:
    """Settings of a local AWS with bucket, topic, ledger table, Glue database and workgroup in place."""
    endpoint, _ = aws_process()
    settings = Settings.from_env(
        {
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": endpoint,
            "TXP_LAKE_BUCKET": BUCKET,
            "TXP_ALERTS_TOPIC_ARN": "set below",
            "TXP_API_URL": "http://127.0.0.1/none",
            "TXP_DASHBOARDS_URL": "http://127.0.0.1/none",
        }
    )
    clients = AwsClients(settings)
    s3, sns, sqs = clients.client("s3"), clients.client("sns"), clients.client("sqs")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    topic = sns.create_topic(Name=names.ALERTS_TOPIC)["TopicArn"]
    queue = sqs.create_queue(QueueName="alerts")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    clients.client("glue").create_database(DatabaseInput={"Name": names.DATABASE})
    clients.client("athena").create_work_group(
        Name=names.WORKGROUP,
        Configuration={"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/{names.ATHENA_RESULTS_PREFIX}/"}},
    )
    clients.client("dynamodb").create_table(
        TableName=names.LEDGER_TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk", "pending", "landed_at")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": names.LEDGER_PENDING_INDEX,
                "KeySchema": [
                    {"AttributeName": "pending", "KeyType": "HASH"},
                    {"AttributeName": "landed_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    return replace(settings, alerts_topic_arn=topic)


@cache
def _contracts() -> Mapping[str, Contract]:
    return load_contracts()


@dataclass
class Stand:
    """One entity of its own on the shared services."""

    contract: Contract
    settings: Settings

    def __post_init__(self) -> None:
        settings = self.settings
        self.clients = AwsClients(settings)
        self.topic = Alerts(self.clients, settings.alerts_topic_arn)
        self.lake = Lake(self.clients, settings.lake_bucket)
        self.ledger = Ledger(self.clients, settings.lake_bucket)
        self.athena = Athena(self.clients)
        self._places: dict[str, dict[str, Any]] = {}  # key and partition value of each record, as last changed

    @classmethod
    def of(cls, entity: str) -> "Stand":
        contract = replace(_contracts()[entity], name=f"{entity}_{uuid.uuid4().hex[:8]}")
        return cls(contract, stand_settings())

    @property
    def environment(self) -> dict[str, str]:
        """The settings as variables, for a command or a process that is to find this stand."""
        assert self.settings.endpoint_url
        return {
            "AWS_ENDPOINT_URL": self.settings.endpoint_url,
            "TXP_LAKE_BUCKET": self.settings.lake_bucket,
            "TXP_ALERTS_TOPIC_ARN": self.settings.alerts_topic_arn,
            "TXP_API_URL": self.settings.api_url,
            "TXP_DASHBOARDS_URL": self.settings.dashboards_url,
        }

    def with_settings(self, **settings: Any) -> "Stand":
        """The same entity seen by another process."""
        return Stand(self.contract, replace(self.settings, **settings))

    def put_file(self, day: date, name: str, data: bytes | str, system: str | None = None) -> None:
        body = data.encode() if isinstance(data, str) else data
        key = f"{folder_prefix(Lane.FILES, self.contract.name, system_folder(system))}dt={day}/{name}"
        self.clients.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
        self.ledger.reconcile(Lane.FILES, self.contract.name, [day])

    def put_raw_changes(self, name: str, data: bytes, day: date = date(2026, 11, 1)) -> None:
        key = f"{names.lane_prefix(Lane.CHANGES, self.contract.name)}dt={day}/{name}"
        self.clients.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data)
        self.ledger.reconcile(Lane.CHANGES, self.contract.name, [day])

    def land(self, *object_names: str) -> list[LandedObject]:
        """Let objects of the changes lane land that nothing is going to read; return what is pending then."""
        for name in object_names:
            self.put_raw_changes(name, name.encode())
        return self.ledger.pending(Lane.CHANGES, self.contract.name)

    def put_changes(self, name: str, changes: Iterable[tuple[int, Mapping[str, Any], bool]]) -> None:
        """Change records (sequence number, record, deleted) as the `cdc` function writes them."""
        lines = [json.dumps(self.envelope(number, record, deleted)) for number, record, deleted in changes]
        self.put_raw_changes(f"{name}.jsonl.gz", gzip.compress("\n".join(lines).encode(), mtime=0))

    def envelope(self, number: int, record: Mapping[str, Any], deleted: bool = False) -> dict[str, Any]:
        identity = {*self.contract.key, self.contract.partition_field}
        kept = identity if deleted else record.keys()
        place = {name: value for name, value in record.items() if name in identity}
        key = "|".join(str(record[name]) for name in self.contract.key)
        previous = self._places.get(key)
        self._places[key] = place
        left = previous is not None and previous != place and len(previous) == len(identity)
        return {
            "entity": self.contract.name,
            "op": "modify",
            "order_key": f"1|000001|{number:040d}",
            "sequence_number": str(number),
            "occurred_at": timestamp_text(datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=number)),
            "schema_version": self.contract.version,
            "deleted": deleted,
            "record": {name: value for name, value in record.items() if name in kept},
            **({"previous": previous} if left else {}),
        }

    def ingest_changes(self) -> ChangesReport:
        return ingest_changes(self.contract, self.lake, self.ledger, self.topic)

    def ingest_files(
        self, *days: date, delete_emptied: bool = False, mappings: FileMappings | None = None
    ) -> FilesReport:
        return ingest_files(
            self.contract, days, self.lake, self.ledger, self.topic, mappings, delete_emptied=delete_emptied
        )

    def fold(self) -> None:
        fold(self.contract, self.lake, self.athena, self.ledger)

    def rows(self, table: str) -> pa.Table:
        return self.lake.table(table).scan().to_arrow()

    def view(self, columns: str = "*") -> list[dict[str, Any]]:
        """Rows of the current view, folded before if there are rows of files to enter it, as a refresh does."""
        self.lake.ensure(self.contract)
        if unfolded_rows(self.contract, self.lake, self.ledger.folded(self.contract.name), Lane.FILES):
            self.fold()
        refresh_view(self.contract, self.athena, self.ledger)
        return self.athena.arrow(f'SELECT {columns} FROM "{self.contract.name}" ORDER BY 1').to_pylist()

    def quarantine(self) -> list[dict[str, Any]]:
        return sorted(self.rows(names.quarantine_table(self.contract.name)).to_pylist(), key=lambda row: row["row"])

    def alerts(self) -> list[str]:
        """Subjects of the alerts for this entity since the last call; others' are dropped."""
        sqs, found = self.clients.client("sqs"), []
        queue = sqs.get_queue_url(QueueName="alerts")["QueueUrl"]
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(message["Body"])["Subject"] for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [subject for subject in found if subject.startswith(self.contract.name)]


def set_ledger_clock(monkeypatch: pytest.MonkeyPatch, now: Callable[[], datetime]) -> None:
    """Let batches and attempts of the ledger take the present from `now`."""
    for module in (attempts, batches):
        monkeypatch.setattr(module, "utc_now", now)


def payment(key: str, amount: str = "12.30", minute: int = 0, **fields: Any) -> dict[str, Any]:
    """A canonical payment; `minute` is its version."""
    record = {
        "payment_id": key,
        "customer_id": "cus_1",
        "merchant_id": "mer_1",
        "amount": amount,
        "currency": "EUR",
        "status": "captured",
        "method": "card",
        "created_at": "2026-01-01T00:00:00.000000Z",
        "updated_at": timestamp_text(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)),
    }
    return record | fields


def csv_of(records: Iterable[Mapping[str, Any]]) -> str:
    """Records with equal fields as a CSV file."""
    rows = list(records)
    lines = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
    return "\n".join(lines) + "\n"
