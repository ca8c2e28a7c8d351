"""When a check that stays red is told of: once, as it turns red, and again only if that alert was not published."""

from collections.abc import Sequence

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as Status

from txplatform.defs.resources import PlatformResource

_ALERTED = "alerted"


def alert_when_red(
    instance: dg.DagsterInstance,
    platform: PlatformResource,
    result: dg.AssetCheckResult,
    subject: str,
    lines: Sequence[str],
) -> dg.AssetCheckResult:
    """Publish an alert if this result is the first red one; return it with a mark that says whether people were told.

    The marks of the results before are all the state there is. `result` names its asset and its check.
    """
    assert result.asset_key is not None
    assert result.check_name is not None
    key = dg.AssetCheckKey(result.asset_key, result.check_name)
    told = not result.passed and (_told(instance, key) or platform.alerts.publish(subject, lines))
    return result.with_metadata({**result.metadata, _ALERTED: dg.MetadataValue.bool(told)})


def _told(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> bool:
    """Whether the evaluation before was red and told of; the one that is being made is planned only."""
    ended = {Status.SUCCEEDED, Status.FAILED}
    records = instance.event_log_storage.get_asset_check_execution_history(key, limit=1, status=ended)
    told = dg.MetadataValue.bool(True)
    return any(record.evaluation and record.evaluation.metadata.get(_ALERTED) == told for record in records)
