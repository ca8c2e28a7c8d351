"""The refresh job: order of its steps, what parity's outcome does, and how it reaches the dashboard."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.dashboards import html
from txplatform.dashboards.html.publish import Published
from txplatform.defs.current import assets as current
from txplatform.defs.current.checks import ParityCounts, latest_parity
from txplatform.defs.marts import assets as marts
from txplatform.lake import fold as folding
from txplatform.lake.reports import FoldReport
from txplatform.parity import check as parity
from txplatform.parity.check import Difference, ParityReport
from txplatform.warehouse.views import ViewReport
from txplatform_tests.defs.bench import Bench

ENTITIES = list(load_contracts())


class Warehouse:
    """Stands in for fold, views, parity and dashboard; keeps the order in which they were called."""

    def __init__(self, missing: Mapping[str, int]) -> None:
        self.calls: list[str] = []
        self.shown: dict[str, Any] = {}
        self._missing = missing

    def fold(self, contract: Any, *_: Any) -> FoldReport:
        self.calls.append(f"fold {contract.name}")
        return FoldReport(contract.name, f"{contract.name}_snapshot", "q1", None, utc_now())

    def refresh_view(self, contract: Any, *_: Any) -> ViewReport:
        self.calls.append(f"view {contract.name}")
        return ViewReport(contract.name, "q2", "SELECT 1", utc_now())

    def refresh_mart(self, mart: Any, *_: Any) -> ViewReport:
        self.calls.append(f"mart {mart.name}")
        return ViewReport(mart.name, "q3", mart.sql, None)

    def check_parity(self, contract: Any, *_: Any) -> ParityReport:
        self.calls.append(f"parity {contract.name}")
        missing = self._missing.get(contract.name, 0)
        samples = (Difference("missing", "p1", None, None, None),) * missing
        return ParityReport(contract.name, 10, missing, 0, 0, 2, samples)

    def publish(self, clients: Any, athena: Any, ledger: Any, outcome: Any, contracts: Any, now: Any) -> Published:
        self.calls.append("publish")
        self.shown = outcome
        return Published("http://x/dashboard.html", "http://x/api.html", 10, {"payments": 1234})


def _refresh(bench: Bench, monkeypatch: pytest.MonkeyPatch, missing: Mapping[str, int]) -> tuple[Warehouse, Any]:
    warehouse = Warehouse(missing)
    for module, name in [
        (folding, "fold"),
        (current, "refresh_view"),
        (marts, "refresh_mart"),
        (parity, "check_parity"),
        (html, "publish"),
    ]:
        monkeypatch.setattr(module, name, getattr(warehouse, name))
    return warehouse, bench.repository.get_job("refresh").execute_in_process(instance=bench.instance)


def test_fold_comes_before_view_before_parity_and_the_dashboard_last(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse, result = _refresh(bench, monkeypatch, {})
    assert result.success
    place = {call: index for index, call in enumerate(warehouse.calls)}
    for entity in ENTITIES:
        assert place[f"fold {entity}"] < place[f"view {entity}"] < place[f"parity {entity}"]
    assert place["view payments"] < place["mart payments_daily"]
    assert warehouse.calls[-1] == "publish"
    assert set(warehouse.shown) == set(ENTITIES)


def test_a_difference_turns_the_check_red_and_the_dashboard_shows_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse, result = _refresh(bench, monkeypatch, {"payments": 3})
    outcome = {item.asset_key.to_user_string(): item for item in result.get_asset_check_evaluations()}
    assert {entity: item.passed for entity, item in outcome.items()} == {
        entity: entity != "payments" for entity in ENTITIES
    }
    assert outcome["payments"].severity is dg.AssetCheckSeverity.ERROR
    assert len(outcome["payments"].metadata["samples"].value.records) == 3
    assert warehouse.shown["payments"] == ParityCounts(10, 3, 0, 0, 2)
    assert not warehouse.shown["payments"].equal
    assert warehouse.shown["trades"].equal


def test_an_entity_never_compared_is_left_out(bench: Bench) -> None:
    assert latest_parity(bench.instance, ENTITIES) == {}
