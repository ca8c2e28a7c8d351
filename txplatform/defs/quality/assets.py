"""The asset `<entity>_quality`: a view over the quarantine table, with the figures of the last days as a plot."""

from datetime import timedelta

import dagster as dg

from txplatform.clock import utc_now
from txplatform.contracts.model import Contract
from txplatform.defs.contract_terms import asset_tags, owners
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys
from txplatform.defs.metadata import sql_block, table_name
from txplatform.defs.quality.automation import quality_condition
from txplatform.defs.quality.plot import days_plot, rules_table
from txplatform.defs.resources import PlatformResource
from txplatform.warehouse.views import quality_figures, quality_view, refresh_mart

PLOTTED = timedelta(days=30)


def quality_asset(contract: Contract) -> dg.AssetsDefinition:
    """Build the quality view of one entity."""
    keys = EntityKeys.of(contract.name)
    view = quality_view(contract.name)

    @dg.asset(
        key=keys.quality,
        deps=[keys.quarantine],
        automation_condition=quality_condition(),
        group_name=contract.name,
        owners=owners(contract),
        tags=asset_tags(contract),
        kinds={"athena", "view"},
        description=f"{view.description}. A view: always as current as `{keys.quarantine.path[-1]}`. Each "
        f"materialisation shows what is there of the last {PLOTTED.days} days.",
        metadata=table_name(keys.quality.path[-1]),
    )
    def quality(platform: PlatformResource) -> dg.MaterializeResult:
        with translated():
            platform.lake.ensure(contract)  # before the first commit there is no table that a view could read
            report = refresh_mart(view, platform.athena, platform.ledger)
            since = utc_now().date() - PLOTTED
            days, rules = (platform.athena.arrow(sql).to_pylist() for sql in quality_figures(contract.name, since))
        return dg.MaterializeResult(
            metadata={
                "rows_refused": sum(day["refused"] for day in days),
                "by_day": days_plot(days),
                "by_rule": rules_table(rules),
                "sql": sql_block(report.sql),
            }
        )

    return quality
