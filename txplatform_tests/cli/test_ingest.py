"""`txplatform ingest` on a local AWS, where the lane takes the files in while the command waits."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from txplatform.aws import AwsClients
from txplatform.cli import file_arrivals
from txplatform.cli.main import main
from txplatform.contracts.names import Lane
from txplatform.contracts.render.registry import registry_document
from txplatform.lake.declared_version import version_in_metadata
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY = date(2026, 3, 4)
GOOD = csv_of([payment("a"), payment("b")])
BAD = csv_of([payment("a"), payment("b", amount="1.005", currency="eur"), payment("c", customer_id="")])


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    def write(content: str, name: str = "2026-03-04.csv") -> str:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def lane(known: Stand, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """The stand, where whatever has landed is taken in whenever the command waits."""

    def work(_seconds: float) -> None:
        known.ledger.reconcile(Lane.FILES, known.contract.name, [DAY])
        known.ingest_files(DAY)

    monkeypatch.setattr(file_arrivals, "time", SimpleNamespace(sleep=work, monotonic=time.monotonic))
    return known


def run(stand: Stand, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["ingest", "--entity", stand.contract.name, *arguments])


def document(result: Result) -> Any:
    (file,) = json.loads(result.stdout)["files"]
    return file


def test_a_file_is_in_the_lake_when_the_command_ends(lane: Stand, written: Callable[..., str]) -> None:
    result = run(lane, written(GOOD))
    assert result.exit_code == 0, result.output
    assert "2026-03-04.csv: 2 rows accepted, 0 refused" in result.output
    assert [row["payment_id"] for row in lane.view("payment_id")] == ["a", "b"]


def test_the_same_file_again_changes_nothing(lane: Stand, written: Callable[..., str]) -> None:
    path = written(GOOD)
    assert document(run(lane, path, "--json"))["uploaded"] is True
    table = f"{lane.contract.name}_files"
    before = lane.lake.table(table).current_snapshot()
    again = document(run(lane, path, "--json"))
    assert (again["uploaded"], again["state"], again["accepted"]) == (False, "DONE", 2)
    assert lane.lake.table(table).current_snapshot() == before


def test_refused_rows_are_named_with_line_field_rule_and_remedy(lane: Stand, written: Callable[..., str]) -> None:
    result = run(lane, written(BAD))
    assert result.exit_code == 1
    assert "1 row accepted, 2 refused" in result.output
    assert "  2026-03-04.csv:3  amount  scale  " in result.output
    assert "  2026-03-04.csv:4  customer_id  required  must be present" in result.output
    assert "1 × customer_id required: fill the field in, or make it optional in the contract" in result.output


def test_a_dry_run_finds_the_same_without_aws(
    lane: Stand, written: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(BAD)
    real = document(run(lane, path, "--json"))
    monkeypatch.delenv("TXP_LAKE_BUCKET")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    result = run(lane, path, "--dry-run", "--json")
    assert result.exit_code == 1
    tried = document(result)
    for name in ("accepted", "refused", "reasons", "rows"):
        assert tried[name] == real[name], name
    assert tried["state"] == "REFUSED"


def test_a_dry_run_of_a_good_file_ends_well_and_of_no_file_of_rows_with_its_reason(
    known: Stand, written: Callable[..., str]
) -> None:
    assert run(known, written(GOOD), "--dry-run").exit_code == 0
    result = run(known, written("Rar!\x1a\x07\x01", "2026-03-04.pdf"), "--dry-run")
    assert result.exit_code == 1
    assert "  2026-03-04.pdf  -  file.unknown_format  the content is a RAR archive" in result.output
    assert "1 × the whole row file.unknown_format: export the file again" in result.output


def test_colours_are_for_terminals(known: Stand, written: Callable[..., str]) -> None:
    arguments = ["ingest", "--entity", known.contract.name, written(BAD), "--dry-run"]
    assert "\x1b[31mscale\x1b[0m" in CliRunner().invoke(main, arguments, color=True).output
    assert "\x1b" not in CliRunner().invoke(main, arguments).output


def test_a_file_that_is_not_taken_in_time_says_so(known: Stand, written: Callable[..., str]) -> None:
    result = run(known, written(GOOD), "--timeout", "1")
    assert result.exit_code == 1
    assert "the ledger does not know it yet. Remedy: look at the function landing" in result.output
    known.ledger.reconcile(Lane.FILES, known.contract.name, [DAY])
    result = run(known, written(GOOD), "--timeout", "1")
    assert result.exit_code == 1
    assert "has this content already" in result.output
    assert "pending. Remedy: see that Dagster runs" in result.output


def test_a_file_that_failed_is_named_with_its_reason(known: Stand, written: Callable[..., str]) -> None:
    run(known, written(GOOD), "--timeout", "0")
    known.ledger.reconcile(Lane.FILES, known.contract.name, [DAY])
    known.ledger.abandon(known.ledger.pending(Lane.FILES, known.contract.name), "the table does not fit")
    result = run(known, written(GOOD))
    assert result.exit_code == 1
    assert "failed: the table does not fit. Remedy: correct the cause, then txplatform ledger redrive" in result.output


def test_without_waiting_the_upload_is_all(known: Stand, written: Callable[..., str]) -> None:
    result = run(known, written(GOOD), "--timeout", "0")
    assert result.exit_code == 0
    assert f"uploaded to s3://{known.settings.lake_bucket}/raw/{known.contract.name}/dt=2026-03-04/" in result.output


def test_a_file_names_the_version_that_it_was_written_for(known: Stand, written: Callable[..., str]) -> None:
    path, wanted = written(GOOD), ("--contract-version", "1.0.0")
    for version in (None, "1.0.0", "1.0.0"):
        named = () if version is None else ("--contract-version", version)
        assert run(known, path, "--timeout", "0", *named).exit_code == 0
        [landed] = known.ledger.landing_area.objects(Lane.FILES, known.contract.name)
        head = known.clients.client("s3").head_object(Bucket=landed.bucket, Key=landed.object_key)
        assert version_in_metadata(head["Metadata"]) == version
    assert run(known, path, "--source", "stripe", *wanted).exit_code == 2


def test_a_dry_run_validates_by_the_version_that_was_published(
    known: Stand, written: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older version of the contract had no `channel`."""
    fields = tuple(field for field in known.contract.fields if field.name != "channel")
    former = replace(known.contract, version="1.0.0", fields=fields)
    documents = {"1.0.0": json.dumps(registry_document(former))}

    def read(*, Key: Any, **_: Any) -> Any:  # noqa: N803 # as boto3 has it
        document = documents.get(Key["item"]["S"].rpartition("#")[2])
        return {} if document is None else {"Item": {"document": {"S": document}}}

    monkeypatch.setattr(AwsClients, "client", lambda *_: SimpleNamespace(get_item=read))
    path = written(csv_of([payment("a", channel="web")]))
    found = {
        version: document(
            run(known, path, "--dry-run", "--json", *(("--contract-version", version) if version else ()))
        )
        for version in (None, "1.0.0", "1.0.99", "latest")
    }
    assert {version: (each["accepted"], list(each["reasons"])) for version, each in found.items()} == {
        None: (1, []),
        "1.0.0": (0, [":file.unknown_column"]),
        "1.0.99": (0, [":file.contract_version"]),
        "latest": (0, [":file.contract_version"]),
    }


def test_a_file_without_a_day_is_refused_before_anything_is_sent(known: Stand, written: Callable[..., str]) -> None:
    result = run(known, written(GOOD), written(GOOD, "undated.csv"))
    assert result.exit_code == 1
    assert "undated.csv: neither its folder nor its name says its day. Remedy: name the day with --dt" in result.output
    assert list(known.ledger.landing_area.objects(Lane.FILES, known.contract.name)) == []
