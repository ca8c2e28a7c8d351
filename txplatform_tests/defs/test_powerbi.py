"""The model in Power BI is loaded after green parity alone, and says as of when its tables are."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.powerbi import refresh
from txplatform.dashboards.powerbi.errors import PowerBiError
from txplatform.dashboards.powerbi.refresh import Refreshed
from txplatform.defs.current.checks import PARITY
from txplatform.defs.dashboards.powerbi import PROVEN, model_asset
from txplatform.defs.resources import PlatformResource
from txplatform.warehouse.marts.files import marts

CONTRACTS = load_contracts()
MARTS = [mart for entity in ("payments", "trades") for mart in marts(CONTRACTS[entity], CONTRACTS)]
ENTITIES = ("payments", "trades", "refunds", "disputes", "balance_transactions")
EARLIER, LATER = (datetime(2026, 2, 9, hour, 30, tzinfo=UTC) for hour in (10, 11))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What Power BI is asked to load; the first of it may be an error instead."""
    found: list[Any] = []

    def load(_models: Any, model: str, *, tables: list[str]) -> Refreshed:
        if found:
            raise found.pop()
        found.append((model, sorted(tables)))
        return Refreshed("refresh-1", dict.fromkeys(tables, 3))

    to = SimpleNamespace(credentials=None, workspace="w", model="m")
    monkeypatch.setattr(refresh, "connection", lambda _aws: to)
    monkeypatch.setattr(refresh, "SemanticModels", lambda *_: None)
    monkeypatch.setattr(refresh, "refresh_model", load)
    return found


@pytest.fixture
def run(asked: list[Any]) -> Any:
    """Run the asset after these outcomes: by entity what differs, and as of when all was equal."""
    with dg.DagsterInstance.ephemeral() as instance:

        def start(**outcomes: tuple[str, datetime]) -> Any:
            for entity, (differences, moment) in outcomes.items():
                counts = dict.fromkeys(
                    ("checked", "missing", "extra", "different", "in_flight"), dg.MetadataValue.int(1)
                )
                moments = {"verified_through": dg.MetadataValue.timestamp(moment)}
                metadata = {**counts, **moments, "differences": dg.MetadataValue.text(differences)}
                instance.report_runless_asset_event(
                    dg.AssetCheckEvaluation(
                        asset_key=dg.AssetKey(entity), check_name=PARITY, passed=not differences, metadata=metadata
                    )
                )
            platform = PlatformResource(
                region="us-east-1", lake_bucket="lake", alerts_topic_arn="arn", api_url="http://x"
            )
            return dg.materialize(
                [model_asset(MARTS)], instance=instance, resources={"platform": platform}, raise_on_error=False
            )

        yield start


def held(result: Any) -> dict[str, str]:
    [evaluation] = [item for item in result.get_asset_check_evaluations() if item.check_name == PROVEN]
    assert evaluation.passed is not bool(evaluation.metadata["not_loaded"].data)
    return evaluation.metadata["not_loaded"].data


def test_proven_tables_are_loaded_together_and_say_as_of_when(run: Callable[..., Any], asked: list[Any]) -> None:
    result = run(**{**dict.fromkeys(ENTITIES, ("", LATER)), "trades": ("", EARLIER)})
    assert held(result) == {}
    assert asked == [("m", sorted(mart.name for mart in MARTS))]
    [event] = result.asset_materializations_for_node("powerbi_model")
    loaded = {record.data["mart"]: record.data for record in event.metadata["loaded"].records}
    assert loaded["payments_daily"] == {"mart": "payments_daily", "partitions": "3", "as_of": str(LATER)}
    assert loaded["trades_daily"]["as_of"] == str(EARLIER)


def test_tables_that_read_what_is_red_stay_as_of_the_last_proven_time(
    run: Callable[..., Any], asked: list[Any]
) -> None:
    result = run(**{**dict.fromkeys(ENTITIES, ("", LATER)), "disputes": ("3 missing", EARLIER)})
    assert held(result) == {"payments_net_revenue": f"disputes: 3 missing; figures as of {EARLIER}"}
    assert asked == [("m", sorted(mart.name for mart in MARTS if mart.name != "payments_net_revenue"))]


def test_nothing_is_loaded_after_red_parity_or_before_the_first(run: Callable[..., Any], asked: list[Any]) -> None:
    assert set(held(run())) == {mart.name for mart in MARTS}
    result = run(payments=("1 missing", EARLIER), trades=("2 extra", EARLIER))
    assert result.success
    assert set(held(result)) == {mart.name for mart in MARTS}
    assert result.asset_materializations_for_node("powerbi_model") == []
    assert asked == []


def test_a_refresh_that_fails_fails_the_run(run: Callable[..., Any], asked: list[Any]) -> None:
    asked.append(PowerBiError("refresh failed", {"trades_daily": "2026Q1 is Failed"}))
    assert not run(**dict.fromkeys(ENTITIES, ("", LATER))).success
