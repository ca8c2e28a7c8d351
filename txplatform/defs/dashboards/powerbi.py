"""The semantic model in Power BI: its tables are loaded again from figures that are proven, and from no others."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from txplatform.defs.contract_terms import PLATFORM_OWNERS
from txplatform.defs.current.checks import latest_parity
from txplatform.defs.dashboards.quicksight import PROVEN, proof
from txplatform.defs.failures import translated
from txplatform.defs.keys import DASHBOARDS_GROUP, POWER_BI_MODEL, lane_tags
from txplatform.defs.resources import PlatformResource
from txplatform.warehouse.marts.model import Mart

_TAGS = lane_tags("powerbi", max_runtime=timedelta(hours=3))
_COLUMNS = ("mart", "partitions", "as_of")


def model_asset(marts: Sequence[Mart]) -> dg.AssetsDefinition:
    """Build the asset of the semantic model that `txplatform powerbi export` writes of these marts."""
    due = dg.AutomationCondition.cron_tick_passed("30 * * * *").since_last_handled()

    @dg.asset(
        key=POWER_BI_MODEL,
        deps=[dg.AssetKey(mart.name) for mart in marts],
        group_name=DASHBOARDS_GROUP,
        owners=PLATFORM_OWNERS,
        kinds={"powerbi"},
        output_required=False,
        automation_condition=due & ~dg.AutomationCondition.in_progress(),
        check_specs=[
            dg.AssetCheckSpec(
                PROVEN,
                asset=POWER_BI_MODEL,
                description="Every table was loaded, because parity of all entities that its mart reads was green. Of "
                "others Power BI goes on to show the figures as of the last proven time.",
            )
        ],
        description="The semantic model of all marts, as `txplatform powerbi export` writes it. A run loads the tables "
        "whose entities are proven, all of these or none, and waits for Power BI; a repeated one loads them again.",
    )
    def model(context: dg.AssetExecutionContext, platform: PlatformResource) -> Iterator[Any]:
        from txplatform.dashboards.powerbi.refresh import SemanticModels, connection, refresh_model

        outcomes = latest_parity(context.instance, {name for mart in marts for name in (mart.entity, *mart.reads)})
        found = {mart.name: proof(outcomes, (mart.entity, *mart.reads)) for mart in marts}
        held = {
            name: f"{problem}; figures as of {moment or 'no proven time'}"
            for name, (problem, moment) in found.items()
            if problem
        }
        check = dg.AssetCheckResult(
            asset_key=POWER_BI_MODEL,
            check_name=PROVEN,
            passed=not held,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"not_loaded": dg.MetadataValue.json(held)},
        )
        proven = [name for name in found if name not in held]
        if not proven:
            yield check
            return
        with translated():
            to = connection(platform.clients)
            done = refresh_model(SemanticModels(to.workspace, to.credentials), to.model, tables=proven)
        records = [
            dg.TableRecord(dict(zip(_COLUMNS, (name, str(done.tables.get(name, 0)), str(found[name][1])), strict=True)))
            for name in proven
        ]
        schema = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in _COLUMNS])
        metadata = {"loaded": dg.MetadataValue.table(records, schema=schema), "refresh": done.refresh}
        yield dg.MaterializeResult(asset_key=POWER_BI_MODEL, metadata=metadata, check_results=[check])

    return model


def powerbi_automation() -> dg.Definitions:
    """Build the sensor that loads the model every hour; it is off until the model is published."""
    sensor = dg.AutomationConditionSensorDefinition(
        "powerbi_sensor",
        target=dg.AssetSelection.assets(POWER_BI_MODEL),
        default_status=dg.DefaultSensorStatus.STOPPED,
        run_tags=_TAGS,
        description="Loads the tables of the model in Power BI every hour, of marts that are proven. Start it when the "
        "model is published and the secret of its service principal is stored.",
    )
    return dg.Definitions(sensors=[sensor])
