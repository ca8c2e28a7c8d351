"""When what was refused is counted again."""

from collections.abc import Iterable
from datetime import timedelta

import dagster as dg

from txplatform.defs.keys import EntityKeys, lane_tags

_TAGS = lane_tags("quality", max_runtime=timedelta(minutes=15))


def quality_condition() -> dg.AutomationCondition:
    """Every quarter of an hour in which rows were refused, and once before; a failed one is tried again then."""
    refused = dg.AutomationCondition.any_deps_updated().since_last_handled()
    stale = refused | dg.AutomationCondition.missing() | dg.AutomationCondition.execution_failed()
    due = dg.AutomationCondition.cron_tick_passed("*/15 * * * *").since_last_handled()
    return stale & due & ~dg.AutomationCondition.in_progress()


def check_condition() -> dg.AutomationCondition:
    """Every hour, for the checks that a contract declares; what is in progress is let be."""
    due = dg.AutomationCondition.cron_tick_passed("17 * * * *").since_last_handled()
    return due & ~dg.AutomationCondition.in_progress()


def quality_automation(entities: Iterable[str], checks: Iterable[dg.AssetChecksDefinition]) -> dg.Definitions:
    """Build the sensor that evaluates the condition of the quality views, and of the checks of contracts."""
    sensor = dg.AutomationConditionSensorDefinition(
        "quality_sensor",
        target=dg.AssetSelection.assets(*(EntityKeys.of(entity).quality for entity in entities)).without_checks()
        | dg.AssetSelection.checks(*checks),
        default_status=dg.DefaultSensorStatus.RUNNING,
        run_tags=_TAGS,
        description="Counts what is in quarantine, every quarter of an hour in which rows were refused, and evaluates "
        "the checks that contracts declare, every hour.",
    )
    return dg.Definitions(sensors=[sensor])
