"""The check that the days of a run hold about as many rows as the deliveries before them."""

from collections.abc import Iterable
from datetime import date

import dagster as dg

from txplatform.defs.metadata import MAX_LISTED
from txplatform.defs.resources import PlatformResource

VOLUME = "usual_volume"


def volume_check(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """The check that the files asset evaluates in its own step. It warns: what was delivered is in the lake."""
    return dg.AssetCheckSpec(
        VOLUME,
        asset=asset,
        description="Each day of the latest run holds at least a half, and at most twice, of the rows that the median "
        "of up to seven deliveries before it holds. Without three of them nothing is usual yet.",
    )


def volume_result(
    platform: PlatformResource, entity: str, asset: dg.AssetKey, days: Iterable[date]
) -> dg.AssetCheckResult:
    """The outcome of that check after a run that replaced these days."""
    from txplatform.lake.volume import unusual_days

    held = {day: found.rows for day, found in platform.ledger.held_days(entity).items()}
    unusual = unusual_days(held, days)
    records = [
        dg.TableRecord({"day": str(item.day), "rows": item.rows, "usual": item.usual}) for item in unusual[:MAX_LISTED]
    ]
    types = {"day": "string", "rows": "int", "usual": "float"}
    schema = dg.TableSchema(columns=[dg.TableColumn(name, kind) for name, kind in types.items()])
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=VOLUME,
        passed=not unusual,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"unusual_days": len(unusual), "days": dg.MetadataValue.table(records, schema=schema)},
    )
