"""The sensor of the changes lane, evaluated as the daemon evaluates it, over a ledger in moto."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.defs import entity_isolation
from txplatform.defs.changes import automation
from txplatform.errors import LakeError
from txplatform.lake import changes, changes_lane, quarantine
from txplatform.lake.reports import ChangesReport
from txplatform.ledger import MAX_ATTEMPTS
from txplatform_tests.defs.bench import Bench, materializations

DAY = date(2026, 11, 20)
SENSOR = "changes_sensor"


def _selected(bench: Bench) -> list[str]:
    jobs = [request.job_name or "" for request in bench.tick(SENSOR).run_requests or ()]
    return [name.removeprefix("ingest_") for name in jobs]


def _let_pass(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(automation, "utc_now", lambda: utc_now() + timedelta(seconds=seconds))


def test_nothing_pending_is_skipped_with_a_reason(bench: Bench) -> None:
    tick = bench.tick(SENSOR)
    assert not tick.run_requests
    assert tick.skip_message == "; ".join(f"{entity}: nothing is pending" for entity in load_contracts())


def test_each_entity_that_has_something_pending_gets_a_run_that_stays(bench: Bench) -> None:
    bench.land(Lane.CHANGES, "payments", DAY)
    bench.land(Lane.CHANGES, "payments", DAY, "b")
    bench.land(Lane.CHANGES, "trades", DAY)
    requests = bench.tick(SENSOR).run_requests or []
    assert [request.run_key for request in requests] == [None, None]
    stays = [request.run_config["ops"] for request in requests]
    assert stays == [
        {"payments_changes": {"config": {"stay_seconds": 300}}},
        {"trades_changes": {"config": {"stay_seconds": 300}}},
    ]
    assert _selected(bench) == ["payments_changes", "trades_changes"]


def test_no_second_run_is_asked_for_while_one_is_active_and_no_other_entity_waits_for_it(bench: Bench) -> None:
    bench.land(Lane.CHANGES, "payments", DAY)
    run = bench.run("ingest_payments_changes", dg.DagsterRunStatus.STARTED)
    tick = bench.tick(SENSOR)
    assert not tick.run_requests
    assert f"payments: run {run.run_id} is active" in (tick.skip_message or "")
    bench.land(Lane.CHANGES, "trades", DAY)
    assert _selected(bench) == ["trades_changes"]


def test_a_run_by_hand_holds_its_entities_alone(bench: Bench) -> None:
    bench.land(Lane.CHANGES, "payments", DAY)
    bench.land(Lane.CHANGES, "trades", DAY)
    bench.run(bench.backfill_job, dg.DagsterRunStatus.STARTED, "payments_changes", "payments_files")
    assert _selected(bench) == ["trades_changes"]


def test_a_failed_object_is_asked_for_again_after_its_back_off_and_holds_up_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.land(Lane.CHANGES, "payments", DAY)
    ledger = bench.platform.ledger
    ledger.failed(ledger.pending(Lane.CHANGES, "payments"), "did not work")
    assert "waiting for their next attempt" in (bench.tick(SENSOR).skip_message or "")
    bench.land(Lane.CHANGES, "trades", DAY)
    assert _selected(bench) == ["trades_changes"]
    _let_pass(monkeypatch, 60)
    assert _selected(bench) == ["payments_changes", "trades_changes"]


def test_no_run_is_asked_for_while_the_open_batch_backs_off(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.land(Lane.CHANGES, "payments", DAY)
    ledger = bench.platform.ledger
    for _ in range(MAX_ATTEMPTS):
        batch = ledger.claim(Lane.CHANGES, "payments", now=utc_now() + timedelta(hours=1))
        ledger.failed(ledger.attempt(batch.objects), "a newer contract")
        bench.land(Lane.CHANGES, "payments", DAY, "good")
        if batch.objects[0].attempts + 1 < MAX_ATTEMPTS:
            assert "waiting for their next attempt" in (bench.tick(SENSOR).skip_message or "")
    assert _selected(bench) == ["payments_changes"]  # stuck: the next batch may open
    batch = ledger.claim(Lane.CHANGES, "payments")
    assert [item.object_key[-4:] for item in batch.objects] == ["good"]
    ledger.done(batch.objects)
    assert "waiting for their next attempt" in (bench.tick(SENSOR).skip_message or "")
    _let_pass(monkeypatch, 600)
    assert _selected(bench) == ["payments_changes"]


def test_what_a_run_left_that_broke_before_its_attempt_waits_a_moment_and_is_asked_for_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.land(Lane.CHANGES, "payments", DAY)
    bench.run("ingest_payments_changes", dg.DagsterRunStatus.FAILURE)
    assert "left by a run that broke" in (bench.tick(SENSOR).skip_message or "")
    bench.land(Lane.CHANGES, "trades", DAY)
    assert _selected(bench) == ["trades_changes"]
    _let_pass(monkeypatch, 31)
    assert _selected(bench) == ["payments_changes", "trades_changes"]


def test_what_landed_after_a_broken_run_began_does_not_wait(bench: Bench) -> None:
    bench.run("ingest_payments_changes", dg.DagsterRunStatus.FAILURE)
    bench.land(Lane.CHANGES, "payments", DAY, landed_at=utc_now() + timedelta(seconds=1))
    assert _selected(bench) == ["payments_changes"]


def test_done_objects_are_not_asked_for(bench: Bench) -> None:
    bench.land(Lane.CHANGES, "payments", DAY, landed_at=datetime.fromisoformat("2026-11-20T10:00:00+00:00"))
    ledger = bench.platform.ledger
    ledger.done(ledger.pending(Lane.CHANGES, "payments"))
    assert _selected(bench) == []


def test_an_error_of_one_entity_holds_up_no_other(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.land(Lane.CHANGES, "trades", DAY)
    bench.break_ledger(monkeypatch, "customers")
    assert _selected(bench) == ["trades_changes"]
    bench.platform.ledger.done(bench.platform.ledger.pending(Lane.CHANGES, "trades"))
    assert "customers: failed with ConnectionError" in (bench.tick(SENSOR).skip_message or "")


def test_an_entity_that_keeps_failing_is_alerted_once_an_hour(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.land(Lane.CHANGES, "trades", DAY)
    bench.break_ledger(monkeypatch, "customers")
    with monkeypatch.context() as outage:
        bench.break_alerts(outage)
        cursor = bench.tick(SENSOR).cursor
    cursor = bench.tick(SENSOR, cursor).cursor  # makes up for the alert that was lost
    (alert,) = bench.alerts()
    assert alert.startswith("customers: the sensor of the changes lane fails\n")
    assert "customers: failed with ConnectionError" in alert
    bench.break_ledger(monkeypatch, "payments")
    cursor = bench.tick(SENSOR, cursor).cursor
    (alert,) = bench.alerts()
    assert alert.startswith("payments: ")
    assert bench.tick(SENSOR, cursor).run_requests
    assert bench.alerts() == []
    monkeypatch.setattr(entity_isolation, "utc_now", lambda: utc_now() + timedelta(minutes=61))
    bench.tick(SENSOR, cursor)
    (alert,) = bench.alerts()
    assert alert.startswith("customers, payments: ")


def test_when_all_entities_fail_they_are_alerted_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    entities = list(load_contracts())
    bench.break_ledger(monkeypatch, *entities)
    answer = bench.tick(SENSOR)
    (alert,) = bench.alerts()
    assert all(f"{entity}: failed with ConnectionError" in alert for entity in entities)
    bench.tick(SENSOR, answer.cursor)
    assert bench.alerts() == []


def _report(entity: str, rows: int, refused: int = 0) -> ChangesReport:
    reasons = {"amount:minimum": refused} if refused else {}
    return ChangesReport(entity, "t", rows, refused, reasons, ("s3://a",), ("b1",), 0, (1,), {}, None)


@pytest.fixture
def run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dg.ExecuteInProcessResult]:
    """Run what the sensor asks for, over reports in place of the lake: an error among them is raised."""

    def execute(*reports: ChangesReport | Exception) -> dg.ExecuteInProcessResult:
        def ingest(*_: object, longest: timedelta) -> Iterator[ChangesReport]:
            assert longest == timedelta(minutes=5)
            for report in reports:
                if isinstance(report, Exception):
                    raise report
                yield report

        monkeypatch.setattr(changes_lane, "ingest_while_landing", ingest)
        monkeypatch.setattr(quarantine, "refused_since", lambda *_: 1)
        bench.land(Lane.CHANGES, "trades", DAY)
        (request,) = bench.tick(SENSOR).run_requests or ()
        job = bench.repository.get_job(request.job_name or "")
        return job.execute_in_process(request.run_config, instance=bench.instance, raise_on_error=False)

    return execute


def _recorded(bench: Bench, asset: str) -> list[dg.AssetMaterialization]:
    """The materialisations of an asset that the instance keeps, oldest first."""
    records = bench.instance.fetch_materializations(dg.AssetKey(asset), limit=10, ascending=True).records
    return [event for record in records if (event := record.asset_materialization)]


def test_a_run_that_stays_materialises_each_batch(bench: Bench, run: Callable[..., dg.ExecuteInProcessResult]) -> None:
    result = run(_report("trades", 3), _report("trades", 3, 1), _report("trades", 5))
    assert result.success
    checked = [event.metadata["pandera/rows_checked"].value for event in _recorded(bench, "trades_changes")]
    assert checked == [3, 4, 5]
    (refused,) = _recorded(bench, "trades_quarantine")
    table = refused.metadata["reasons"].value
    assert [record.data for record in table.records] == [{"field": "amount", "rule": "minimum", "violations": 1}]
    (check,) = result.get_asset_check_evaluations()
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)


def test_a_batch_that_fails_ends_the_run_and_leaves_those_before_it(
    bench: Bench, run: Callable[..., dg.ExecuteInProcessResult]
) -> None:
    result = run(_report("trades", 3), LakeError("trades_changes does not fit its contract"))
    assert not result.success
    assert len(_recorded(bench, "trades_changes")) == 1


def test_a_run_in_which_nothing_is_left_to_take_materialises_nothing(
    bench: Bench, run: Callable[..., dg.ExecuteInProcessResult]
) -> None:
    assert run().success
    assert _recorded(bench, "trades_changes") == []


@pytest.mark.parametrize(("held", "passed"), [(2, False), (0, True)])
def test_a_good_run_by_hand_does_not_hide_what_quarantine_holds(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, held: int, passed: bool
) -> None:
    asked: list[tuple[object, ...]] = []

    def refused_since(*arguments: object) -> int:
        asked.append(arguments[1:3])
        return held

    monkeypatch.setattr(changes, "ingest_changes", lambda *_: _report("payments", 3))
    monkeypatch.setattr(quarantine, "refused_since", refused_since)
    result = bench.repository.get_job("ingest_payments_changes").execute_in_process(instance=bench.instance)
    assert [event.asset_key.to_user_string() for event in materializations(result)] == ["payments_changes"]
    (check,) = result.get_asset_check_evaluations()
    assert (check.passed, check.metadata["in_quarantine"].value) == (passed, held)
    assert asked == [("payments", Lane.CHANGES)]
