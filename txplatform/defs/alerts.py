"""When a check that stays red is alerted: as it turns red, and again when something is new about it or an alert failed.

What is known about a red result are its findings: a name each, with a size.
"""

import json
from collections.abc import Mapping, Sequence

import dagster as dg

from txplatform.defs.resources import PlatformResource

_ALERTED = "alerted"
_FINDINGS = "alerted_findings"
_PAGE = 10


def alert_when_red(
    instance: dg.DagsterInstance,
    platform: PlatformResource,
    result: dg.AssetCheckResult,
    subject: str,
    lines: Sequence[str],
    findings: Mapping[str, int] | None = None,
) -> dg.AssetCheckResult:
    """Publish an alert if this result is the first red one, or has a finding that is new or larger than it was.

    Return it with a mark that says whether an alert was published, and for which findings. The marks of earlier
    results are all the state there is. `result` names its asset and its check; a finding's name holds no value.
    """
    assert result.asset_key is not None
    assert result.check_name is not None
    if result.passed:
        return _marked(result, alerted=False, findings={})
    known = _alerted_before(instance, dg.AssetCheckKey(result.asset_key, result.check_name))
    found = dict(findings or {})
    if known is not None and all(size <= known.get(name, 0) for name, size in found.items()):
        return _marked(result, alerted=True, findings=found)
    if platform.alerts.publish(subject, lines):
        return _marked(result, alerted=True, findings=found)
    return _marked(result, alerted=known is not None, findings=known or {})


def _marked(result: dg.AssetCheckResult, *, alerted: bool, findings: Mapping[str, int]) -> dg.AssetCheckResult:
    marks: dict[str, dg.MetadataValue] = {_ALERTED: dg.MetadataValue.bool(alerted)}
    if findings:
        marks[_FINDINGS] = dg.MetadataValue.text(json.dumps(findings, sort_keys=True))
    return result.with_metadata({**result.metadata, **marks})


def _alerted_before(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> dict[str, int] | None:
    """The findings of the latest evaluation if it was red and alerted, else None.

    One that is being made or whose run broke has no result.
    """
    cursor = None
    while records := instance.event_log_storage.get_asset_check_execution_history(key, limit=_PAGE, cursor=cursor):
        for record in records:
            if isinstance(record.evaluation, dg.AssetCheckEvaluation):
                metadata = record.evaluation.metadata
                if metadata.get(_ALERTED) != dg.MetadataValue.bool(True):
                    return None
                findings = metadata.get(_FINDINGS)
                return json.loads(findings.value) if isinstance(findings, dg.TextMetadataValue) else {}
        cursor = records[-1].id
    return None
