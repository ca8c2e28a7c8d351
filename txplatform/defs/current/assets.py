"""The assets `<entity>_snapshot`, folded, and `<entity>`, the exact view over the snapshot and the unfolded rest."""

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import SNAPSHOT
from txplatform.defs.column_lineage import snapshot_lineage, view_lineage
from txplatform.defs.contract_terms import asset_tags, owners
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys
from txplatform.defs.metadata import lake_columns, row_count, sql_block, table_name, view_schema
from txplatform.defs.resources import PlatformResource
from txplatform.warehouse.views import refresh_view


def snapshot_asset(contract: Contract) -> dg.AssetsDefinition:
    """Build the snapshot asset of one entity."""
    keys = EntityKeys.of(contract.name)

    @dg.asset(
        key=keys.snapshot,
        deps=[keys.files, keys.changes],
        group_name=contract.name,
        owners=owners(contract),
        tags=asset_tags(contract),
        kinds={"iceberg", "athena"},
        description=f"{contract.title} as of the last fold: one row per key, the one with the greatest order key, "
        "tombstones included. Athena merges the rows ingested since; merging some twice changes nothing.",
        metadata={
            **table_name(keys.snapshot.path[-1]),
            "dagster/column_schema": lake_columns(contract, SNAPSHOT),
            **snapshot_lineage(contract),
        },
    )
    def snapshot(platform: PlatformResource) -> dg.MaterializeResult:
        from txplatform.lake.fold import fold

        with translated():
            report = fold(contract, platform.lake, platform.athena, platform.ledger)
            rows = row_count(platform.lake.table(report.table).current_snapshot())
        return dg.MaterializeResult(
            metadata={
                "athena_query_id": report.query_id,
                "epoch": report.folded.epoch,
                **rows,
                **({"previous_epoch": report.previous.epoch} if report.previous else {}),
            }
        )

    return snapshot


def view_asset(contract: Contract) -> dg.AssetsDefinition:
    """Build the current view of one entity."""
    keys = EntityKeys.of(contract.name)

    @dg.asset(
        key=keys.view,
        deps=[keys.snapshot, keys.files, keys.changes],
        group_name=contract.name,
        owners=owners(contract),
        tags=asset_tags(contract),
        kinds={"athena", "view"},
        description=f"The exact current state. {contract.description} One row per live "
        f"{' and '.join(f'`{name}`' for name in contract.key)}: the snapshot without the keys that changed since the "
        "last fold, and the newest row of each of those. It is exact at every moment; refreshing it replaces its text "
        "only after a fold.",
        metadata={
            **table_name(contract.name),
            "dagster/column_schema": view_schema(contract),
            **view_lineage(contract),
        },
    )
    def view(platform: PlatformResource) -> dg.MaterializeResult:
        with translated():
            platform.lake.ensure(contract)  # before the first commit there is no table that a view could read
            report = refresh_view(contract, platform.athena, platform.ledger)
        return dg.MaterializeResult(
            metadata={
                "replaced": report.query_id is not None,
                "sql": sql_block(report.sql),
                **({"athena_query_id": report.query_id} if report.query_id else {}),
                **({"folded_epoch": report.folded.epoch} if report.folded else {}),
            }
        )

    return view
