"""Dashboard data made up for tests: plausible, fixed, and as awkward as real data (long histories, long names)."""

from dataclasses import replace
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
EQUAL = ParityLine(checked=812, in_flight=0, equal=True, verified_through=datetime(2026, 2, 9, 11, 58, 30, tzinfo=UTC))
DIFFERENT = ParityLine(checked=402, in_flight=3, equal=False, differences="1 missing, 2 different")


def health(entity: str, parity: ParityLine | None = EQUAL, rows: int = 1234) -> EntityHealth:
    return EntityHealth(
        entity=entity,
        title=entity.capitalize(),
        rows=rows,
        file_rows=422,
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
            CustomerValue(place, f"••••{4 * place:02}", "EUR", 30 - place, Decimal("8533.39") / place)
            for place in range(1, 11)
        ),
        trades_by_day=tuple(DayValue(day, "USD", 90, Decimal("1640000.123456789") + 9000 * day.day) for day in past),
        trades_by_symbol=(
            SymbolVolume("BTC/USD", "USD", 214, Decimal(8_400_000), Decimal(7_900_000)),
            SymbolVolume("AVERYLONGSYMBOL.WITHDOTS/USD", "USD", 41, Decimal(90_000), Decimal(60_000)),
            SymbolVolume("BTC/EUR", "EUR", 60, Decimal(900_000), Decimal(1_200_000)),
        ),
    )


def extreme_data() -> DashboardData:
    """Values as great and names as long as the contracts allow, and more currencies and symbols than are drawn."""
    data = dashboard_data(45, DIFFERENT)
    greatest, count = Decimal("99999999999999999999.999999999999999999"), 10**18 - 1
    currencies = [f"{first}WWW{last}" for first in "WMQ" for last in "WM"]
    symbols = ["W" * 32, "MWMWMWMW/MWMWM", "比特币" * 4, *(f"{character}/USD" for character in "ABCDEFG")]
    return replace(
        data,
        health=tuple(replace(item, rows=count, file_rows=count, pending_objects=10**6) for item in data.health),
        payments_by_day=tuple(
            DayValue(row.day, currency, 10**12, Decimal("9999999999999999.99") * 10**9)
            for row in data.payments_by_day
            for currency in currencies
        ),
        payments_by_status=tuple(StatusCount(row.status, count) for row in data.payments_by_status),
        top_customers=tuple(replace(row, value=row.value * 10**15, count=count) for row in data.top_customers),
        trades_by_day=tuple(replace(row, currency="WWWWW", value=greatest) for row in data.trades_by_day),
        trades_by_symbol=tuple(
            SymbolVolume(symbol, currency, count, greatest, Decimal("1e-18"))
            for symbol in symbols
            for currency in currencies
        ),
    )
