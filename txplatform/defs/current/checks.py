"""The parity check of a current view against its operational table, and its latest outcome."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.defs.alerts import alert_when_red
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys
from txplatform.defs.resources import PlatformResource

if TYPE_CHECKING:
    from txplatform.parity.check import ParityReport

PARITY = "parity"


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
    view = EntityKeys.of(contract.name).view

    @dg.asset_check(
        name=PARITY,
        asset=view,
        blocking=True,
        additional_deps=[EntityKeys.of(contract.name).table],
        description="The view's change-data lane equals the operational table: every key, every cell, every decimal "
        "digit. Records younger than the grace period count as in flight. Turning red raises one alert. While it is "
        "red, marts are not refreshed. The check reads the whole table and the whole view into memory: its cost grows "
        "with the records there are. A comparison "
        "that cannot be made fails its own step and nothing else.",
    )
    def parity(context: dg.AssetCheckExecutionContext, platform: PlatformResource) -> dg.AssetCheckResult:
        from txplatform.parity.check import check_parity

        with translated():
            report = check_parity(contract, platform.clients, platform.athena, platform.settings.parity_grace)
        columns = ["kind", "key", "field", "expected", "actual"]
        samples = [dg.TableRecord({name: getattr(item, name) or "" for name in columns}) for item in report.samples]
        result = dg.AssetCheckResult(
            asset_key=view,
            check_name=PARITY,
            passed=report.equal,
            metadata={
                "checked": report.checked,
                "missing": report.missing,
                "extra": report.extra,
                "different": report.different,
                "in_flight": report.in_flight,
                "samples": dg.MetadataValue.table(
                    samples, schema=dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in columns])
                ),
            },
        )
        subject = f"{contract.name}: the lake differs from the operational table"
        return alert_when_red(context.instance, platform, result, subject, _lines(report))

    return parity


def _lines(report: "ParityReport") -> list[str]:
    """The counts and of what kind the samples are, never a value."""
    samples = Counter(f"{item.kind} {item.field}" if item.field else item.kind for item in report.samples)
    return [
        f"Of {report.checked} records of {report.entity} in the operational table, the current view has "
        f"{report.missing} missing, {report.extra} extra, {report.different} different.",
        "",
        f"Among {len(report.samples)} samples:",
        *(f"  {kind}: {count}" for kind, count in samples.most_common()),
        "",
        f"Remedy: the samples are in check {PARITY} of asset {report.entity} in Dagster; "
        "`txplatform ledger list` shows pending and abandoned changes.",
    ]


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
