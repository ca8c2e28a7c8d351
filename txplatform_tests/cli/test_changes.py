"""`txplatform changes` and `txplatform bootstrap` on a local AWS, with `cdc` deployed."""

import gzip
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from txplatform.aws import AwsClients
from txplatform.cli.main import main
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.ledger import Ledger

KEPT = json.loads((Path(__file__).parents[1] / "lambdas" / "events" / "failures" / "stream_to_s3.json").read_text())
WaitUntil = Callable[..., Any]


@pytest.fixture
def bucket(aws: AwsClients) -> str:
    return aws.settings.lake_bucket


@pytest.fixture
def payment(aws: AwsClients) -> None:
    """Write the record whose changes were abandoned: redriven, they are what the table holds."""
    *_, last = json.loads(KEPT["payload"])["Records"]
    aws.client("dynamodb").put_item(TableName=names.entity_table("payments"), Item=last["dynamodb"]["NewImage"])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def abandon(aws: AwsClients, bucket: str, body: str) -> str:
    key = f"{names.ABANDONED_PREFIX}/mapping/shardId-1/2025/11/26/2025-11-26T10.13.49-{uuid.uuid4()}"
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=body.encode())
    return key


def keys(aws: AwsClients, bucket: str, prefix: str) -> list[str]:
    return [item["Key"] for item in aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])]


def test_an_abandoned_batch_is_listed_and_redriven_once(payment: None, aws: AwsClients, bucket: str) -> None:
    key = abandon(aws, bucket, json.dumps(KEPT))
    listed = run("changes", "list", "payments").output
    assert (
        f"payments  2 records  s3://{bucket}/{key}\n  RetryAttemptsExhausted, abandoned at 2025-11-26T10:13" in listed
    )
    assert "(0 batches" in run("changes", "list", "trades").output

    assert "2 records redriven" in run("changes", "redrive", "payments").output

    assert key not in run("changes", "list").output
    done = f"{names.REDRIVEN_PREFIX}{key.removeprefix(names.ABANDONED_PREFIX)}"
    assert keys(aws, bucket, done) == [done]
    [written] = keys(aws, bucket, "cdc/payments/dt=2025-11-26/0000000000004421584500000000017450439121")
    body = aws.client("s3").get_object(Bucket=bucket, Key=written)["Body"].read()
    assert [json.loads(line)["record"]["status"] for line in gzip.decompress(body).splitlines()] == [
        "captured",
        "refunded",
    ]
    abandon(aws, bucket, json.dumps(KEPT))
    assert run("changes", "redrive").exit_code == 0
    assert len(keys(aws, bucket, "cdc/payments/dt=2025-11-26/00000000000044215845")) == 1, "the same lines, once"


def test_what_cannot_be_redriven_stays_and_stops_no_other(payment: None, aws: AwsClients, bucket: str) -> None:
    payload = json.loads(KEPT["payload"])
    payload["Records"][1]["eventName"] = "TRUNCATE"
    bad = abandon(aws, bucket, json.dumps({**KEPT, "payload": json.dumps(payload)}))
    empty = abandon(aws, bucket, json.dumps({name: value for name, value in KEPT.items() if name != "payload"}))
    other = abandon(aws, bucket, "not of Lambda")
    good = abandon(aws, bucket, json.dumps(KEPT))

    result = run("changes", "redrive", "payments")

    assert result.exit_code == 1
    assert "2 batches did not get through" in result.output
    assert "record 4421584500000000017450439122" in result.output
    listed = run("changes", "list").output
    assert all(key in listed for key in (bad, empty, other))
    assert good not in listed
    assert f"-  0 records  s3://{bucket}/{other}\n  the object holds no batch" in listed
    for key in (bad, empty, other):
        aws.client("s3").delete_object(Bucket=bucket, Key=key)


@pytest.mark.parametrize("command", [["changes", "list", "nobody"], ["bootstrap", "nobody"]])
def test_an_unknown_entity_is_named(stack_env: dict[str, str], command: list[str]) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert "there is no contract 'nobody'. Known:" in result.output


def test_one_command_brings_back_what_the_stream_lost(
    aws: AwsClients, bucket: str, monkeypatch: pytest.MonkeyPatch, wait_until: WaitUntil
) -> None:
    """The changes of an outage are thrown away; parity turns red, one command brings it back."""
    monkeypatch.setenv("TXP_PARITY_GRACE_SECONDS", "0")
    contract, ledger = load_contracts()["trades"], Ledger(aws, bucket)
    example = {field.name: field.example for field in contract.fields if field.example is not None}
    for number in range(3):
        item = {name: _attribute(value) for name, value in example.items()}
        trade = {"venue": {"S": "lost"}, "trade_id": {"S": str(number)}, "pk": {"S": f"lost#{number}"}}
        written = {"_version": {"S": str(example["updated_at"])}, "_written_at": {"S": "2026-11-01T00:00:00.000000Z"}}
        aws.client("dynamodb").put_item(TableName=names.entity_table("trades"), Item={**item, **trade, **written})
    lost = wait_until(lambda: ledger.pending(Lane.CHANGES, "trades"), message="the changes of the outage")
    ledger.done(lost)

    result = run("bootstrap", "trades", "--segments", "2")

    assert result.exit_code == 0, result.output
    assert "trades: " in result.output
    assert "generation 2" in result.output
    assert ", 0 differences" in result.output


def _attribute(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    number = isinstance(value, int) or (isinstance(value, str) and value.replace(".", "", 1).isdigit())
    return {"N" if number else "S": str(value)}
