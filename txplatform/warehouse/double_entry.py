"""Asks the mart of the double entry what does not add up: by day, currency and part, exact to the digit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from txplatform.warehouse.athena import Athena

MART = "balance_transactions_double_entry"
GRACE = timedelta(days=2)  # today and yesterday, UTC: the ledger sends no events and is read later than its objects

# What agrees has no day here: it is counted by part, and only what differs is named.
STATEMENT = f"""\
SELECT day, currency, part, count(*) AS sources, count(*) FILTER (WHERE state = 'converted') AS converted,
  CAST(coalesce(sum(in_ledger), 0) AS decimal(38, 4)) AS in_ledger,
  CAST(coalesce(sum(expected), 0) AS decimal(38, 4)) AS expected,
  CAST(sum(difference) AS decimal(38, 4)) AS difference
FROM (
  SELECT
    CASE WHEN state NOT IN ('equal', 'converted') THEN day END AS day,
    CASE WHEN state NOT IN ('equal', 'converted') THEN currency END AS currency,
    part, state, in_ledger, expected, difference
  FROM {MART}
) compared
GROUP BY day, currency, part
ORDER BY day DESC, currency, part"""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A day, currency and part that does not add up: so many charges, refunds, disputes, payouts or entries differ.

    Amounts are the sums over these. Their difference may be zero where two of them differ by opposite amounts.
    """

    day: date
    currency: str
    part: str
    sources: int
    in_ledger: Decimal
    expected: Decimal
    difference: Decimal


@dataclass(frozen=True, slots=True)
class DoubleEntry:
    """How many were compared, how many of them only by their presence for another currency, and what differs."""

    compared: int
    converted: int
    discrepancies: tuple[Discrepancy, ...]

    def overdue(self, today: date) -> tuple[Discrepancy, ...]:
        """The discrepancies of days before the grace period; those within it may be entries that are not read yet."""
        return tuple(item for item in self.discrepancies if item.day <= today - GRACE)


def read_double_entry(athena: "Athena") -> DoubleEntry:
    """Compare the ledger with its objects, all of both; the newest day that differs is first."""
    return double_entry_of(athena.arrow(STATEMENT).to_pylist())


def double_entry_of(rows: Sequence[Mapping[str, Any]]) -> DoubleEntry:
    """What the rows of the statement say."""
    names = Discrepancy.__slots__
    return DoubleEntry(
        compared=sum(row["sources"] for row in rows),
        converted=sum(row["converted"] for row in rows),
        discrepancies=tuple(
            Discrepancy(**{name: row[name] for name in names}) for row in rows if row["day"] is not None
        ),
    )
