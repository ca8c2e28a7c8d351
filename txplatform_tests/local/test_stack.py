"""The whole local AWS: messages travel from the inbound queue to table, dead letters, change files and ledger."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.local.clients import LocalClients
from txplatform.local.environment import child_environment
from txplatform.local.stack import LocalStack

PAYMENTS = "payments"
EXAMPLE = {item.name: item.example for item in load_contracts()[PAYMENTS].fields}
KEY = f"stack-{uuid.uuid4().hex[:8]}"

WaitUntil = Callable[..., Any]


def payment(number: int, **changes: Any) -> dict[str, Any]:
    return EXAMPLE | {"payment_id": f"{KEY}-{number}"} | changes


LATER = "2026-11-03T10:00:00.000000Z"
CHANGE = {"payment_id": f"overtaken-{KEY}", "amount": "0.01", "description": None, "updated_at": LATER}
EXACT = {"amount": "1234567890123456.78", "fee": "99999999999999.9999"}
MALFORMED = [
    "{not json",
    json.dumps(payment(90, amount="1.234", currency="XXX", status="unheard-of")),
    json.dumps({name: value for name, value in payment(91).items() if name != "customer_id"}),
]


@dataclass
class Travelled:
    """What the messages of this module came to."""

    clients: LocalClients
    stack: LocalStack
    alerts_queue: str
    wait_until: WaitUntil
    dead_letters: list[dict[str, Any]] = field(default_factory=list)

    @property
    def lake(self) -> str:
        return self.stack.environment["TXP_LAKE_BUCKET"]

    def item(self, number: int | str) -> dict[str, Any] | None:
        key = {"pk": {"S": f"{KEY}-{number}" if isinstance(number, int) else number}}
        return self.clients("dynamodb").get_item(TableName=names.entity_table(PAYMENTS), Key=key).get("Item")

    def queue_url(self, name: str) -> str:
        return self.clients("sqs").get_queue_url(QueueName=name)["QueueUrl"]

    def send(self, *bodies: str) -> None:
        url = self.queue_url(names.inbound_queue(PAYMENTS))
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        answer = self.clients("sqs").send_message_batch(QueueUrl=url, Entries=entries)
        assert not answer.get("Failed")

    def receive_dead_letters(self) -> list[dict[str, Any]]:
        """Take what is in the dead-dead_letter queue and return all dead letters so far of this module's messages."""
        url = self.queue_url(names.inbound_dead_letter_queue(PAYMENTS))
        self.dead_letters += [dead_letter for dead_letter in self._drain(url) if dead_letter["payload"] in MALFORMED]
        return self.dead_letters

    def alerts(self) -> list[dict[str, Any]]:
        return [json.loads(notification["Message"]) for notification in self._drain(self.alerts_queue)]

    def change_lines(self) -> list[tuple[str, dict[str, Any]]]:
        """The lines of all change files about this module's payments, each with its object's key."""
        s3 = self.clients("s3")
        prefix = names.lane_prefix(names.Lane.CHANGES, PAYMENTS)
        found = []
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=self.lake, Prefix=prefix):
            for listed in page.get("Contents", []):
                body = s3.get_object(Bucket=self.lake, Key=listed["Key"])["Body"].read()
                lines = [json.loads(line) for line in gzip.decompress(body).decode().splitlines()]
                found += [(listed["Key"], line) for line in lines if line["record"]["payment_id"].startswith(KEY)]
        return found

    def ledger_row(self, key: str) -> dict[str, Any] | None:
        """The ledger's row of an object of the changes lane, by any version."""
        answer = self.clients("dynamodb").query(
            TableName=names.LEDGER_TABLE,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"changes#{PAYMENTS}"}, ":sk": {"S": f"{key}#"}},
        )
        return answer["Items"][0] if answer["Items"] else None

    def _drain(self, url: str) -> list[dict[str, Any]]:
        sqs, bodies = self.clients("sqs"), []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies


@pytest.fixture(scope="module")
def travelled(stack: LocalStack, wait_until: WaitUntil) -> Travelled:
    """Send good, malformed, duplicate and deleting messages, and wait until each has arrived somewhere."""
    clients = LocalClients(stack.environment["AWS_ENDPOINT_URL"])
    alerts_queue = clients("sqs").create_queue(QueueName=f"alerts-{KEY}")["QueueUrl"]
    clients("sns").subscribe(
        TopicArn=stack.environment["TXP_ALERTS_TOPIC_ARN"],
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:us-east-1:123456789012:alerts-{KEY}",
    )
    result = Travelled(clients, stack, alerts_queue, wait_until)
    good = [json.dumps(payment(number, **EXACT)) for number in range(4)]
    result.send(*good, good[0], *MALFORMED, json.dumps({"op": "patch", "record": CHANGE}))
    wait_until(lambda: all(result.item(number) for number in range(4)), 30, "the items")
    wait_until(lambda: len(result.receive_dead_letters()) == len(MALFORMED), 30, "the dead letters")
    result.send(
        good[1],
        json.dumps({"op": "delete", "record": {"payment_id": f"{KEY}-2", "updated_at": LATER}}),
        json.dumps({"op": "upsert", "record": payment(3, status="refunded", updated_at=LATER)}),
        json.dumps(EXAMPLE | {"payment_id": CHANGE["payment_id"]}),
    )
    wait_until(lambda: (result.item(2) or {}).get("_deleted") and result.item(3)["status"]["S"] == "refunded", 30)  # type: ignore[index]
    wait_until(lambda: len(result.change_lines()) >= 6, 30, "the change files")
    return result


def test_good_messages_become_exact_items(travelled: Travelled) -> None:
    for number in (0, 1):
        item = travelled.item(number)
        assert item is not None
        assert Decimal(item["amount"]["N"]) == Decimal(EXACT["amount"])
        assert Decimal(item["fee"]["N"]) == Decimal(EXACT["fee"])
        assert item["currency"] == {"S": EXAMPLE["currency"]}
        assert item["items_count"] == {"N": str(EXAMPLE["items_count"])}


def test_a_deletion_leaves_a_tombstone(travelled: Travelled) -> None:
    item = travelled.item(2)
    assert item is not None
    assert item["_deleted"] == {"BOOL": True}
    assert "amount" not in item
    assert "_expires_at" in item


def test_a_change_that_overtook_its_record_is_merged(travelled: Travelled) -> None:
    newest = lambda: (item := travelled.item(CHANGE["payment_id"]) or {}).get("_version") == {"S": LATER} and item  # noqa: E731
    item = travelled.wait_until(newest, 60, "the change")
    assert (item["amount"], "description" in item, item["currency"]["S"]) == ({"N": "0.01"}, False, EXAMPLE["currency"])


def test_malformed_messages_are_dead_letters_with_all_reasons(travelled: Travelled) -> None:
    dead_letters = {dead_letter["payload"]: dead_letter for dead_letter in travelled.dead_letters}
    assert set(dead_letters) == set(MALFORMED)
    fields = [{reason["field"] for reason in dead_letters[payload]["reasons"]} for payload in MALFORMED]
    assert fields[0] == {""}
    assert fields[1] >= {"amount", "currency", "status"}
    assert fields[2] == {"customer_id"}
    assert {dead_letter["origin"]["queue"] for dead_letter in travelled.dead_letters} == {names.inbound_queue(PAYMENTS)}


def test_one_alert_a_batch(travelled: Travelled) -> None:
    batches = Counter(dead_letter["refused_at"] for dead_letter in travelled.dead_letters)
    alerts = travelled.alerts()
    assert sorted(alert["refused"] for alert in alerts) == sorted(batches.values())
    assert {alert["entity"] for alert in alerts} == {PAYMENTS}


@pytest.mark.parametrize(("metric", "least"), [("MessagesAccepted", 8), ("MessagesRefused", 3)])
def test_metrics_are_counted(travelled: Travelled, metric: str, least: int) -> None:
    deadline = time.monotonic() + 10  # as on AWS, a metric comes by way of the log, after the work it counts
    while (counted := _sum(travelled, metric)) < least and time.monotonic() < deadline:
        time.sleep(0.1)
    assert counted >= least


def _sum(travelled: Travelled, metric: str) -> float:
    answer = travelled.clients("cloudwatch").get_metric_statistics(
        Namespace=names.METRIC_NAMESPACE,
        MetricName=metric,
        Dimensions=[{"Name": "Entity", "Value": PAYMENTS}],
        StartTime="2020-01-01T00:00:00Z",
        EndTime="2100-01-01T00:00:00Z",
        Period=86400,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in answer["Datapoints"])


def test_change_files_hold_every_change_once_and_exactly(travelled: Travelled) -> None:
    lines = travelled.change_lines()
    assert all(re.search(r"/dt=\d{4}-\d\d-\d\d/\d{40}-\d{40}\.jsonl\.gz$", key) for key, _ in lines)
    changes = Counter((line["record"]["payment_id"].rpartition("-")[2], line["op"]) for _, line in lines)
    # Duplicates change nothing, hence no line; a deletion is a modification of the item into a tombstone.
    assert changes == {(str(n), "insert"): 1 for n in range(4)} | {("2", "modify"): 1, ("3", "modify"): 1}
    inserted = [line for _, line in lines if line["op"] == "insert"]
    assert {(line["record"]["amount"], line["record"]["fee"]) for line in inserted} == {tuple(EXACT.values())}
    (deleted,) = [line for _, line in lines if line["deleted"]]
    assert set(deleted["record"]) == {"payment_id", "created_at"}
    order_keys = [line["order_key"] for _, line in sorted(lines, key=lambda found: int(found[1]["sequence_number"]))]
    assert order_keys == sorted(order_keys)


def test_change_files_are_pending_in_the_ledger(travelled: Travelled) -> None:
    for key in {key for key, _ in travelled.change_lines()}:
        row = travelled.wait_until(lambda key=key: travelled.ledger_row(key), 20, "the ledger's row")
        assert row["state"] == {"S": "PENDING"}
        assert row["pending"] == {"S": f"changes#{PAYMENTS}"}
        assert row["bucket"] == {"S": travelled.lake}
        assert row["version_id"]["S"]


def test_no_message_is_left_behind(travelled: Travelled) -> None:
    attributes = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    url = travelled.queue_url(names.inbound_queue(PAYMENTS))

    def empty() -> bool:
        answer = travelled.clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=attributes)
        return [answer["Attributes"][name] for name in attributes] == ["0", "0"]

    assert travelled.wait_until(empty, 20, "an empty queue")


def test_a_dropped_file_is_pending_too(stack: LocalStack, wait_until: WaitUntil) -> None:
    clients = LocalClients(stack.environment["AWS_ENDPOINT_URL"])
    key = f"{names.lane_prefix(names.Lane.FILES, PAYMENTS)}dt=1997-01-02/{KEY} a+b.csv"
    version = clients("s3").put_object(Bucket=stack.environment["TXP_LAKE_BUCKET"], Key=key, Body=b"x")["VersionId"]
    row = {"pk": {"S": f"files#{PAYMENTS}"}, "sk": {"S": f"{key}#{version}"}}
    dynamodb = clients("dynamodb")
    item = wait_until(lambda: dynamodb.get_item(TableName=names.LEDGER_TABLE, Key=row).get("Item"), 20, "the row")
    assert (item["dt"], item["size"]) == ({"S": "1997-01-02"}, {"N": "1"})


ORPHANS = """
import pathlib, sys, time
from txplatform.local_platform import start_platform
stack = start_platform(pathlib.Path(sys.argv[1]))
print("up", flush=True)
time.sleep(600)
"""


def session_of(state_dir: Path) -> list[int]:
    """The processes of a stack, found by its state directory in their arguments or their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            text = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            alive = b"\nState:\tZ" not in (process / "status").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if alive and str(state_dir).encode() in text:
            found.append(int(process.name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_the_process_that_started_the_stack(
    end: signal.Signals, tmp_path: Path, wait_until: WaitUntil
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ORPHANS, str(tmp_path)], env=child_environment({}), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        assert len(session_of(tmp_path)) == 9  # the process itself, services, runtime and six functions
        os.kill(process.pid, end)
    wait_until(lambda: session_of(tmp_path) == [], 10, "the end of all processes")


@pytest.mark.slow
def test_up_runs_until_ctrl_c_and_refuses_a_second_stack(tmp_path: Path, wait_until: WaitUntil) -> None:
    command = [sys.executable, "-c", "from txplatform.cli.main import main; main()", "up", "--state-dir", str(tmp_path)]
    with subprocess.Popen(command, env=child_environment({}), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        shown = "".join(iter(process.stdout.readline, "Ctrl-C stops everything.\n"))
        env = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
        assert env["TXP_API_URL"] in shown
        second = subprocess.run(command, env=child_environment({}), capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert f"another one (process {process.pid})" in second.stderr
        process.send_signal(signal.SIGINT)
        process.wait(10)
        assert process.stdout.read() == "Stopped\n"
    assert process.returncode == 0
    assert session_of(tmp_path) == []
    assert not (tmp_path / "env").exists()
