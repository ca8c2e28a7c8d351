"""The dashboard-ready views: one asset per mart, and per view that an entity has by its contract alone."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.defs.column_lineage import mart_lineage
from txplatform.defs.contract_terms import asset_tags, owners
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys
from txplatform.defs.metadata import mart_schema, sql_block, table_name
from txplatform.defs.resources import PlatformResource
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.views import refresh_mart, refresh_view


def mart_asset(contracts: Mapping[str, Contract], mart: Mart) -> dg.AssetsDefinition:
    """Build the asset of one mart. It is refreshed with its own entity; further entities that it reads go on alone."""
    contract = contracts[mart.entity]
    read = [contract, *(contracts[entity] for entity in mart.reads)]
    keys = EntityKeys.of(mart.entity)
    deps = [keys.files, keys.changes] if mart.of_tables else [EntityKeys.of(item.name).view for item in read]
    sources = " and ".join(f"`{key.path[-1]}`" for key in deps)

    @dg.asset(
        key=dg.AssetKey(mart.name),
        deps=deps,
        group_name=mart.entity,
        owners=owners(contract),
        tags=asset_tags(contract),
        kinds={"athena", "iceberg" if mart.table_by else "view"},
        description=f"{mart.description}. {_freshness(mart, sources)}",
        metadata={**table_name(mart.name), **mart_schema(mart), **mart_lineage(read, mart)},
    )
    def view(platform: PlatformResource) -> dg.MaterializeResult:
        with translated():
            if mart.of_tables:
                platform.lake.ensure(contract)
            for item in read[1:]:
                _make_missing_view(item, platform)
            if mart.table_by:
                return dg.MaterializeResult(metadata=_table(contract, mart, platform))
            report = refresh_mart(mart, platform.athena, platform.ledger, read)
        query = {"athena_query_id": report.query_id} if report.query_id else {}
        return dg.MaterializeResult(
            metadata={"replaced": report.query_id is not None, "sql": sql_block(report.sql), **query}
        )

    return view


def _freshness(mart: Mart, sources: str) -> str:
    if not mart.table_by:
        return f"A view: always as current as {sources}; replacing it is idempotent."
    return (
        f"A table behind a view, as of its last refresh, which replaces each `{mart.table_by}` of which records of "
        f"{sources} have changed, all in one commit; doing it again changes nothing."
    )


def _table(contract: Contract, mart: Mart, platform: PlatformResource) -> dict[str, Any]:
    """Bring the table of a mart up to date, and say what was done."""
    from txplatform.lake.mart_tables import refresh_table

    report = refresh_table(mart, contract, platform.lake, platform.athena, platform.ledger)
    done = {"made_whole": report.days is None, **({} if report.days is None else {"replaced_days": report.days})}
    return {**done, "table": report.table, "sql": sql_block(mart.sql)}


def _make_missing_view(contract: Contract, platform: PlatformResource) -> None:
    """Make the current view of a further entity, where its own refresh has not done so yet."""
    if not platform.athena.view_version(contract.name):
        platform.lake.ensure(contract)
        refresh_view(contract, platform.athena, platform.ledger)
