"""The sensors that fold and refresh, evaluated as the daemon evaluates them: each entity for itself."""

from collections.abc import Callable
from datetime import datetime, timedelta

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.defs.current import automation
from txplatform.defs.current.automation import LONGEST_PAUSE, SHORTEST_PAUSE, next_refresh
from txplatform.lake import fold
from txplatform_tests.defs.bench import Bench

NOON = datetime.fromisoformat("2026-11-20T12:00:00Z")
ENTITIES = list(load_contracts())


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> dict[str, str | Exception | None]:
    """Why each entity is to be folded, to be changed by the test: an error is raised."""
    reasons: dict[str, str | Exception | None] = {}

    def why_fold(contract: Contract, *_: object) -> str | None:
        reason = reasons.get(contract.name)
        if isinstance(reason, Exception):
            raise reason
        return reason

    monkeypatch.setattr(fold, "why_fold", why_fold)
    return reasons


def _jobs(bench: Bench, sensor: str) -> list[str | None]:
    return [request.job_name for request in bench.tick(sensor).run_requests]


def _let_pass(monkeypatch: pytest.MonkeyPatch, pause: timedelta) -> None:
    monkeypatch.setattr(automation, "utc_now", lambda: utc_now() + pause)


def test_an_entity_is_folded_when_it_is_time(bench: Bench, due: dict[str, str | Exception | None]) -> None:
    assert _jobs(bench, "fold_sensor") == []
    due["trades"] = "5000 unfolded rows"
    due["payments"] = ConnectionError("its ledger is out of reach")
    assert _jobs(bench, "fold_sensor") == ["fold_trades"]
    bench.run("fold_trades", dg.DagsterRunStatus.QUEUED)
    due["payments"] = "5000 unfolded rows"
    assert _jobs(bench, "fold_sensor") == ["fold_payments"]


def test_a_fold_that_failed_waits_before_it_is_tried_again(
    bench: Bench, due: dict[str, str | Exception | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    due["trades"] = "5000 unfolded rows"
    bench.run("fold_trades", dg.DagsterRunStatus.FAILURE)
    assert _jobs(bench, "fold_sensor") == []
    _let_pass(monkeypatch, timedelta(minutes=6))
    assert _jobs(bench, "fold_sensor") == ["fold_trades"]


def test_each_entity_is_refreshed_whatever_becomes_of_another(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, ended: Callable[[str], None]
) -> None:
    jobs = [f"refresh_{entity}" for entity in ENTITIES]
    assert _jobs(bench, "refresh_sensor") == jobs
    bench.run("refresh_trades", dg.DagsterRunStatus.STARTED)
    ended("refresh_payments")
    tick = bench.tick("refresh_sensor")
    others = [job for job in jobs if job not in ("refresh_trades", "refresh_payments")]
    assert [request.job_name for request in tick.run_requests] == others
    for job in others:
        ended(job)
    assert "payments: the next one is due at" in (bench.tick("refresh_sensor").skip_message or "")
    _let_pass(monkeypatch, timedelta(minutes=6))
    assert _jobs(bench, "refresh_sensor") == [job for job in jobs if job != "refresh_trades"]


@pytest.fixture
def ended(bench: Bench) -> Callable[[str], None]:
    """Let a run of a job start and fail."""

    def end(job: str) -> None:
        run = bench.run(job, dg.DagsterRunStatus.STARTED)
        bench.instance.report_run_failed(run)

    return end


@pytest.mark.parametrize(
    ("took", "pause"),
    [
        (timedelta(seconds=4), SHORTEST_PAUSE),
        (timedelta(minutes=2), timedelta(minutes=40)),
        (timedelta(hours=2), LONGEST_PAUSE),
    ],
)
def test_a_refresh_that_takes_long_is_made_less_often(took: timedelta, pause: timedelta) -> None:
    assert next_refresh(NOON, NOON + took) == NOON + pause
