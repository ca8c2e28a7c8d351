"""The asset `<entity>_changes`: change records, appended."""

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.defs.contract_terms import asset_tags, new_data_within, owners
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys
from txplatform.defs.metadata import lake_columns, listing, table_name, written_columns
from txplatform.defs.resources import PlatformResource
from txplatform.defs.validation import gate_metadata, quarantine_event, refused_rows_check, refused_rows_result


def changes_asset(contract: Contract) -> dg.AssetsDefinition:
    """Build the changes asset of one entity."""
    keys = EntityKeys.of(contract.name)

    @dg.asset(
        key=keys.changes,
        deps=[keys.landing],
        group_name=contract.name,
        owners=owners(contract),
        tags=asset_tags(contract),
        freshness_policy=new_data_within(contract.sla.freshness),
        kinds={"iceberg", "parquet", "pandera"},
        check_specs=[refused_rows_check(keys.changes)],
        description=f"Every change of {contract.title} in the operational store, validated and appended. One row "
        "per change. A run takes all that is pending in the landing area; a batch carries an id and is in the table "
        "once, whatever runs twice; only one that is resumed late or redriven may be there twice, which changes no "
        "state.",
        metadata={
            **table_name(keys.changes.path[-1]),
            "dagster/column_schema": lake_columns(contract, Lane.CHANGES),
        },
    )
    def changes(context: dg.AssetExecutionContext, platform: PlatformResource) -> dg.MaterializeResult:
        from txplatform.lake.changes import ingest_changes

        with translated(retries=False):  # the failed batch backs off: an attempt right now would find nothing due
            report = ingest_changes(contract, platform.lake, platform.ledger, platform.alerts)
        if report.refused:
            context.log_event(quarantine_event(contract, Lane.CHANGES, report.refused, report.reasons, report.objects))
        return dg.MaterializeResult(
            metadata={
                "rows_appended": report.rows,
                "objects": len(report.objects),
                "object_uris": listing(report.objects),
                "batch_ids": listing(report.batch_ids),
                "batches_already_there": report.repeated,
                "snapshot_ids": listing(report.snapshot_ids),
                "dagster/column_schema": written_columns(contract, report.schema),
                **gate_metadata(report.rows, report.refused, report.reasons),
                **({"lag_seconds": report.lag.total_seconds()} if report.lag is not None else {}),
            },
            check_results=[refused_rows_result(platform, contract.name, Lane.CHANGES, keys.changes, report.reasons)],
        )

    return changes
