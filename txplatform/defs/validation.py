"""How both lanes show what their gates let through and what they refused."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta

import dagster as dg

from txplatform.clock import utc_now
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.defs.keys import EntityKeys
from txplatform.defs.metadata import counts_table, listing, reasons_table
from txplatform.defs.resources import PlatformResource
from txplatform.ingest.tally import Tally
from txplatform.wording import counted

REFUSALS_COUNT_FOR = timedelta(days=7)
REFUSED_ROWS = "no_rows_refused_in_7_days"


def refused_rows_check(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """The check that a lane's asset evaluates in its own step. It warns: good rows are in the lake regardless."""
    return dg.AssetCheckSpec(
        REFUSED_ROWS,
        asset=asset,
        description="The entity's quarantine holds no row that this lane refused in the last 7 days, whatever the "
        "latest run found. Refused rows are there with all their reasons; those of a file leave it when the file comes "
        "again without the fault.",
    )


def refused_rows_result(
    platform: PlatformResource, entity: str, lane: Lane, asset: dg.AssetKey, reasons: Mapping[str, int]
) -> dg.AssetCheckResult:
    """The outcome of that check after a run, with the reasons of what the run itself refused."""
    from txplatform.lake.quarantine import refused_since

    held = refused_since(platform.lake, entity, lane, utc_now() - REFUSALS_COUNT_FOR)
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=REFUSED_ROWS,
        passed=held == 0,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"in_quarantine": held, "reasons_of_this_run": reasons_table(reasons)},
    )


def gate_metadata(rows: int, refused: int, reasons: Mapping[str, int]) -> dict[str, dg.MetadataValue]:
    """What the gates counted: rows checked and refused, and why."""
    return {
        "pandera/rows_checked": dg.MetadataValue.int(rows + refused),
        "pandera/rows_refused": dg.MetadataValue.int(refused),
        "pandera/reasons": reasons_table(reasons),
    }


def mapping_metadata(tally: Tally) -> dict[str, dg.MetadataValue]:
    """What became of the records of source systems' files; those ignored are counted by the reason of their rule."""
    counts = {"records": tally.records, "accepted": tally.accepted, "refused": tally.refused, "others": tally.others}
    return {
        **{f"mapping/{name}": dg.MetadataValue.int(count) for name, count in counts.items()},
        "mapping/ignored": dg.MetadataValue.int(sum(tally.ignored.values())),
        "mapping/ignored_by_rule": counts_table("rule", tally.ignored),
        "mapping/records_of_other_entities": counts_table("entity", tally.other_records),
    }


def quarantine_event(
    contract: Contract, lane: Lane, refused: int, reasons: Mapping[str, int], objects: tuple[str, ...]
) -> dg.AssetMaterialization:
    """The materialisation of the entity's quarantine that a run with refused rows reports."""
    return dg.AssetMaterialization(
        asset_key=EntityKeys.of(contract.name).quarantine,
        description=f"{counted(refused, 'row')} refused by lane {lane.value}",
        metadata={
            "lane": lane.value,
            "rows_refused": refused,
            "reasons": reasons_table(reasons),
            "objects": listing(objects),
        },
    )


def summed(reasons: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Add up the counts of several days."""
    total: Counter[str] = Counter()
    for counts in reasons:
        total.update(counts)
    return dict(total)
