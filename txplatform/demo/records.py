"""Makes records of the three entities and leads them through their life. Values are exact, times are UTC."""

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from txplatform.demo.vocabulary import instruments, merchants, people

Record = dict[str, Any]

_CENT = Decimal("0.01")
_HISTORICAL_STATUSES = {"settled": 78, "captured": 9, "authorised": 4, "refunded": 5, "failed": 4}
_SEGMENTS = {"consumer": 70, "small_business": 20, "enterprise": 7, "public_sector": 3}
_CHANNELS = {"web": 45, "app": 30, "store": 15, "recurring": 8, "phone": 2}
_VENUES = {"kraken": 50, "coinbase": 35, "bitstamp": 15}
_HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 15, 15, 16, 15, 14, 14, 14, 15, 16, 15, 12, 8, 4, 2)
_STREETS = ("Mill Lane", "Station Road", "Harbour Street", "Linden Avenue", "Market Square", "Church Hill", "Park Row")


class RecordMaker:
    """Draws from one seeded source of randomness, so the same seed makes the same records in the same order."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._made = {"customers": 0, "payments": 0, "trades": 0}
        self._prices = {instrument.symbol: instrument.price for instrument in instruments()}

    @property
    def random(self) -> random.Random:
        return self._random

    def customer(self, created_at: datetime) -> Record:
        """A new customer, entered at `created_at`."""
        number = self._next("customers")
        given, family = self._random.choice(people()), self._random.choice(people())
        name = f"{given.given_name} {family.family_name}"
        segment = self._weighted(_SEGMENTS)
        record: Record = {
            "customer_id": f"cus_{number:05d}",
            "name": name
            if segment == "consumer"
            else f"{family.family_name} {self._random.choice(('Ltd', 'GmbH', 'Group'))}",
            "email": f"{given.given_name}.{family.family_name}.{number}@example.com".lower(),
            "street": f"{self._random.randint(1, 180)} {self._random.choice(_STREETS)}",
            "city": given.city,
            "state": given.state,
            "postal_code": given.postal_code,
            "country": given.country,
            "segment": segment,
            "status": self._weighted({"active": 85, "prospect": 10, "suspended": 5}),
            "balance": self._around(Decimal(240)) * self._random.choice((1, 1, 1, 0, -1)),
            "marketing_opt_in": self._random.random() < 0.4,
            "created_at": created_at,
            "updated_at": created_at,
        }
        if segment == "consumer":
            record["birth_date"] = date(1950, 1, 1) + timedelta(days=self._random.randrange(365 * 54))
        else:
            record["credit_limit"] = Decimal(self._random.randint(5, 100) * 500).quantize(_CENT)
        if self._random.random() < 0.7:
            record["phone"] = f"+44 20 7946 {self._random.randint(0, 9999):04d}"
        return record

    def changed_customer(self, record: Record, at: datetime) -> Record:
        """The customer after a booking, and now and then a new segment or consent."""
        changed = record | {"balance": record["balance"] + self._around(Decimal(60)), "updated_at": at}
        if self._random.random() < 0.3:
            changed["marketing_opt_in"] = not record["marketing_opt_in"]
        if self._random.random() < 0.1:
            changed["status"] = "suspended" if record["status"] == "active" else "active"
        return changed

    def payment(self, customer_id: str, created_at: datetime) -> Record:
        """A payment at the moment it is authorised."""
        number = self._next("payments")
        merchant = self._random.choices(merchants(), [item.share for item in merchants()])[0]
        amount = self._around(merchant.typical_amount)
        method = self._random.choice(merchant.methods)
        record: Record = {
            "payment_id": f"pay_{self._random.getrandbits(32):08x}{number:06x}",
            "customer_id": customer_id,
            "merchant_id": merchant.merchant_id,
            "order_reference": f"A-{created_at.year}-{number:06d}",
            "amount": amount,
            "fee": (amount * Decimal("0.014") + Decimal("0.25")).quantize(Decimal("0.0001"), ROUND_HALF_EVEN),
            "currency": merchant.currency,
            "status": "authorised",
            "method": method,
            "channel": self._weighted(_CHANNELS),
            "items_count": self._random.choices((1, 2, 3, 4, 7), (60, 20, 10, 6, 4))[0],
            "created_at": created_at,
            "updated_at": created_at,
        }
        if method == "card":
            record["card_last4"] = f"{self._random.randrange(10_000):04d}"
        if self._random.random() < 0.5:
            payer = self._random.choice(people())
            record["payer_name"] = f"{payer.given_name} {payer.family_name}"
        if self._random.random() < 0.2:
            record["description"] = f"Order at {merchant.name}"
        return record

    def advanced_payment(self, record: Record, status: str, at: datetime) -> Record:
        """The payment in its next status; `settled` comes with its date."""
        changed = record | {"status": status, "updated_at": at}
        if status == "settled":
            changed["settled_on"] = at.date()
        return changed

    def historical_payment(self, customer_id: str, day: date) -> Record:
        """A payment of a past day in the status it had reached by midnight."""
        created_at = self.moment(day)
        record = self.payment(customer_id, created_at)
        status = self._weighted(_HISTORICAL_STATUSES)
        if status == "authorised":
            return record
        return self.advanced_payment(record, status, created_at + timedelta(seconds=self._random.randint(1, 1800)))

    def trade(self, executed_at: datetime) -> Record:
        """An executed trade; the price of its symbol wanders from trade to trade."""
        number = self._next("trades")
        instrument = self._random.choices(instruments(), [item.share for item in instruments()])[0]
        step = Decimal(1) + Decimal(self._random.randint(-220, 225)) / 100_000
        price = (self._prices[instrument.symbol] * step).quantize(Decimal(1).scaleb(-instrument.price_decimals))
        self._prices[instrument.symbol] = price
        smallest = Decimal(1).scaleb(-instrument.quantity_decimals)
        quantity = max((instrument.typical_quantity * self._factor(0.9)).quantize(smallest), smallest)
        notional = price * quantity
        record: Record = {
            "venue": self._weighted(_VENUES),
            "trade_id": f"{10_218_207 + number}",
            "symbol": instrument.symbol,
            "side": self._random.choice(("buy", "sell")),
            "order_type": self._weighted({"limit": 65, "market": 35}),
            "price": price,
            "quantity": quantity,
            "notional": notional,
            "fee": (notional * Decimal("0.0016")).quantize(Decimal("1e-10"), ROUND_HALF_EVEN),
            "currency": instrument.currency,
            "liquidity": self._random.choice(("maker", "taker")),
            "is_block": self._random.random() < 0.02,
            "settlement_date": executed_at.date() + timedelta(days=1),
            "executed_at": executed_at,
            "updated_at": executed_at,
        }
        if self._random.random() < 0.3:
            trader = self._random.choice(people())
            record["trader"] = f"{trader.given_name} {trader.family_name}"
        return record

    def corrected_trade(self, record: Record, at: datetime) -> Record:
        """The trade after the venue corrected its quantity."""
        quantity = record["quantity"] * 2
        notional = record["price"] * quantity
        fee = (notional * Decimal("0.0016")).quantize(Decimal("1e-10"), ROUND_HALF_EVEN)
        return record | {"quantity": quantity, "notional": notional, "fee": fee, "updated_at": at}

    def moment(self, day: date) -> datetime:
        """A time of the day, most likely in business hours."""
        hour = self._random.choices(range(24), _HOURS)[0]
        past_hour = timedelta(microseconds=self._random.randrange(3_600_000_000))
        return datetime.combine(day, time(hour), UTC) + past_hour

    def _next(self, entity: str) -> int:
        self._made[entity] += 1
        return self._made[entity]

    def _weighted(self, weights: dict[str, int]) -> str:
        return self._random.choices(list(weights), list(weights.values()))[0]

    def _factor(self, spread: float) -> Decimal:
        return Decimal(str(round(self._random.lognormvariate(0, spread), 6)))

    def _around(self, typical: Decimal) -> Decimal:
        return max((typical * self._factor(0.45)).quantize(_CENT, ROUND_HALF_EVEN), Decimal("0.50"))
