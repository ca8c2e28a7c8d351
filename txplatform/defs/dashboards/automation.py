"""When the dashboard is published, and the job that publishes it by hand."""

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

import dagster as dg

from txplatform.defs.keys import DASHBOARD, EntityKeys, lane_tags

PUBLISH_JOB = "publish_dashboard"
_TAGS = lane_tags("dashboard", max_runtime=timedelta(minutes=15))


def publishing_condition(entities: Sequence[str]) -> dg.AutomationCondition:
    """Every five minutes in which something came: new changes, or the outcome of a comparison.

    No entity is waited for: the page says which one is not proven. A page that could not be published is tried again.
    """
    updated = dg.AutomationCondition.newly_updated()
    news = [
        condition
        for keys in map(EntityKeys.of, entities)
        for condition in (
            dg.AutomationCondition.asset_matches(keys.changes, updated),
            dg.AutomationCondition.asset_matches(keys.view, dg.AutomationCondition.any_checks_match(updated)),
        )
    ]
    some: Any = reduce(
        or_, news, dg.AutomationCondition.any_deps_updated()
    )  # its type depends on what it is joined with
    due = dg.AutomationCondition.cron_tick_passed("*/5 * * * *").since_last_handled()
    stale = some.with_label("something_came").since_last_handled() | dg.AutomationCondition.execution_failed()
    return stale & due & ~dg.AutomationCondition.in_progress()


def publishing_automation() -> dg.Definitions:
    """Build the job, and the sensor that evaluates the condition of the dashboard alone."""
    page = dg.AssetSelection.assets(DASHBOARD)
    job = dg.define_asset_job(PUBLISH_JOB, selection=page, description="Publish the dashboard.", tags=_TAGS)
    sensor = dg.AutomationConditionSensorDefinition(
        "dashboard_sensor",
        target=page,
        default_status=dg.DefaultSensorStatus.RUNNING,
        run_tags=_TAGS,
        description="Publishes the dashboard every five minutes in which something came.",
    )
    return dg.Definitions(jobs=[job], sensors=[sensor])
