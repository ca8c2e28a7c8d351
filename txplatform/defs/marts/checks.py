"""The check of the double entry: the processor's ledger and the objects in it add up, by day and currency."""

from collections.abc import Collection, Sequence
from dataclasses import fields

import dagster as dg

from txplatform.clock import utc_now
from txplatform.defs.alerts import alert_when_red
from txplatform.defs.failures import translated
from txplatform.defs.metadata import MAX_LISTED
from txplatform.defs.resources import PlatformResource
from txplatform.warehouse.double_entry import MART, Discrepancy, DoubleEntry, read_double_entry
from txplatform.wording import counted

DOUBLE_ENTRY = "double_entry"

_COLUMNS = tuple(field.name for field in fields(Discrepancy))


def double_entry_checks(marts: Collection[dg.AssetKey]) -> list[dg.AssetChecksDefinition]:
    """Build the check, where its mart is among these."""
    return [_check(dg.AssetKey(MART))] if dg.AssetKey(MART) in marts else []


def _check(mart: dg.AssetKey) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        name=DOUBLE_ENTRY,
        asset=mart,
        description="What was captured less refunds, fees and disputes is what was paid out or is due: every payment, "
        "refund, dispute and payout has the entries of the processor's ledger that it implies, to the digit; of every "
        "entry, amount less fee is net; and every payout is the sum of the entries that left with it. Of the last two "
        "days (UTC) a difference is a warning: the ledger is read later than its objects. Of an earlier day it is "
        "an error and raises an alert, as does one that is new or larger while the check is red. It blocks nothing.",
    )
    def double_entry(context: dg.AssetCheckExecutionContext, platform: PlatformResource) -> dg.AssetCheckResult:
        with translated():
            found = read_double_entry(platform.athena)
        overdue = found.overdue(utc_now().date())
        result = dg.AssetCheckResult(
            asset_key=mart,
            check_name=DOUBLE_ENTRY,
            passed=not found.discrepancies,
            severity=dg.AssetCheckSeverity.ERROR if overdue else dg.AssetCheckSeverity.WARN,
            metadata=_metadata(found),
        )
        if not overdue:
            return result
        differ = "does" if len(overdue) == 1 else "do"
        subject = f"balance_transactions: {counted(len(overdue), 'sum')} of a day {differ} not add up"
        findings = {f"{item.day} {item.currency} {item.part}": item.sources for item in overdue}
        return alert_when_red(context.instance, platform, result, subject, _lines(overdue), findings)

    return double_entry


def _metadata(found: DoubleEntry) -> dict[str, dg.MetadataValue]:
    records = [
        dg.TableRecord({name: str(getattr(item, name)) for name in _COLUMNS})
        for item in found.discrepancies[:MAX_LISTED]
    ]
    schema = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in _COLUMNS])
    return {
        "compared": dg.MetadataValue.int(found.compared),
        "compared_by_presence": dg.MetadataValue.int(found.converted),
        "differing": dg.MetadataValue.int(sum(item.sources for item in found.discrepancies)),
        "discrepancies": dg.MetadataValue.table(records, schema=schema),
    }


def _lines(overdue: Sequence[Discrepancy]) -> list[str]:
    shown = [
        f"  {item.day} {item.currency} {item.part}: {item.sources} differ, by {item.difference} in sum"
        for item in overdue[:MAX_LISTED]
    ]
    more = [f"  and {len(overdue) - MAX_LISTED} more"] if len(overdue) > MAX_LISTED else []
    return [
        "Of earlier days, the processor's ledger differs from payments, refunds, disputes and payouts:",
        *shown,
        *more,
        "",
        f"Which ones: the rows of {MART} whose state is neither equal nor converted.",
        "Remedy: read from the source what is missing (no_entry: the ledger's; no_object: the payment, refund, dispute "
        "or payout), or look for it among the dead letters.",
    ]
