"""Holds when an entity's business days begin."""

from dataclasses import dataclass
from datetime import time

_NOON = 12 * 3600


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """The wall clock by which days are counted, and the time at which one day ends and the next begins.

    A day has the date on which most of it lies: with a cut-off of 17:00, what comes at 17:00 or later belongs to the
    day after; with one of 04:00, what comes before 04:00 belongs to the day before.
    """

    time_zone: str = "UTC"
    cut_off: time = time(0)

    @property
    def shift_seconds(self) -> int:
        """Return what is added to the wall clock so that its date is the business day."""
        seconds = self.cut_off.hour * 3600 + self.cut_off.minute * 60
        return -seconds if seconds < _NOON else 2 * _NOON - seconds


DAYS_OF_UTC = BusinessDay()
