"""When a check that stays red is alerted: once, as it turns red, and again only if that alert was not published."""

from collections.abc import Sequence

import dagster as dg

from txplatform.defs.resources import PlatformResource

_ALERTED = "alerted"
_PAGE = 10


def alert_when_red(
    instance: dg.DagsterInstance,
    platform: PlatformResource,
    result: dg.AssetCheckResult,
    subject: str,
    lines: Sequence[str],
) -> dg.AssetCheckResult:
    """Publish an alert if this result is the first red one; return it with a mark that says whether one was published.

    The marks of earlier results are all the state there is. `result` names its asset and its check.
    """
    assert result.asset_key is not None
    assert result.check_name is not None
    key = dg.AssetCheckKey(result.asset_key, result.check_name)
    alerted = not result.passed and (_alerted_before(instance, key) or platform.alerts.publish(subject, lines))
    return result.with_metadata({**result.metadata, _ALERTED: dg.MetadataValue.bool(alerted)})


def _alerted_before(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> bool:
    """Whether the latest evaluation was red and alerted. One that is being made or whose run broke has no result."""
    cursor = None
    while records := instance.event_log_storage.get_asset_check_execution_history(key, limit=_PAGE, cursor=cursor):
        for record in records:
            if isinstance(record.evaluation, dg.AssetCheckEvaluation):
                return record.evaluation.metadata.get(_ALERTED) == dg.MetadataValue.bool(True)
        cursor = records[-1].id
    return False
