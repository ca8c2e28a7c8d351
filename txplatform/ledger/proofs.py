"""What parity rests on and has found: the moment up to which an entity is verified, and what its files held by day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from txplatform.clock import parse_timestamp, timestamp_text
from txplatform.ledger.rows import Attributes
from txplatform.ledger.table import LedgerTable

_DAY = "dt="


@dataclass(frozen=True, slots=True)
class HeldDay:
    """What a run put into the files table of one day: live rows, and the sum of each decimal field over them.

    `recorded_at` is when: two readings of a day that was replaced in between differ in it.
    """

    day: date
    rows: int
    sums: Mapping[str, Decimal]
    recorded_at: datetime


class Proofs(LedgerTable):
    """Reads and writes both."""

    def verified_through(self, entity: str) -> datetime | None:
        """The moment up to which every record has been compared and found equal; None before the first time."""
        row = self._row(_verified_key(entity))
        return parse_timestamp(row["verified_through"]["S"]) if row else None

    def set_verified_through(self, entity: str, moment: datetime) -> None:
        """Move that moment forward; it stays where it is if it is later than this one."""
        text = {"S": timestamp_text(moment)}
        self._put_if(
            "attribute_not_exists(pk) OR verified_through < :moment",
            {**_verified_key(entity), "verified_through": text},
            {":moment": text},
        )

    def held_days(self, entity: str) -> dict[date, HeldDay]:
        """What each day of files held when it was last replaced; days from before this was recorded are left out."""
        rows = self._rows_below(_days_partition(entity), _DAY)
        return {day.day: day for day in map(_held_day, rows)}

    def record_days(self, entity: str, days: Iterable[HeldDay]) -> None:
        """Record what days hold now, in place of what they held before."""
        self._put(
            [
                {
                    "pk": {"S": _days_partition(entity)},
                    "sk": {"S": f"{_DAY}{day.day}"},
                    "rows": {"N": str(day.rows)},
                    "sums": {"M": {name: {"S": str(value)} for name, value in day.sums.items()}},
                    "recorded_at": {"S": timestamp_text(day.recorded_at)},
                }
                for day in days
            ]
        )


def _held_day(row: Attributes) -> HeldDay:
    return HeldDay(
        day=date.fromisoformat(row["sk"]["S"].removeprefix(_DAY)),
        rows=int(row["rows"]["N"]),
        sums={name: Decimal(value["S"]) for name, value in row["sums"]["M"].items()},
        recorded_at=parse_timestamp(row["recorded_at"]["S"]),
    )


def _verified_key(entity: str) -> Attributes:
    return {"pk": {"S": f"parity#{entity}"}, "sk": {"S": "verified"}}


def _days_partition(entity: str) -> str:
    return f"days#{entity}"
