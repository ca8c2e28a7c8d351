"""The asset `<entity>_changes`: change records, appended."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.defs.contract_terms import asset_tags, new_data_within, owners
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys
from txplatform.defs.metadata import lake_columns, listing, table_name, written_columns
from txplatform.defs.resources import PlatformResource
from txplatform.defs.validation import gate_metadata, quarantine_event, refused_rows_check, refused_rows_result

if TYPE_CHECKING:
    from txplatform.lake.reports import ChangesReport


class ChangesConfig(dg.Config):
    """How long a run goes on."""

    stay_seconds: int = Field(
        default=0,
        ge=0,
        description="The longest time to stay and take what lands, with a materialisation for each batch. By default a "
        "run ends after what is pending, with one for all of it.",
    )


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
        output_required=False,
        check_specs=[refused_rows_check(keys.changes)],
        description=f"Every change of {contract.title} in the operational store, validated and appended. One row "
        "per change. A run takes all that is pending in the landing area, and stays while more lands, with a "
        "materialisation for each time. A batch carries an id and is in the table once, whatever runs twice; only one "
        "that is resumed late or redriven may be there twice, which changes no state.",
        metadata={
            **table_name(keys.changes.path[-1]),
            "dagster/column_schema": lake_columns(contract, Lane.CHANGES),
        },
    )
    def changes(
        context: dg.AssetExecutionContext, config: ChangesConfig, platform: PlatformResource
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        from txplatform.lake.changes import ingest_changes
        from txplatform.lake.changes_lane import ingest_while_landing

        stores = (contract, platform.lake, platform.ledger, platform.alerts)
        reasons: Counter[str] = Counter()
        with translated(retries=False):  # the failed batch backs off: an attempt right now would find nothing due
            if not config.stay_seconds:
                report = ingest_changes(*stores)
                _report_refused(context, contract, report)
                reasons.update(report.reasons)
                yield dg.MaterializeResult(metadata=_metadata(contract, report))
            else:
                for report in ingest_while_landing(*stores, longest=timedelta(seconds=config.stay_seconds)):
                    _report_refused(context, contract, report)
                    reasons.update(report.reasons)
                    context.log_event(dg.AssetMaterialization(keys.changes, metadata=_metadata(contract, report)))
        yield refused_rows_result(platform, contract.name, Lane.CHANGES, keys.changes, reasons)

    return changes


def _report_refused(context: dg.AssetExecutionContext, contract: Contract, report: "ChangesReport") -> None:
    if report.refused:
        context.log_event(quarantine_event(contract, Lane.CHANGES, report.refused, report.reasons, report.objects))


def _metadata(contract: Contract, report: "ChangesReport") -> dict[str, Any]:
    return {
        "rows_appended": report.rows,
        "objects": len(report.objects),
        "object_uris": listing(report.objects),
        "batch_ids": listing(report.batch_ids),
        "batches_already_there": report.repeated,
        "snapshot_ids": listing(report.snapshot_ids),
        "dagster/column_schema": written_columns(contract, report.schema),
        **gate_metadata(report.rows, report.refused, report.reasons),
        **({"lag_seconds": report.lag.total_seconds()} if report.lag is not None else {}),
    }
