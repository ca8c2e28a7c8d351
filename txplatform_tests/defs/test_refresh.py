"""The jobs of the current state: order of their steps, what parity's outcome does, and how it reaches the page."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest
from pyiceberg.table.snapshots import Operation, Snapshot, Summary

from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.dashboards import html
from txplatform.dashboards.html.publish import Published
from txplatform.defs.current import assets as current
from txplatform.defs.current.automation import REFRESH_ALL
from txplatform.defs.current.checks import PARITY, ParityCounts, latest_parity
from txplatform.defs.dashboards.assets import SECTIONS
from txplatform.defs.dashboards.automation import PUBLISH_JOB
from txplatform.defs.failures import MAX_RETRIES
from txplatform.defs.marts import assets as marts
from txplatform.errors import ParityError
from txplatform.lake import fold as folding
from txplatform.lake.catalog import Lake
from txplatform.lake.reports import FoldReport
from txplatform.ledger import Folded
from txplatform.parity import check as parity
from txplatform.parity.report import Difference, Kind, ParityReport
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.marts.files import marts as every_mart
from txplatform.warehouse.views import ViewReport
from txplatform_tests.defs.bench import Bench, materializations

VERIFIED = datetime(2026, 2, 9, 11, 58, 30, tzinfo=UTC)
CONTRACTS = load_contracts()
ENTITIES = list(CONTRACTS)
MARTS = [mart.name for mart in every_mart(CONTRACTS["payments"], CONTRACTS)]
HISTORY = "mart payments_history"


def without_history(calls: Sequence[str]) -> list[str]:
    """The calls that have to do with the current state: histories are refreshed whatever its proof says."""
    return [call for call in calls if not call.endswith("_history")]


class Warehouse:
    """Stands in for fold, views, parity and dashboard; keeps the order in which they were called."""

    def __init__(
        self, missing: Mapping[str, int], problems: tuple[str, ...] = (), comparable: bool = True, keys: str = "abcdef"
    ) -> None:
        self.calls: list[str] = []
        self._keys = keys
        self.shown: dict[str, Any] = {}
        self._missing = missing
        self._problems = problems
        self._comparable = comparable

    def fold(self, contract: Any, *_: Any) -> FoldReport:
        self.calls.append(f"fold {contract.name}")
        return FoldReport(contract.name, f"{contract.name}_snapshot", "q1", None, Folded(1, utc_now()))

    def refresh_view(self, contract: Any, *_: Any) -> ViewReport:
        self.calls.append(f"view {contract.name}")
        return ViewReport(contract.name, "SELECT 1", "q2")

    def refresh_mart(self, mart: Any, *_: Any) -> ViewReport:
        self.calls.append(f"mart {mart.name}")
        return ViewReport(mart.name, mart.sql, None)

    def check_parity(self, contract: Any, *_: Any) -> ParityReport:
        self.calls.append(f"parity {contract.name}")
        if not self._comparable:
            raise ParityError("table txplatform-payments could not be read")
        missing = self._missing.get(contract.name, 0)
        samples = (Difference(Kind.MISSING, "p1"),) * missing
        return ParityReport(
            contract.name,
            10,
            missing,
            in_flight=2,
            samples=samples,
            fingerprints=frozenset(f"{contract.name}-{key}" for key in self._keys[:missing]),
            verified_through=VERIFIED,
        )

    def publish(self, clients: Any, settings: Any, athena: Any, ledger: Any, outcome: Any, *_: Any) -> Published:
        self.calls.append("publish")
        self.shown = outcome
        return Published("http://x/dashboard.html", "http://x/api.html", 10, {"payments": 1234}, self._problems)


class _Snapshots:
    """Stands in for the snapshot's table: 12 rows, of which 2 are deleted by position."""

    def current_snapshot(self) -> Snapshot:
        totals = {"total-records": "12", "total-position-deletes": "2", "total-equality-deletes": "0"}
        summary = Summary(Operation.OVERWRITE, **totals)
        return Snapshot(snapshot_id=1, timestamp_ms=0, manifest_list="s3://lake/m.avro", summary=summary)


@pytest.fixture
def run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a job over a stand-in for the warehouse."""

    def execute(job: str, warehouse: Warehouse) -> Any:
        monkeypatch.setattr(Lake, "table", lambda *_: _Snapshots())
        monkeypatch.setattr(Lake, "ensure", lambda *_: None)
        for module, name in [
            (folding, "fold"),
            (current, "refresh_view"),
            (marts, "refresh_mart"),
            (marts, "refresh_view"),
            (parity, "check_parity"),
            (html, "publish"),
        ]:
            monkeypatch.setattr(module, name, getattr(warehouse, name))
        return bench.repository.get_job(job).execute_in_process(instance=bench.instance, raise_on_error=False)

    return execute


def test_a_fold_takes_the_view_with_it_and_proves_nothing(run: Callable[..., Any]) -> None:
    warehouse = Warehouse({})
    result = run("fold_payments", warehouse)
    assert result.success
    assert warehouse.calls == ["fold payments", "view payments"]
    rows = {event.asset_key.to_user_string(): event.metadata for event in materializations(result)}
    assert rows["payments_snapshot"]["dagster/row_count"] == dg.MetadataValue.int(10)


def test_view_and_proof_do_without_a_fold_and_marts_come_last(run: Callable[..., Any]) -> None:
    warehouse = Warehouse({})
    assert run("refresh_payments", warehouse).success
    assert HISTORY in warehouse.calls
    assert without_history(warehouse.calls)[:2] == ["view payments", "parity payments"]
    refreshed = [call for call in without_history(warehouse.calls)[2:] if call.startswith("mart ")]
    assert sorted(refreshed) == [f"mart {name}" for name in MARTS]


def test_a_mart_makes_the_views_of_further_entities_that_are_missing(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Athena, "view_version", lambda _, view: "" if view == "disputes" else "1")
    warehouse = Warehouse({})
    assert run("refresh_payments", warehouse).success
    made = [call for call in warehouse.calls if call.startswith("view ")]
    assert made == ["view payments", "view disputes"]
    assert warehouse.calls.index("view disputes") < warehouse.calls.index("mart payments_net_revenue")


def test_red_parity_of_one_entity_leaves_the_marts_of_another(run: Callable[..., Any]) -> None:
    warehouse = Warehouse({"refunds": 3})
    assert not run("refresh_refunds", warehouse).success
    assert run("refresh_payments", warehouse).success
    assert "mart payments_net_revenue" in warehouse.calls


def test_one_run_refreshes_all_entities_and_red_parity_stops_only_the_marts_over_it(run: Callable[..., Any]) -> None:
    warehouse = Warehouse({"refunds": 3})
    assert not run(REFRESH_ALL, warehouse).success
    assert {call for call in warehouse.calls if call.startswith("parity ")} == {f"parity {name}" for name in ENTITIES}
    marts = (call for call in without_history(warehouse.calls) if call.startswith("mart "))
    refreshed = {call.removeprefix("mart ") for call in marts}
    assert "mart refunds_history" in warehouse.calls
    over_refunds = {"refunds_daily", "customers_value", "payments_net_revenue", "balance_transactions_double_entry"}
    every = {mart.name for contract in CONTRACTS.values() for mart in every_mart(contract, CONTRACTS)}
    assert refreshed == every - over_refunds


def test_a_red_proof_stops_the_marts_and_is_kept(bench: Bench, run: Callable[..., Any]) -> None:
    warehouse = Warehouse({"payments": 3})
    result = run("refresh_payments", warehouse)
    assert not result.success
    assert without_history(warehouse.calls) == ["view payments", "parity payments"]
    (check,) = result.get_asset_check_evaluations()
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert len(check.metadata["samples"].value.records) == 3
    assert latest_parity(bench.instance, ENTITIES) == {
        "payments": ParityCounts(10, 3, 0, 0, 2, differences="3 missing", verified_through=VERIFIED)
    }


def test_a_comparison_that_cannot_be_made_is_tried_again_and_stops_the_marts(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("txplatform.defs.failures.RETRY_AFTER_SECONDS", 0.0)
    warehouse = Warehouse({}, comparable=False)
    result = run("refresh_payments", warehouse)
    assert not result.success
    assert {event.step_key for event in result.all_events if event.is_step_failure} == {"payments_parity"}
    assert without_history(warehouse.calls) == ["view payments", *["parity payments"] * (1 + MAX_RETRIES)]


def test_the_page_shows_the_latest_outcome_of_each_entity(bench: Bench, run: Callable[..., Any]) -> None:
    run("refresh_payments", Warehouse({"payments": 3}))
    run("refresh_trades", Warehouse({}))
    warehouse = Warehouse({})
    assert run(PUBLISH_JOB, warehouse).success
    assert warehouse.calls == ["publish"]
    assert {entity: counts.equal for entity, counts in warehouse.shown.items()} == {"payments": False, "trades": True}


def test_a_check_that_turns_red_alerts_once_and_names_no_value(bench: Bench, run: Callable[..., Any]) -> None:
    run("refresh_payments", Warehouse({}))
    assert bench.alerts() == []
    run("refresh_payments", Warehouse({"payments": 3}))
    (alert,) = bench.alerts()
    assert alert.startswith("payments: the lake differs from the operational table")
    assert "has: 3 missing." in alert
    assert "missing: 3" in alert
    assert "txplatform parity repair payments" in alert
    assert "p1" not in alert
    run("refresh_payments", Warehouse({"payments": 3}))
    assert bench.alerts() == []
    run("refresh_payments", Warehouse({}))
    run("refresh_payments", Warehouse({"payments": 1}))
    assert len(bench.alerts()) == 1


def test_while_the_check_is_red_what_is_new_or_larger_is_alerted_again(
    bench: Bench, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("refresh_payments", Warehouse({"payments": 2}))
    assert len(bench.alerts()) == 1
    run("refresh_payments", Warehouse({"payments": 3}))
    assert "has: 3 missing." in bench.alerts()[0], "one more"
    run("refresh_payments", Warehouse({"payments": 2}))
    assert bench.alerts() == [], "fewer of the same"
    run("refresh_payments", Warehouse({"payments": 2}, keys="xy"))
    assert len(bench.alerts()) == 1, "as many, but others"
    with monkeypatch.context() as outage:
        bench.break_alerts(outage)
        run("refresh_payments", Warehouse({"payments": 3}, keys="xyz"))
    run("refresh_payments", Warehouse({"payments": 3}, keys="xyz"))
    assert len(bench.alerts()) == 1, "what no alert could say"


def test_runs_that_broke_before_the_check_do_not_repeat_its_alert(bench: Bench, run: Callable[..., Any]) -> None:
    run("refresh_payments", Warehouse({"payments": 3}))
    assert len(bench.alerts()) == 1
    key = dg.AssetCheckKey(dg.AssetKey("payments"), PARITY)
    for _ in range(11):  # more than one page of the check's history
        bench.instance.create_run_for_job(bench.repository.get_job("refresh_payments"))
        latest = bench.instance.get_latest_asset_check_evaluation_record(key)
        assert latest is not None
        assert not isinstance(latest.evaluation, dg.AssetCheckEvaluation)
    run("refresh_payments", Warehouse({"payments": 3}))
    assert bench.alerts() == []


def test_an_alert_that_fails_leaves_the_outcome_and_is_sent_by_the_next_check(
    bench: Bench, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as outage:
        bench.break_alerts(outage)
        run("refresh_payments", Warehouse({"payments": 3}))
    assert not latest_parity(bench.instance, ["payments"])["payments"].equal
    run("refresh_payments", Warehouse({"payments": 3}))
    assert len(bench.alerts()) == 1


def test_a_section_that_could_not_be_computed_alerts_once(bench: Bench, run: Callable[..., Any]) -> None:
    for _ in range(2):
        result = run(PUBLISH_JOB, Warehouse({}, problems=("trades by symbol: NUMERIC_VALUE_OUT_OF_RANGE",)))
        (check,) = [item for item in result.get_asset_check_evaluations() if item.check_name == SECTIONS]
        assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
        assert "trades by symbol" in check.metadata["problems"].value
    (alert,) = bench.alerts()
    assert alert.startswith("dashboard: 1 section could not be computed")


def test_an_entity_never_compared_is_left_out(bench: Bench) -> None:
    assert latest_parity(bench.instance, ENTITIES) == {}
