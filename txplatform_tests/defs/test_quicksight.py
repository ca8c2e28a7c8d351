"""Copies in SPICE are renewed after green parity alone, and say as of when they are."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.quicksight import ingestion
from txplatform.dashboards.quicksight.account import Account
from txplatform.dashboards.quicksight.ingestion import Ingested
from txplatform.defs.current.checks import PARITY
from txplatform.defs.dashboards.quicksight import PROVEN, spice_asset
from txplatform.defs.resources import PlatformResource
from txplatform.errors import QuickSightError
from txplatform.warehouse.marts.files import marts

CONTRACTS = load_contracts()
EARLIER, LATER = (datetime(2026, 2, 9, hour, 30, tzinfo=UTC) for hour in (10, 11))


@pytest.fixture
def instance() -> Any:
    with dg.DagsterInstance.ephemeral() as found:
        yield found


@pytest.fixture
def run(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run the asset of payments after these outcomes: by entity what differs, and as of when all was equal."""

    def ingest(_account: Any, data_set: str, ingestion_id: str) -> Ingested:
        return Ingested(data_set, ingestion_id, 7)

    def start(fail: bool = False, **outcomes: tuple[str, datetime]) -> Any:
        for entity, (differences, moment) in outcomes.items():
            counts = dict.fromkeys(("checked", "missing", "extra", "different", "in_flight"), dg.MetadataValue.int(1))
            moments = {"verified_through": dg.MetadataValue.timestamp(moment)}
            metadata = {**counts, **moments, "differences": dg.MetadataValue.text(differences)}
            instance.report_runless_asset_event(
                dg.AssetCheckEvaluation(
                    asset_key=dg.AssetKey(entity), check_name=PARITY, passed=not differences, metadata=metadata
                )
            )
        monkeypatch.setattr(Account, "of", lambda *_: SimpleNamespace(id="1"))
        monkeypatch.setattr(ingestion, "ingest", refuse if fail else ingest)
        asset = spice_asset(CONTRACTS["payments"], marts(CONTRACTS["payments"], CONTRACTS))
        platform = PlatformResource(region="us-east-1", lake_bucket="lake", alerts_topic_arn="arn", api_url="http://x")
        return dg.materialize([asset], instance=instance, resources={"platform": platform}, raise_on_error=False)

    return start


def refuse(*_: Any) -> Ingested:
    raise QuickSightError("ingestion failed")


def renewed(result: Any) -> dict[str, str]:
    events = result.asset_materializations_for_node("quicksight_payments")
    tables = [event.metadata["renewed"].records for event in events]
    return {record.data["mart"]: record.data["as_of"] for records in tables for record in records}


def held(result: Any) -> dict[str, str]:
    [evaluation] = [item for item in result.get_asset_check_evaluations() if item.check_name == PROVEN]
    assert evaluation.passed is not bool(evaluation.metadata["not_renewed"].data)
    return evaluation.metadata["not_renewed"].data


def test_proven_marts_are_renewed_and_say_as_of_when(run: Callable[..., Any]) -> None:
    green = dict.fromkeys(("payments", "refunds", "disputes"), ("", LATER))
    result = run(**green, balance_transactions=("", EARLIER))
    assert result.success
    assert held(result) == {}
    found = renewed(result)
    assert set(found) == {mart.name for mart in marts(CONTRACTS["payments"], CONTRACTS)}
    assert (found["payments_daily"], found["payments_net_revenue"]) == (str(LATER), str(EARLIER))


def test_a_mart_that_reads_what_is_red_stays_as_of_the_last_proven_time(run: Callable[..., Any]) -> None:
    green = dict.fromkeys(("payments", "refunds", "balance_transactions"), ("", LATER))
    result = run(**green, disputes=("3 missing", EARLIER))
    assert result.success
    assert held(result) == {"payments_net_revenue": f"disputes: 3 missing; figures as of {EARLIER}"}
    assert "payments_net_revenue" not in renewed(result)
    assert "payments_daily" in renewed(result)


def test_nothing_is_renewed_after_red_parity_or_before_the_first(run: Callable[..., Any]) -> None:
    before = run()
    assert renewed(before) == {}
    assert held(before)["payments_daily"] == "payments: parity was not checked yet; figures as of no proven time"
    red = run(payments=("1 missing", EARLIER))
    assert red.success
    assert renewed(red) == {}
    assert held(red)["payments_daily"] == f"payments: 1 missing; figures as of {EARLIER}"


def test_an_ingestion_that_fails_fails_the_run(run: Callable[..., Any]) -> None:
    assert not run(fail=True, payments=("", LATER)).success
