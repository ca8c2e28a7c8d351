"""`txplatform dlq` on the local stack, whose own function refuses and takes back."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from txplatform.aws import AwsClients
from txplatform.cli.main import main
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import SHIPPED, load_systems
from txplatform.dead_letters import reading

WaitUntil = Callable[..., Any]
CUSTOMERS = load_contracts()["customers"]
EXAMPLE = {field.name: field.example for field in CUSTOMERS.fields if field.example is not None}
EMAIL = "grace@example.com"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The local SQS asks all of its one server at once."""
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0)


def run(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, ["dlq", *arguments], input=answer)


def document(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def url(aws: AwsClients, queue: str) -> str:
    return aws.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]


def put(aws: AwsClients, queue: str, body: str, correlation_id: str | None = None) -> str:
    """Send a message and return its id."""
    attributes: Any = (
        {"correlation_id": {"DataType": "String", "StringValue": correlation_id}} if correlation_id else {}
    )
    sent = aws.client("sqs").send_message(QueueUrl=url(aws, queue), MessageBody=body, MessageAttributes=attributes)
    return sent["MessageId"]


def customer(aws: AwsClients, key: str) -> Any:
    table = names.entity_table("customers")
    return aws.client("dynamodb").get_item(TableName=table, Key={"pk": {"S": key}}).get("Item")


@pytest.fixture
def refused(aws: AwsClients, wait_until: WaitUntil) -> str:
    """A customer that the function refused; its key, which is its correlation id too."""
    key = f"dlq-{uuid.uuid4()}"
    record = {**EXAMPLE, "customer_id": key, "email": EMAIL, "country": "Britain"}
    put(aws, names.inbound_queue("customers"), json.dumps(record), key)
    wait_until(lambda: document("list", "customers", "--id", key)["customers"]["dead_letters"] == 1)
    return key


def test_a_refused_message_is_counted_listed_and_shown(refused: str) -> None:
    counted = document("list", "customers", "--id", refused)["customers"]
    assert counted["queue"] == names.inbound_dead_letter_queue("customers")
    assert [(reason["rule"], reason["field"], reason["count"]) for reason in counted["reasons"]] == [
        ("pattern", "country", 1)
    ]

    listed = run("list", "customers", "--field", "country", "--since", "10m", "--messages").output
    assert "pattern" in listed
    assert refused in listed

    shown = run("show", refused, "--queue", "customers").output
    assert f'"customer_id": "{refused}"' in shown
    assert '"country": "Britain"' in shown
    assert "country: pattern:" in shown
    assert EMAIL not in shown
    assert EMAIL in run("show", refused, "--personal").output
    [whole] = document("show", refused)
    assert EMAIL not in json.dumps(whole)
    [whole] = document("show", refused, "--personal")
    assert json.loads(whole["payload"])["email"] == EMAIL
    assert whole["origin"]["queue"] == names.inbound_queue("customers")


def test_a_redrive_leaves_what_does_not_match_and_what_is_refused_again_comes_back(
    refused: str, aws: AwsClients, wait_until: WaitUntil
) -> None:
    assert "0 messages redriven" in run("redrive", "customers", "--id", refused, "--rule", "enum", "--yes").output
    [before] = document("show", refused)
    result = document("redrive", "customers", "--id", refused, "--yes")
    assert (result["matched"], result["redriven"], result["complete"]) == (1, 1, True)
    again = wait_until(lambda: [each for each in _shown(refused) if each["message_id"] != before["message_id"]])
    assert [each["origin"] for each in again] == [before["origin"]], (
        "it is the payload that is refused, not its wrapping"
    )
    assert len(_shown(refused)) == 1


def test_a_redriven_message_overwrites_no_newer_state(aws: AwsClients, wait_until: WaitUntil) -> None:
    key, late = f"dlq-{uuid.uuid4()}", f"dlq-{uuid.uuid4()}"
    record = {**EXAMPLE, "customer_id": key}
    inbound, dead = names.inbound_queue("customers"), names.inbound_dead_letter_queue("customers")
    newer = {**record, "city": "Paris", "updated_at": "2026-11-20T00:00:00.000000Z"}
    put(aws, inbound, json.dumps(newer), key)
    wait_until(lambda: customer(aws, key))
    put(aws, dead, json.dumps({**record, "city": "London", "updated_at": "2026-11-19T00:00:00.000000Z"}), late)
    put(aws, dead, json.dumps({**record, "customer_id": late}), late)

    assert document("list", "customers", "--id", late)["customers"]["reasons"][0]["rule"] == "undelivered"
    for _ in range(2):
        assert run("redrive", "customers", "--id", late, "--yes").exit_code == 0

    assert wait_until(lambda: customer(aws, late))["_trace_id"]["S"] == late
    assert customer(aws, key)["city"]["S"] == "Paris"
    assert document("list", "customers", "--id", late)["customers"]["dead_letters"] == 0


def test_what_a_source_system_sent_is_shown_with_its_place_and_all_of_it_masked(
    aws: AwsClients, wait_until: WaitUntil
) -> None:
    mark = f"dlq-{uuid.uuid4()}"
    payload = json.loads((SHIPPED / "stripe" / "customer.json").read_text()) | {"id": mark, "created": "soon"}
    put(aws, names.source_queue("stripe"), json.dumps(payload), mark)
    chosen = ("source-stripe", "--id", mark, "--entity", "customers")
    wait_until(lambda: document("list", *chosen)["source-stripe"]["dead_letters"] == 1)
    shown = run("show", mark, "--queue", "source-stripe").output
    assert "created_at (/created): " in shown
    assert payload["email"] not in shown
    assert payload["email"] in run("show", mark, "--queue", "source-stripe", "--personal").output
    assert "1 message deleted" in run("purge", *chosen, "--yes").output


def test_nothing_is_done_without_a_yes(aws: AwsClients) -> None:
    mark = f"dlq-{uuid.uuid4()}"
    put(aws, names.inbound_dead_letter_queue("trades"), "{", mark)
    chosen = ("trades", "--id", mark)
    for command, answer in (("redrive", "n\n"), ("purge", None)):  # None: nobody answers
        assert document(command, *chosen, "--dry-run", "--yes")["dead_letters"] == 1
        refusal = run(command, *chosen, answer=answer)
        assert refusal.exit_code == 1
        assert "trades: 1 dead letter" in refusal.output
        assert "[y/N]" in refusal.output
        assert run(command, *chosen, "--json").exit_code == 2
    assert document("list", *chosen)["trades"]["dead_letters"] == 1

    assert "trades: 1 message deleted" in run("purge", *chosen, answer="y\n").output
    assert document("list", *chosen)["trades"]["dead_letters"] == 0


def test_purge_takes_filters_or_all(aws: AwsClients) -> None:
    for _ in range(3):
        put(aws, names.LANDING_DEAD_LETTER_QUEUE, '{"Records": []}')
    assert run("purge", "landing").exit_code == 2
    assert run("purge", "landing", "--all", "--kind", "unreadable").exit_code == 2
    result = document("purge", "landing", "--all", "--yes")
    assert (result["matched"], result["deleted"]) == (3, 3)


def test_all_queues_are_listed(aws: AwsClients) -> None:
    put(aws, names.LANDING_DEAD_LETTER_QUEUE, "no JSON")
    result = document("list")
    systems = {f"source-{name}" for name in load_systems(load_contracts())}
    assert set(result) == {*load_contracts(), *systems, "landing"}
    assert result["landing"]["reasons"][0]["rule"] == "unreadable"
    assert all(each["complete"] for each in result.values())


@pytest.mark.parametrize(
    "arguments", [["list", "nobody"], ["redrive", "nobody", "--yes"], ["show", "x", "--queue", "no"]]
)
def test_an_unknown_queue_is_named(stack_env: dict[str, str], arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert "Remedy: take one of " in result.output
    assert "customers, " in result.output


def test_a_message_that_is_not_there_is_said(stack_env: dict[str, str]) -> None:
    result = run("show", "nothing", "--queue", "trades")
    assert result.exit_code == 1
    assert "there is no dead letter 'nothing'" in result.output


def test_a_moment_that_cannot_be_read_is_refused() -> None:
    result = run("list", "--since", "soon")
    assert result.exit_code == 2
    assert "Remedy: write 2026-11-27, " in result.output


def test_what_a_terminal_would_obey_is_escaped(aws: AwsClients) -> None:
    mark = f"dlq-{uuid.uuid4()}"
    put(aws, names.inbound_dead_letter_queue("payments"), json.dumps({"note": "\x1b[2J\x9b2J\u202e"}), mark)
    shown = run("show", mark, "--personal").output
    assert all(each.isprintable() or each == "\n" for each in shown)
    assert "\\u001b[2J\\x9b2J\\u202e" in shown
    run("purge", "payments", "--id", mark, "--yes")


def test_a_signal_leaves_nothing_hidden(aws: AwsClients, stack_env: dict[str, str]) -> None:
    """The command is ended by SIGTERM while it holds messages: they are visible again at once."""
    queue = url(aws, names.inbound_dead_letter_queue("trades"))
    sqs = aws.client("sqs")
    for start in range(0, 1000, 10):
        sqs.send_message_batch(
            QueueUrl=queue, Entries=[{"Id": str(n), "MessageBody": f"{{{start + n}"} for n in range(10)]
        )
    command = [sys.executable, "-m", "txplatform", "dlq", "list", "trades"]
    process = subprocess.Popen(command, env={**os.environ, **stack_env}, stderr=subprocess.DEVNULL)
    while _hidden(aws, queue) == 0:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 1
    assert _hidden(aws, queue) == 0
    assert document("purge", "trades", "--kind", "unreadable", "--yes")["deleted"] == 1000


def _hidden(aws: AwsClients, queue: str) -> int:
    name: Any = "ApproximateNumberOfMessagesNotVisible"
    return int(aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"][name])


def _shown(mark: str) -> list[Any]:
    result = run("show", mark, "--queue", "customers", "--json")
    return json.loads(result.stdout) if result.exit_code == 0 else []
