"""Dashboard data made up for tests: plausible, fixed, and as awkward as real data (long histories, long names)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from txplatform.dashboards.html.data import (
    CustomerValue,
    DashboardData,
    DayValue,
    EntityHealth,
    ParityLine,
    Refusals,
    StatusCount,
    SymbolVolume,
)

NOW = datetime(2026, 11, 23, 10, 0, 12, tzinfo=UTC)
EQUAL = ParityLine(checked=812, missing=0, extra=0, different=0, in_flight=0, equal=True)
DIFFERENT = ParityLine(checked=402, missing=1, extra=0, different=2, in_flight=3, equal=False)


def health(entity: str, parity: ParityLine | None = EQUAL, rows: int = 1234) -> EntityHealth:
    return EntityHealth(
        entity=entity,
        title=entity.capitalize(),
        rows=rows,
        newest_record_at=NOW - timedelta(seconds=38),
        newest_arrival_at=NOW - timedelta(seconds=11),
        pending_objects=0,
        refused_rows=3,
        parity=parity,
    )


def dashboard_data(days: int = 10, trades_parity: ParityLine | None = EQUAL) -> DashboardData:
    """A page's data over so many days."""
    past = [NOW.date() - timedelta(days=back) for back in range(days)]
    currencies = (("EUR", 200), ("USD", 60), ("GBP", 30))
    return DashboardData(
        generated_at=NOW,
        health=(health("customers"), health("payments"), health("trades", trades_parity)),
        refusals=(Refusals("payments", "currency", "required", 24), Refusals("trades", "", "file.empty", 1)),
        payments_by_day=tuple(
            DayValue(day, currency, count + day.day % 7 * 9, Decimal(count * 41 + day.day % 5 * 877) / 3)
            for day in past
            for currency, count in currencies
        ),
        payments_by_status=tuple(
            StatusCount(status, count)
            for status, count in (
                ("settled", 1800),
                ("captured", 500),
                ("authorised", 240),
                ("refunded", 90),
                ("failed", 4),
            )
        ),
        top_customers=tuple(
            CustomerValue(f"cus_…{4 * place:04X}", "EUR", 30 - place, Decimal("8533.39") / place)
            for place in range(1, 11)
        ),
        trades_by_day=tuple(DayValue(day, "USD", 90, Decimal("1640000.123456789") + 9000 * day.day) for day in past),
        trades_by_symbol=(
            SymbolVolume("BTC/USD", "USD", 214, Decimal(8_400_000), Decimal(7_900_000)),
            SymbolVolume("AVERYLONGSYMBOL.WITHDOTS/USD", "USD", 41, Decimal(90_000), Decimal(60_000)),
            SymbolVolume("BTC/EUR", "EUR", 60, Decimal(900_000), Decimal(1_200_000)),
        ),
    )
