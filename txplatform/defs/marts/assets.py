"""The dashboard-ready views: one asset per mart, those of child entities among them."""

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.defs.column_lineage import mart_lineage
from txplatform.defs.contract_terms import asset_tags, owners
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys
from txplatform.defs.metadata import mart_schema, sql_block, table_name
from txplatform.defs.resources import PlatformResource
from txplatform.warehouse.views import Mart, refresh_mart


def mart_asset(contract: Contract, mart: Mart) -> dg.AssetsDefinition:
    """Build the asset of one mart of the contract's entity."""

    @dg.asset(
        key=dg.AssetKey(mart.name),
        deps=[EntityKeys.of(mart.entity).view],
        group_name=mart.entity,
        owners=owners(contract),
        tags=asset_tags(contract),
        kinds={"athena", "view"},
        description=f"{mart.description}. A view: always as current as `{mart.entity}`; replacing it is idempotent.",
        metadata={**table_name(mart.name), **mart_schema(mart), **mart_lineage(contract, mart)},
    )
    def view(platform: PlatformResource) -> dg.MaterializeResult:
        with translated():
            report = refresh_mart(mart, platform.athena, platform.ledger)
        query = {"athena_query_id": report.query_id} if report.query_id else {}
        return dg.MaterializeResult(
            metadata={"replaced": report.query_id is not None, "sql": sql_block(report.sql), **query}
        )

    return view
