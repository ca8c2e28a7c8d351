"""Evaluate a sensor's tick entity by entity, so that an error of one holds up no other, and alert people of it."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

import dagster as dg

from txplatform.clock import parse_timestamp, timestamp_text, utc_now
from txplatform.defs.resources import PlatformResource

QUIET = timedelta(hours=1)  # between two alerts on the same entity

_REMEDY = (
    "What has landed stays pending, and every tick tries again. The whole error is in the log of the sensor's tick."
)
_Found = TypeVar("_Found")


def evaluate_each(
    context: dg.SensorEvaluationContext,
    platform: PlatformResource,
    lane: str,
    entities: Sequence[str],
    evaluate: Callable[[str], _Found | str],
) -> tuple[dict[str, _Found], str]:
    """Return what `evaluate` finds for each entity, and the reasons why it finds nothing for the others.

    An entity's error is logged and alerted, and holds up no other. The tick does not fail, since one that does keeps
    no cursor, so it would alert each time, or never.
    """
    found: dict[str, _Found] = {}
    reasons: dict[str, str] = {}
    failures: dict[str, str] = {}
    for entity in entities:
        try:
            outcome = evaluate(entity)
        except Exception as error:
            context.log.exception(f"{entity}: the sensor could not evaluate it")
            outcome = failures[entity] = f"failed with {type(error).__name__}"
        if isinstance(outcome, str):
            reasons[entity] = outcome
        else:
            found[entity] = outcome
    _alert(context, platform, lane, failures)
    return found, _listed(reasons)


def runs_of_each(
    context: dg.SensorEvaluationContext,
    platform: PlatformResource,
    lane: str,
    entities: Sequence[str],
    evaluate: Callable[[str], dg.RunRequest | str],
) -> dg.SensorResult:
    """Request the run that `evaluate` has for each entity, or skip with the reasons why it has none for any."""
    found, reasons = evaluate_each(context, platform, lane, entities, evaluate)
    return dg.SensorResult(run_requests=list(found.values()), skip_reason=None if found else reasons)


def _alert(
    context: dg.SensorEvaluationContext, platform: PlatformResource, lane: str, failures: dict[str, str]
) -> None:
    """Publish one alert on the failed entities that had none in the last hour; the cursor keeps when they had one."""
    now = utc_now()
    moments: dict[str, str] = json.loads(context.cursor or "{}")
    alerted = {entity: moment for entity, moment in moments.items() if parse_timestamp(moment) > now - QUIET}
    news = {entity: reason for entity, reason in failures.items() if entity not in alerted}
    subject = f"{', '.join(news)}: the sensor of the {lane} lane fails"
    if news and platform.alerts.publish(subject, [_listed(news), "", _REMEDY]):
        alerted |= dict.fromkeys(news, timestamp_text(now))
    context.update_cursor(json.dumps(alerted) if alerted else None)


def _listed(reasons: dict[str, str]) -> str:
    return "; ".join(f"{entity}: {reason}" for entity, reason in reasons.items())
