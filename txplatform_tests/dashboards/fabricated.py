"""Dashboard data made up for tests: plausible, fixed, for every mart there is, and as awkward as real data."""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pyarrow as pa

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.dashboards.html.data import DashboardData, EntityFigures, EntityHealth, ParityLine, Refusals, Withheld
from txplatform.dashboards.html.figures import Figures, figures_of
from txplatform.dashboards.html.grain import scales_of
from txplatform.dashboards.html.records import Records, columns_of
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.marts.model import Mart

CONTRACTS = load_contracts()
NOW = datetime(2026, 11, 23, 10, 0, 12, tzinfo=UTC)
EQUAL = ParityLine(checked=812, in_flight=0, equal=True, verified_through=datetime(2026, 2, 9, 11, 58, 30, tzinfo=UTC))
DIFFERENT = ParityLine(checked=402, in_flight=3, equal=False, differences="1 missing, 2 different")
WORDS: Mapping[str, Sequence[Any]] = {
    "currency": ("EUR", "USD", "GBP"),
    "symbol": ("BTC/USD", "ETH/USD", "AVERYLONGSYMBOL.WITHDOTS/USD"),
    "venue": ("kraken", "binance"),
    "merchant_id": tuple(f"mer_{number}" for number in range(4)),
    "merchant": ("mer_0", "mer_1", "unattributed"),
    "place": tuple(range(1, 11)),
    "country": ("DE", "FR", None),
    "age": ("0-1 days", "2-3 days", "over 7 days"),
    "customer": ("••••41",),
    "source_id": ("ch_1", "ch_2"),
}


def figures_in(page: str) -> list[dict[str, Any]]:
    """What a page has for its script."""
    packed = page.partition('<script type="text/plain" id="figures"')[2].partition(">")[2].partition("</script>")[0]
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def health(entity: str, parity: ParityLine | None = EQUAL, rows: int = 1234) -> EntityHealth:
    return EntityHealth(
        entity=entity,
        title=CONTRACTS[entity].title,
        rows=rows,
        file_rows=422,
        newest_record_at=NOW - timedelta(seconds=38),
        newest_arrival_at=NOW - timedelta(seconds=11),
        pending_objects=0,
        refused_rows=3,
        parity=parity,
    )


def _words(contract: Contract, name: str, days: Sequence[date]) -> Sequence[Any]:
    if name == "day":
        return days
    if name == "hour":
        return [datetime(day.year, day.month, day.day, hour, tzinfo=UTC) for day in days for hour in (9, 15)]
    listed = {field.name: field.enum for field in contract.fields}.get(name)
    return WORDS.get(name) or listed or ("one", "two")


def made_figures(contract: Contract, mart: Mart, days: Sequence[date], size: int = 1) -> Figures:
    """Figures of a mart by days; each is a number of its own, the more the larger `size`."""
    axes = [_words(contract, name, days) for name in mart.dimensions]
    rows = [row for row in product(*axes) if len(axes) < 3 or hash_of(row) % 3]
    scales = scales_of(contract, mart, additive=False)
    columns: dict[str, Any] = {
        name: pa.array([row[place] for row in rows]) for place, name in enumerate(mart.dimensions)
    }
    for number, (name, scale) in enumerate(scales.items()):
        exponent = Decimal(1).scaleb(-scale)
        columns[name] = pa.array(
            [(hash_of(row) % 900 + number) * size * (1 + exponent * 7) for row in rows], pa.decimal128(38, scale)
        )
    return figures_of(pa.table(columns), {name: name for name in mart.dimensions}, scales)


def hash_of(row: Sequence[Any]) -> int:
    """A number that depends on the row alone."""
    return sum((place + 3) * sum(map(ord, str(value))) for place, value in enumerate(row))


def made_records(contract: Contract, days: Sequence[date]) -> Records:
    fields = columns_of(contract)
    row = [
        "••••41" if field.personal else field.enum[0] if field.enum else str(field.example or "1") for field in fields
    ]
    texts = [day.isoformat() for day in sorted(days, reverse=True)]
    rows = [[day, *(f"{row[0]}{number}", *row[1:])] for day in texts for number in range(3)]
    return Records([field.name for field in fields], rows, dict.fromkeys(texts, 2740), texts[-1])


def dashboard_data(
    days: int = 10, trades_parity: ParityLine | None = EQUAL, size: int = 1, only: str = ""
) -> DashboardData:
    """A page's data over so many days, of every mart of every entity or of one alone; the others are withheld."""
    past = [NOW.date() - timedelta(days=back) for back in range(days)]
    figures = {
        name: EntityFigures(
            {
                mart.name: made_figures(contract, mart, past, size) if only in mart.name else Withheld("it is left out")
                for mart in marts(contract, CONTRACTS)
            },
            made_records(contract, past[:60]),
        )
        for name, contract in CONTRACTS.items()
    }
    return DashboardData(
        generated_at=NOW,
        health=(health("customers"), health("payments"), health("trades", trades_parity)),
        refusals=(Refusals("payments", "currency", "required", 24), Refusals("trades", "", "file.empty", 1)),
        figures=figures,
    )


def extreme_data() -> DashboardData:
    """Counts as great as the contracts allow, and figures of many digits."""
    data = dashboard_data(45, DIFFERENT, size=10**15)
    count = 10**18 - 1
    large = tuple(replace(item, rows=count, file_rows=count, pending_objects=10**6) for item in data.health)
    return replace(data, health=large)
