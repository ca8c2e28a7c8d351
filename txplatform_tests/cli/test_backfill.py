"""`txplatform backfill` over files in a local S3 and a Dagster that is scripted."""

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner, Result

from txplatform import orchestrator
from txplatform.cli.main import main
from txplatform.clock import utc_now
from txplatform.ledger import HeldDay
from txplatform_tests.defs.scripted_dagster import Dagster
from txplatform_tests.lake_stand import Stand

DAYS = ("--from", "2025-12-01", "--to", "2025-12-12")


@pytest.fixture
def filled(known: Stand) -> Stand:
    """Three days of the range with a file, one that lost its files, and a day beyond it."""
    for day in (date(2025, 12, 1), date(2025, 12, 5), date(2025, 12, 8), date(2025, 12, 31)):
        known.put_file(day, "a.csv", "x\n")
    held = {date(2025, 12, 3): 7, date(2025, 12, 4): 0}
    known.ledger.record_days(known.contract.name, [HeldDay(day, rows, {}, utc_now()) for day, rows in held.items()])
    return known


def run(monkeypatch: pytest.MonkeyPatch, stand: Stand, dagster: Dagster, *arguments: str) -> Result:
    monkeypatch.setattr(orchestrator, "Orchestrator", lambda _url: dagster)
    return CliRunner().invoke(main, ["backfill", stand.contract.name, *arguments])


def document(result: Result) -> Any:
    return json.loads(result.stdout.splitlines()[0])


def test_a_dry_run_counts_what_would_be_done_and_launches_nothing(
    filled: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    dagster = Dagster()
    result = run(monkeypatch, filled, dagster, *DAYS, "--chunk", "3", "--dry-run", "--json")
    assert result.exit_code == 0, result.output
    plan = document(result)
    assert (plan["days"], plan["left"], plan["files"], plan["runs"], plan["resumed"]) == (4, 4, 3, 2, False)
    assert dagster.tagged({}) == []


def test_days_with_files_and_days_that_lost_theirs_are_taken(filled: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    dagster = Dagster("SUCCESS")
    result = run(monkeypatch, filled, dagster, *DAYS)
    assert result.exit_code == 0, result.output
    assert f"{filled.contract.name}: 4 days from 2025-12-01 to 2025-12-12 with 3 files, 0.0 MiB" in result.output
    assert f"{filled.contract.name}: 4 of 4 days done, 20 rows, 4 rows refused" in result.output
    (launched,) = dagster.tagged({})
    assert launched.tags["dagster/asset_partition_range_start"] == "2025-12-01"
    assert launched.tags["dagster/asset_partition_range_end"] == "2025-12-08"


def test_a_run_that_fails_ends_the_command_with_status_1_and_names_it(
    filled: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(monkeypatch, filled, Dagster("FAILURE"), *DAYS, "--json")
    assert result.exit_code == 1
    assert document(result)["failed_runs"] == {"run-1": "FAILURE"}
    assert "4 days left, the first 2025-12-01. FAILURE: http://127.0.0.1:3000/runs/run-1" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "2019-01-01"), "run from 2025-11-01"),
        (("--from", "2025-12-02", "--to", "2025-12-01"), "--from is no later than --to"),
        (("--from", "20251202"), "'20251202' is no day"),
    ],
)
def test_days_that_cannot_be_are_refused(
    filled: Stand, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    result = run(monkeypatch, filled, Dagster(), *arguments)
    assert result.exit_code == 2
    assert message in result.output
