"""The asset of a mart that is a table says what its refresh did, and that it is as of that refresh."""

from typing import Any

import dagster as dg
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.defs.marts.assets import mart_asset
from txplatform.defs.resources import PlatformResource
from txplatform.lake import mart_tables
from txplatform.lake.mart_tables import TableRefresh
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.views import ViewReport

CONTRACTS = load_contracts()
MART = Mart("payments_some", "payments", "Some", "SELECT 1 AS day", table_by="day")


@pytest.mark.parametrize(
    ("days", "expected"), [(None, {"made_whole": True}), (2, {"made_whole": False, "replaced_days": 2})]
)
def test_what_a_refresh_did(monkeypatch: pytest.MonkeyPatch, days: int | None, expected: dict[str, Any]) -> None:
    refreshed = TableRefresh(ViewReport(MART.name, "", None), "payments_some__1", days)
    monkeypatch.setattr(mart_tables, "refresh_table", lambda *_: refreshed)
    platform = PlatformResource(region="us-east-1", lake_bucket="lake", alerts_topic_arn="arn", api_url="http://x")
    asset = mart_asset(CONTRACTS, MART)
    result = dg.materialize([asset], resources={"platform": platform})
    [event] = result.asset_materializations_for_node(MART.name)
    found = {name: value.value for name, value in event.metadata.items()}
    assert found.items() >= {**expected, "table": "payments_some__1"}.items()
    [spec] = asset.specs
    assert "as of its last refresh, which replaces each `day`" in (spec.description or "")
    assert spec.kinds == {"athena", "iceberg"}
