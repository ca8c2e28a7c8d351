"""`txplatform ledger` on a local AWS."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from lambdas.landing.core import Landed, ledger_item
from txplatform.cli.main import main
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform_tests.lake_stand import BUCKET, Stand


@pytest.fixture
def stand(credentials: None, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """The stand under an entity's own name, which the command reads; no other test may use that."""
    stand = Stand.of("customers")
    stand.contract = replace(stand.contract, name="customers")
    for name, value in stand.environment.items():
        monkeypatch.setenv(name, value)
    return stand


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["ledger", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_what_is_stuck_is_listed_with_its_reason_and_redriven(stand: Stand) -> None:
    for name in ("a", "b"):
        stand.put_raw_changes(name, b"x")
    failed, waiting = stand.ledger.pending(Lane.CHANGES, "customers")
    stand.ledger.abandon([failed], "broken for good")
    stand.ledger.failed(stand.ledger.attempt([waiting]), "no route")
    assert run("list", "customers").splitlines() == [
        f"PENDING  1 attempt  {waiting.uri}",
        "         no route",
        f"FAILED   0 attempts  {failed.uri}",
        "         broken for good",
        "(2 objects)",
    ]
    assert run("list", "--lane", "files") == "(0 objects)\n"
    assert run("redrive") == "customers, changes: 1 object pending again\n"
    assert run("redrive", "customers", "--lane", "changes") == ""
    assert "broken for good" not in run("list")
    assert len(stand.ledger.pending(Lane.CHANGES, "customers")) == 2


def test_objects_outside_the_folders_are_listed_with_the_remedy(stand: Stand) -> None:
    landed = Landed(BUCKET, "raw/customers/lost.csv", "v1", "e", 7, "2026-11-23T09:40:00.123000Z")
    item = ledger_item(landed, {names.RAW_PREFIX: Lane.FILES.value}, ["customers"])
    stand.clients.client("dynamodb").put_item(TableName=names.LEDGER_TABLE, Item=item)
    assert run("list", "--lane", "files").splitlines() == [
        f"FAILED   0 attempts  s3://{BUCKET}/raw/customers/lost.csv?versionId=v1",
        f"         {item['reason']['S']}",
        "         drop it again under raw/<entity>/dt=<day>/",
        "(1 object)",
    ]
    assert "lost.csv" in run("list")
    assert "lost.csv" not in run("list", "customers")
    assert "lost.csv" not in run("list", "--lane", "changes")
    stand.clients.client("dynamodb").delete_item(TableName=names.LEDGER_TABLE, Key={"pk": item["pk"], "sk": item["sk"]})


def test_an_unknown_entity_is_an_error_that_names_the_known_ones(stand: Stand) -> None:
    result = CliRunner().invoke(main, ["ledger", "list", "nobody"])
    assert result.exit_code == 1
    assert "there is no contract 'nobody'. Known: " in result.output
    assert "customers, " in result.output
