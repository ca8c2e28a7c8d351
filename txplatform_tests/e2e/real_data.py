"""Real records in the shape of the shipped contracts: CDNOW purchases, Kraken trades and Salesforce accounts.

The repository ships a sample (`samples/real`, with its sources). `REAL_DATA=complete` takes the complete files instead,
which lie beside the repository: three times the days, a hundred times the purchases. Only the format changes here:
every amount stays the text that its publisher wrote.
"""

import gzip
import json
import os
import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

_COMPLETE = Path(__file__).resolve().parents[3] / "shared" / "data"
SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "real"
USED = "complete" if os.environ.get("REAL_DATA") == "complete" else "sample"
_DATA = _COMPLETE if USED == "complete" else SAMPLE


@dataclass(frozen=True)
class Purchase:
    """One line of the CDNOW file; `line` makes the key, because a customer may buy the same thing twice a day.

    `version` counts the corrections that followed.
    """

    line: int
    customer: str
    day: date
    items: int
    dollars: Decimal
    version: int = 0

    def as_csv(self) -> str:
        moment = f"{self.day.isoformat()}T00:00:00Z"
        updated = f"{(self.day + timedelta(days=self.version)).isoformat()}T00:00:00Z"
        return (
            f"cdnow-{self.line:06d},{self.customer},cdnow,{self.dollars},USD,settled,card,"
            f"{self.items},{moment},{updated},{self.day.isoformat()}"
        )


CSV_HEADER = (
    "payment_id,customer_id,merchant_id,amount,currency,status,method,items_count,created_at,updated_at,settled_on"
)


def purchases_by_day(folder: Path = _DATA) -> dict[date, list[Purchase]]:
    """Return the purchases of the CDNOW file by day: 69,659 on 546 days if it is the complete one."""
    days: dict[date, list[Purchase]] = defaultdict(list)
    compressed = folder / "cdnow_purchases.txt.gz"
    with gzip.open(compressed, "rt") if compressed.exists() else (folder / "cdnow_purchases.txt").open() as lines:
        next(lines)
        for number, text in enumerate(lines, 2):
            if not text.strip():
                continue
            customer, day, items, dollars = text.split()
            parsed = date(int(day[:4]), int(day[4:6]), int(day[6:]))
            days[parsed].append(Purchase(number, customer, parsed, int(items), Decimal(dollars)))
    return dict(sorted(days.items()))


def corrected(purchases: list[Purchase], chance: random.Random) -> list[Purchase]:
    """Return the purchases as they stand some time later: 2% are gone, 5% were changed."""
    later: list[Purchase] = []
    for purchase in purchases:
        draw = chance.random()
        if draw < 0.02:
            continue
        if draw < 0.07:
            purchase = replace(
                purchase, dollars=purchase.dollars + Decimal("0.01"), items=purchase.items + 1, version=1
            )
        later.append(purchase)
    return later


def kraken_trades(folder: Path = _DATA) -> list[dict[str, Any]]:
    """Return the trades as queue messages: Kraken's own codes and epoch seconds, exact decimals."""
    answer = json.loads((folder / "kraken_trades.json").read_text(), parse_float=Decimal)
    trades: list[dict[str, Any]] = []
    for price, volume, moment, side, order_type, _, number in answer["result"]["XBTUSDT"]:
        trades.append(
            {
                "venue": "KRAKEN",
                "trade_id": str(number),
                "symbol": "XBT/USDT",
                "side": side,
                "order_type": order_type,
                "price": price,
                "quantity": volume,
                "notional": format(Decimal(price) * Decimal(volume), "f"),
                "currency": "USDT",
                "executed_at": moment,
                "updated_at": moment,
            }
        )
    return trades


def salesforce_accounts(folder: Path = _DATA) -> list[dict[str, Any]]:
    """Return the sample accounts of Salesforce as customers."""
    records = json.loads((folder / "salesforce_accounts.json").read_text())["records"]
    moment = "2026-01-05T08:00:00Z"
    return [
        {
            "customer_id": record["attributes"]["referenceId"],
            "name": record["Name"],
            "street": record["BillingStreet"],
            "city": record["BillingCity"],
            "state": record["BillingState"],
            "postal_code": record["BillingPostalCode"],
            "country": {"USA": "US"}.get(record["BillingCountry"], record["BillingCountry"]),
            "segment": "small_business",
            "status": "active",
            "balance": f"{1000 + 3 * place}.{place}5",
            "marketing_opt_in": False,
            "created_at": moment,
            "updated_at": moment,
        }
        for place, record in enumerate(records, 1)
    ]
