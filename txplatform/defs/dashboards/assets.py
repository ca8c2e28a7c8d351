"""The published dashboard, and the BI tools that read the same views."""

from collections.abc import Mapping, Sequence

import dagster as dg

from txplatform.clock import utc_now
from txplatform.contracts.model import Contract
from txplatform.defs.alerts import alert_when_red
from txplatform.defs.contract_terms import PLATFORM_OWNERS
from txplatform.defs.current.checks import latest_parity
from txplatform.defs.dashboards.automation import publishing_condition
from txplatform.defs.failures import translated
from txplatform.defs.keys import (
    DASHBOARD,
    DASHBOARDS_GROUP,
    POWER_BI_MODEL,
    POWER_BI_REPORT,
    QUICKSIGHT_DASHBOARD,
    EntityKeys,
)
from txplatform.defs.metadata import listing
from txplatform.defs.resources import PlatformResource
from txplatform.wording import counted

SECTIONS = "every_section_computed"


def dashboard_asset(contracts: Mapping[str, Contract], marts: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """Build the dashboard over the given marts and the freshness, refusals and parity of every entity."""
    entities = [EntityKeys.of(entity) for entity in contracts]

    @dg.asset(
        key=DASHBOARD,
        deps=[*marts, *(keys.view for keys in entities), *(keys.quarantine for keys in entities)],
        group_name=DASHBOARDS_GROUP,
        owners=PLATFORM_OWNERS,
        kinds={"dashboard", "athena"},
        automation_condition=publishing_condition(list(contracts)),
        check_specs=[
            dg.AssetCheckSpec(
                SECTIONS,
                asset=DASHBOARD,
                description="Everything on the page could be computed; what could not says so there. Turning red "
                "raises one alert.",
            )
        ],
        description="One self-contained, interactive page: the figures of every mart, by time and dimensions, down to "
        "masked records, and for every entity its freshness, refusals and parity. Publishing replaces the page.",
    )
    def dashboard(context: dg.AssetExecutionContext, platform: PlatformResource) -> dg.MaterializeResult:
        from txplatform.dashboards.html import publish

        parity = latest_parity(context.instance, contracts)
        with translated():
            page = publish(
                platform.clients, platform.settings, platform.athena, platform.ledger, parity, contracts, utc_now()
            )
        rows = "\n".join(f"| {entity} | {count:,} |" for entity, count in page.rows.items())
        check = dg.AssetCheckResult(
            asset_key=DASHBOARD,
            check_name=SECTIONS,
            passed=not page.problems,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"problems": listing(page.problems)},
        )
        subject = f"dashboard: {counted(len(page.problems), 'section')} could not be computed"
        lines = [
            f"They say so on {page.dashboard_url}.",
            "Remedy: the reasons are in the check of the asset in Dagster.",
        ]
        return dg.MaterializeResult(
            check_results=[alert_when_red(context.instance, platform, check, subject, lines)],
            metadata={
                "dashboard": dg.MetadataValue.url(page.dashboard_url),
                "api_reference": dg.MetadataValue.url(page.api_url),
                "records": dg.MetadataValue.md(f"| entity | records |\n|---|---:|\n{rows}"),
                "size_bytes": page.size_bytes,
            },
        )

    return dashboard


def bi_assets(shown: Sequence[dg.AssetKey]) -> list[dg.AssetSpec]:
    """Consumers outside: QuickSight over what is `shown` there, and Power BI over its semantic model."""
    return [
        dg.AssetSpec(
            QUICKSIGHT_DASHBOARD,
            deps=shown,
            group_name=DASHBOARDS_GROUP,
            owners=PLATFORM_OWNERS,
            kinds={"aws", "quicksight"},
            description="The dashboards in QuickSight, one an entity, which `txplatform quicksight deploy` makes and "
            "updates. They show the copies in SPICE, or ask Athena where the contract says so.",
        ),
        dg.AssetSpec(
            POWER_BI_REPORT,
            deps=[POWER_BI_MODEL],
            group_name=DASHBOARDS_GROUP,
            owners=PLATFORM_OWNERS,
            kinds={"powerbi"},
            description="The report in Power BI, of which `txplatform powerbi export` writes the project. It shows the "
            "semantic model as it was loaded last.",
        ),
    ]
