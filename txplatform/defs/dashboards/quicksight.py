"""The copies in SPICE of an entity's marts: renewed only from figures that are proven, and marked by when they were."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.defs.contract_terms import asset_tags, owners
from txplatform.defs.current.checks import ParityCounts, latest_parity
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys, lane_tags, quicksight_key
from txplatform.defs.resources import PlatformResource
from txplatform.warehouse.marts.model import Mart

PROVEN = "figures_are_proven"
_TAGS = lane_tags("quicksight", max_runtime=timedelta(hours=1))
_COLUMNS = ("mart", "rows", "as_of")


def spice_asset(contract: Contract, marts: Sequence[Mart]) -> dg.AssetsDefinition:
    """Build the asset of an entity's data sets in QuickSight."""
    key = quicksight_key(contract.name)
    due = dg.AutomationCondition.cron_tick_passed("0 * * * *").since_last_handled()

    @dg.asset(
        key=key,
        deps=[EntityKeys.of(contract.name).view, *(dg.AssetKey(mart.name) for mart in marts)],
        group_name=contract.name,
        owners=owners(contract),
        tags=asset_tags(contract),
        kinds={"aws", "quicksight"},
        output_required=False,
        automation_condition=due & ~dg.AutomationCondition.in_progress(),
        check_specs=[
            dg.AssetCheckSpec(
                PROVEN,
                asset=key,
                description="Every mart was renewed, because parity of all entities that it reads was green. Of others "
                "QuickSight goes on to show the figures as of the last proven time.",
            )
        ],
        description=f"Copies in SPICE of the marts of {contract.name}, made by `txplatform quicksight deploy`. A run "
        "renews those whose entities are proven, and waits for QuickSight; one that is repeated finds its own "
        "ingestions again.",
    )
    def copies(context: dg.AssetExecutionContext, platform: PlatformResource) -> Iterator[Any]:
        from txplatform.dashboards.quicksight.account import Account
        from txplatform.dashboards.quicksight.ingestion import ingest
        from txplatform.dashboards.quicksight.target import data_set_id

        entities = {contract.name, *(name for mart in marts for name in mart.reads)}
        outcomes = latest_parity(context.instance, entities)
        renewed: list[dg.TableRecord] = []
        held: dict[str, str] = {}
        with translated():
            account = Account.of(platform.clients)
            for mart in marts:
                problem, moment = proof(outcomes, (contract.name, *mart.reads))
                if problem:
                    held[mart.name] = f"{problem}; figures as of {moment or 'no proven time'}"
                    continue
                done = ingest(account, data_set_id(mart.name), context.run.run_id)
                rows = "" if done.rows is None else str(done.rows)
                renewed.append(dg.TableRecord(dict(zip(_COLUMNS, (mart.name, rows, str(moment)), strict=True))))
        check = dg.AssetCheckResult(
            asset_key=key,
            check_name=PROVEN,
            passed=not held,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"not_renewed": dg.MetadataValue.json(held)},
        )
        if not renewed:
            yield check
            return
        schema = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in _COLUMNS])
        table = dg.MetadataValue.table(renewed, schema=schema)
        yield dg.MaterializeResult(asset_key=key, metadata={"renewed": table}, check_results=[check])

    return copies


def proof(outcomes: Mapping[str, ParityCounts], entities: Sequence[str]) -> tuple[str, datetime | None]:
    """Why these entities are not proven, empty where they are, and the moment up to which all of them were."""
    absent = [name for name in entities if name not in outcomes]
    red = [
        f"{name}: {outcomes[name].differences}" for name in entities if name in outcomes and not outcomes[name].equal
    ]
    problems = [*(f"{name}: parity was not checked yet" for name in absent), *red]
    moments = [outcomes[name].verified_through for name in entities if name in outcomes]
    known = [moment for moment in moments if moment is not None]
    return "; ".join(problems), min(known) if len(known) == len(entities) else None


def quicksight_automation(assets: Sequence[dg.AssetKey]) -> dg.Definitions:
    """Build the sensor that renews the copies every hour; it is off until QuickSight is deployed."""
    sensor = dg.AutomationConditionSensorDefinition(
        "quicksight_sensor",
        target=dg.AssetSelection.assets(*assets),
        default_status=dg.DefaultSensorStatus.STOPPED,
        run_tags=_TAGS,
        description="Renews the copies in SPICE every hour, of marts that are proven. Start it after `txplatform "
        "quicksight deploy`. SPICE allows 32 renewals of a data set within 24 hours.",
    )
    return dg.Definitions(sensors=[sensor])
