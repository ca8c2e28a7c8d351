"""Marks the objects of replaced days done in the ledger."""

from collections.abc import Iterable

from txplatform.lake.day_replacement import DayReplacement
from txplatform.ledger import LandedObject, Ledger


def mark_done(ledger: Ledger, replacement: DayReplacement, objects: Iterable[LandedObject]) -> None:
    """Mark those of the objects done that belong to a replaced day.

    One that the listing lacked and that is there all the same has failed: its content is not in the table. One that is
    no file by its name is done with.
    """
    days = {report.day for report in replacement.reports}
    delivery = replacement.delivery
    listed = {item.object_key for item in (*delivery.objects, *delivery.ignored)}
    of_days = [item for item in objects if item.dt in days]
    unlisted = [item for item in of_days if item.object_key not in listed and not ledger.landing_area.is_gone(item)]
    ledger.done(item for item in of_days if item not in unlisted)
    ledger.failed(unlisted, "the object was not listed when its day was read")
