"""`txplatform backfill` against a real Dagster: killed, joined, cancelled, resumed, every day counted in the end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.defs.files.backfill import DAYS_TAG
from txplatform.orchestrator import Orchestrator
from txplatform_tests.e2e.backfills import dagster
from txplatform_tests.e2e.flow import Platform
from txplatform_tests.lake_stand import csv_of

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(900)]

FIRST, LAST = date(2026, 1, 8), date(2026, 1, 13)
WEEKDAYS = [day for day in (FIRST + timedelta(days=place) for place in range(6)) if day.weekday() < 5]


def _command(url: str) -> "subprocess.Popen[str]":
    arguments = ["backfill", "trades", "--from", str(FIRST), "--to", str(LAST), "--chunk", "1", "--json"]
    return subprocess.Popen(
        [sys.executable, "-m", "txplatform", *arguments],
        env={**os.environ, "TXP_DAGSTER_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_backfill_survives_kills_and_cancelling_and_takes_each_day_once(
    platform: Platform, tmp_path: Path, wait_until: Callable[..., Any]
) -> None:
    example = {field.name: field.example for field in load_contracts()["trades"].fields if field.example is not None}
    for day in WEEKDAYS:
        records = [{**example, "trade_id": f"backfill-{day}-{place}"} for place in range(2)]
        platform.drop("trades", day, "day.csv", csv_of(records).encode())
    with dagster(tmp_path, platform.environment) as running:
        running.stop_sensor("raw_files_sensor")
        orchestrator = Orchestrator(running.url)
        tags = {DAYS_TAG: f"trades/{FIRST}/{LAST}"}

        def done() -> int:
            return sum(len(orchestrator.materialized(run.run_id)[0]) for run in orchestrator.tagged(tags))

        killed = _command(running.url)
        wait_until(lambda: done() >= 1, 180, "the first run's days")
        killed.kill()
        killed.communicate()
        joined = _command(running.url)
        wait_until(lambda: done() >= 2, 180, "the second run's days")
        assert len(orchestrator.tagged(tags)) == len(WEEKDAYS)
        joined.send_signal(signal.SIGINT)
        _, errors = joined.communicate(timeout=180)
        assert joined.returncode == 1, errors
        assert "The same command goes on from there." in errors
        assert all(run.ended for run in orchestrator.tagged(tags))
        assert done() < len(WEEKDAYS)

        output, errors = (resumed := _command(running.url)).communicate(timeout=300)
        assert resumed.returncode == 0, errors
        outcome = json.loads(output)
        assert outcome["resumed"] is True
        assert (outcome["days"], outcome["done"], outcome["left"], outcome["failed_runs"]) == (4, 4, 0, {})
        assert (outcome["rows"], outcome["refused"]) == (8, 0)
        assert done() == len(WEEKDAYS)
    pending = platform.ledger.pending(Lane.FILES, "trades")
    assert [item for item in pending if item.dt in WEEKDAYS] == []
    rows = platform.lake.table("trades_files").scan(selected_fields=("trade_id",)).to_arrow()["trade_id"].to_pylist()
    ours = [key for key in rows if key.startswith("backfill-")]
    assert (len(ours), len(set(ours))) == (8, 8)
