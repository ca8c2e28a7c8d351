"""The parity check of a current view against its operational table, and its latest outcome."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as Status

from txplatform.contracts.model import Contract
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys
from txplatform.defs.resources import PlatformResource

if TYPE_CHECKING:
    from txplatform.parity.check import ParityReport

PARITY = "parity"
_ALERTED = "alerted"


@dataclass(frozen=True, slots=True)
class ParityCounts:
    """The counts of the latest comparison, as Dagster keeps them."""

    checked: int
    missing: int
    extra: int
    different: int
    in_flight: int

    @property
    def equal(self) -> bool:
        return not (self.missing or self.extra or self.different)


def parity_check(contract: Contract) -> dg.AssetChecksDefinition:
    """Build the parity check of one entity."""

    @dg.asset_check(
        name=PARITY,
        asset=EntityKeys.of(contract.name).view,
        additional_deps=[EntityKeys.of(contract.name).table],
        description="The view's change-data lane equals the operational table: every key, every cell, every decimal "
        "digit. Records younger than the grace period count as in flight. Turning red raises one alert.",
    )
    def parity(context: dg.AssetCheckExecutionContext, platform: PlatformResource) -> dg.AssetCheckResult:
        from txplatform.parity.check import check_parity

        with translated():
            report = check_parity(contract, platform.clients, platform.athena)
        known = report.equal or _known(context.instance, contract.name)
        columns = ["kind", "key", "field", "expected", "actual"]
        samples = [dg.TableRecord({name: getattr(item, name) or "" for name in columns}) for item in report.samples]
        return dg.AssetCheckResult(
            passed=report.equal,
            metadata={
                "checked": report.checked,
                "missing": report.missing,
                "extra": report.extra,
                "different": report.different,
                "in_flight": report.in_flight,
                _ALERTED: not report.equal and (known or _alert(platform, report)),
                "samples": dg.MetadataValue.table(
                    samples, schema=dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in columns])
                ),
            },
        )

    return parity


def _known(instance: dg.DagsterInstance, entity: str) -> bool:
    """Whether the comparison before was unequal and an alert has told so."""
    key = dg.AssetCheckKey(EntityKeys.of(entity).view, PARITY)
    ended = {Status.SUCCEEDED, Status.FAILED}  # the evaluation that is being made is planned only
    records = instance.event_log_storage.get_asset_check_execution_history(key, limit=1, status=ended)
    told = dg.MetadataValue.bool(True)
    return any(record.evaluation and record.evaluation.metadata.get(_ALERTED) == told for record in records)


def _alert(platform: PlatformResource, report: "ParityReport") -> bool:
    """Tell of the counts and of what kind the samples are, never of a value."""
    from txplatform.lake.alerts import alert

    samples = Counter(f"{item.kind} {item.field}" if item.field else item.kind for item in report.samples)
    lines = [
        f"Of {report.checked} records of {report.entity} in the operational table, the current view has "
        f"{report.missing} missing, {report.extra} extra, {report.different} different.",
        "",
        f"Among {len(report.samples)} samples:",
        *(f"  {kind}: {count}" for kind, count in samples.most_common()),
        "",
        f"Remedy: the samples are in check {PARITY} of asset {report.entity} in Dagster; "
        "`txplatform ledger list` shows changes that wait or were given up.",
    ]
    return alert(platform.clients, f"{report.entity}: the lake differs from the operational table", lines)


def latest_parity(instance: dg.DagsterInstance, entities: Iterable[str]) -> dict[str, ParityCounts]:
    """The counts of each entity's latest finished comparison; an entity that was never compared is left out."""
    found: dict[str, ParityCounts] = {}
    for entity in entities:
        key = dg.AssetCheckKey(EntityKeys.of(entity).view, PARITY)
        record = instance.get_latest_asset_check_evaluation_record(key)
        evaluation = record.evaluation if record else None
        if isinstance(evaluation, dg.AssetCheckEvaluation):  # else planned only
            found[entity] = ParityCounts(**{item.name: _count(evaluation, item.name) for item in fields(ParityCounts)})
    return found


def _count(evaluation: dg.AssetCheckEvaluation, name: str) -> int:
    value = evaluation.metadata[name].value
    assert isinstance(value, int), f"{name} is written as a count by the check above"
    return value
