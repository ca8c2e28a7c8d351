"""Tells the ledger what became of objects: those of replaced days are done, those of days that were left failed."""

from collections.abc import Iterable

from txplatform.alerts import Alerts
from txplatform.contracts import names
from txplatform.errors import DaysEmptiedError, ErrorBudgetError
from txplatform.lake.day_replacement import DayReplacement
from txplatform.ledger import LandedObject, Ledger


def mark_done(ledger: Ledger, replacement: DayReplacement, objects: Iterable[LandedObject]) -> None:
    """Mark those of the objects done that belong to a replaced day.

    One that the listing lacked and that is there all the same has failed: its content is not in the table. One that is
    no file by its name is done with. One that is over the error budget is not done.
    """
    days = {report.day for report in replacement.reports}
    delivery = replacement.delivery
    listed = {item.object_key for item in (*delivery.objects, *delivery.ignored)}
    of_days = [item for item in objects if item.dt in days and item.location not in delivery.over_budget]
    unlisted = [item for item in of_days if item.object_key not in listed and not ledger.landing_area.is_gone(item)]
    ledger.done(item for item in of_days if item not in unlisted)
    ledger.failed(unlisted, "the object was not listed when its day was read")


def fail_left(
    ledger: Ledger, alerts: Alerts, entity: str, replacement: DayReplacement, tried: Iterable[LandedObject]
) -> None:
    """Record the failure of those tried of which nothing was committed, each with its own error."""
    table, tried = names.files_table(entity), [*tried, *replacement.reopened]
    excess, emptied = replacement.excess, replacement.emptied
    over = [item for item in tried if str(item.dt) in excess or item.location in excess]
    if over:
        ledger.fail(alerts, entity, over, ErrorBudgetError(table, excess))
    if emptied:
        left = [item for item in tried if item.dt in emptied]
        ledger.fail(alerts, entity, left, DaysEmptiedError(table, emptied))
