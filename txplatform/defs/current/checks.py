"""The parity check of an entity, and its latest outcome."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.defs.alerts import alert_when_red
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys
from txplatform.defs.resources import PlatformResource

if TYPE_CHECKING:
    from txplatform.parity.report import ParityReport

PARITY = "parity"
_VERIFIED_THROUGH = "verified_through"
_DIFFERENCES = "differences"
_COLUMNS = ("kind", "key", "field", "expected", "actual")


@dataclass(frozen=True, slots=True)
class ParityCounts:
    """The outcome of the latest comparison, as Dagster keeps it. Of days of files, `day` counts those that differ."""

    checked: int
    missing: int
    extra: int
    different: int
    in_flight: int
    doubled: int = 0
    scale: int = 0
    unrecognised: int = 0
    day: int = 0
    differences: str = ""
    verified_through: datetime | None = None

    @property
    def equal(self) -> bool:
        return not self.differences


def parity_check(contract: Contract) -> dg.AssetChecksDefinition:
    """Build the parity check of one entity."""
    view = EntityKeys.of(contract.name).view

    @dg.asset_check(
        name=PARITY,
        asset=view,
        blocking=True,
        additional_deps=[EntityKeys.of(contract.name).table],
        description="The view's change-data lane equals the operational table: every key, every cell, every decimal "
        "digit; and each day of files adds up to what its objects held. Sums of hashes per segment are compared, then "
        "the keys of segments that differ. A key that differs is read again until the lake shows a state that the "
        "table has had, for the grace period at most; one that changes on both sides all the while is in flight. "
        "Turning red raises an alert, and so does a difference that is new or larger while it is red. While it is "
        "red, marts are not refreshed. A comparison "
        "that cannot be made fails its own step and nothing else.",
    )
    def parity(context: dg.AssetCheckExecutionContext, platform: PlatformResource) -> dg.AssetCheckResult:
        from txplatform.parity.check import check_parity

        with translated():
            report = check_parity(
                contract, platform.clients, platform.athena, platform.ledger, platform.settings.parity_grace
            )
        result = dg.AssetCheckResult(
            asset_key=view, check_name=PARITY, passed=report.equal, metadata=parity_metadata(report)
        )
        subject = f"{contract.name}: the lake differs from the operational table"
        findings = {**dict.fromkeys(sorted(report.fingerprints), 1), **{str(k): n for k, n in report.counts.items()}}
        return alert_when_red(context.instance, platform, result, subject, _lines(report), findings)

    return parity


def parity_metadata(report: "ParityReport") -> dict[str, dg.MetadataValue]:
    """The outcome of a comparison as metadata of its check."""
    from txplatform.parity.report import Kind

    samples = [dg.TableRecord({name: str(getattr(item, name) or "") for name in _COLUMNS}) for item in report.samples]
    schema = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in _COLUMNS])
    counts = {"checked": report.checked, "in_flight": report.in_flight, "days": report.days}
    verified = report.verified_through
    return {
        **{name: dg.MetadataValue.int(count) for name, count in counts.items()},
        **{str(kind): dg.MetadataValue.int(report.counts.get(kind, 0)) for kind in Kind},
        _DIFFERENCES: dg.MetadataValue.text(report.differences),
        "samples": dg.MetadataValue.table(samples, schema=schema),
        **({_VERIFIED_THROUGH: dg.MetadataValue.timestamp(verified)} if verified else {}),
    }


def _lines(report: "ParityReport") -> list[str]:
    """The counts and of what kind the samples are, never a value."""
    samples = Counter(f"{item.kind} {item.field}" if item.field else str(item.kind) for item in report.samples)
    verified = report.verified_through
    return [
        f"Of {report.checked} records of {report.entity} in the operational table, the lake has: {report.differences}.",
        f"Every record was found equal through {verified:%Y-%m-%d %H:%M:%S} UTC."
        if verified
        else "There has been no comparison yet in which every record was equal.",
        "",
        f"Among {len(report.samples)} samples:",
        *(f"  {kind}: {count}" for kind, count in samples.most_common()),
        "",
        *(f"Remedy: {remedy}" for remedy in report.remedies),
        f"The samples are in check {PARITY} of asset {report.entity} in Dagster, or: txplatform parity {report.entity}",
    ]


def latest_parity(instance: dg.DagsterInstance, entities: Iterable[str]) -> dict[str, ParityCounts]:
    """The outcome of each entity's latest finished comparison; an entity that was never compared is left out."""
    found: dict[str, ParityCounts] = {}
    for entity in entities:
        key = dg.AssetCheckKey(EntityKeys.of(entity).view, PARITY)
        record = instance.get_latest_asset_check_evaluation_record(key)
        evaluation = record.evaluation if record else None
        if isinstance(evaluation, dg.AssetCheckEvaluation):  # else planned only
            found[entity] = _counts(evaluation)
    return found


def _counts(evaluation: dg.AssetCheckEvaluation) -> ParityCounts:
    """The outcome as `parity_metadata` wrote it; what an earlier version did not write has its default."""
    values = {name: item.value for name, item in evaluation.metadata.items()}
    moment = values.get(_VERIFIED_THROUGH)
    known: dict[str, Any] = {item.name: values[item.name] for item in fields(ParityCounts) if item.name in values}
    if isinstance(moment, float):
        known[_VERIFIED_THROUGH] = datetime.fromtimestamp(moment, UTC)
    if not evaluation.passed and not known.get(_DIFFERENCES):
        known[_DIFFERENCES] = "differences"
    return ParityCounts(**known)
