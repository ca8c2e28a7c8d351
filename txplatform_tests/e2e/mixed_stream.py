"""A stream of four systems' own payloads, shuffled, with duplicates, broken and ignored ones, and where it must end.

Payments come from Stripe, some of them in three states within one second, customers from Salesforce, trades from Kraken
and by FIX.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from txplatform.demo.ignored import IGNORED
from txplatform.demo.malformed import DEFECTS
from txplatform.demo.messages import Message
from txplatform.demo.records import RecordMaker
from txplatform.demo.stripe import stripe_event
from txplatform.demo.system_counts import SystemCounts
from txplatform.demo.system_lives import SystemLives
from txplatform.demo.wire import Payload, Raw, to_json
from txplatform_tests.contracts.sources.fix_messages import fix_message

_NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
_SHARES = {"stripe": 40, "bursts": 15, "salesforce": 10, "kraken": 20, "fix": 15}
_OTHERS = {  # of the systems that the demo does not send: what is ignored
    "kraken": json.dumps({"channel": "heartbeat"}),
    "fix": fix_message({35: "0", 49: "MIXED"}.items(), "|"),
}


@dataclass
class MixedStream:
    """The messages in the order in which they are sent, each with its system, and what must be of them in the end.

    Of a payment that is its status and amount, of a customer the balance, of a trade the notional.
    """

    messages: list[tuple[str, str]] = field(default_factory=list)
    counts: dict[str, SystemCounts] = field(default_factory=dict)
    payments: dict[str, tuple[str, Decimal]] = field(default_factory=dict)
    customers: dict[str, Decimal] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    trades: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def of(self, system: str) -> list[str]:
        """The messages of one system."""
        return [body for name, body in self.messages if name == system]


def mixed_stream(size: int, seed: int) -> MixedStream:
    """Make about `size` messages: a fifth of them sent twice, one in twenty broken, one in twenty to be ignored."""
    stream = MixedStream()
    chance = random.Random(seed)
    maker = RecordMaker(seed)
    lives = SystemLives(maker, lambda: _NOON - timedelta(milliseconds=chance.randrange(10**7)))
    numbers = count(1)
    good: list[tuple[str, str]] = []
    while len(good) < size * 7 // 10:
        match chance.choices(list(_SHARES), list(_SHARES.values()))[0]:
            case "stripe":
                life = lives.payment_life(f"cus_{next(numbers)}")
                _end(stream, [message for message in life if message.entity == "payments"][-1])
                good += [("stripe", message.body) for message in life]
            case "bursts":
                good += [("stripe", to_json(event)) for event in _burst(stream, next(numbers), chance)]
            case "salesforce":
                life = lives.customer_life()
                _end(stream, life[-1])
                good += [("salesforce", message.body) for message in life]
            case "kraken":
                trades = [_kraken_trade(stream, next(numbers), chance) for _ in range(chance.randint(1, 3))]
                good.append(("kraken", to_json({"channel": "trade", "type": "update", "data": trades})))
            case _:
                good.append(("fix", _execution(stream, next(numbers), chance)))
    broken = _some(_broken(lives, numbers), size // 20)
    ignored = _some(_ignored(lives, numbers), size // 20)
    kinds = [*((item, "accepted") for item in good), *((item, "refused") for item in broken)]
    kinds += [(item, "ignored") for item in ignored]
    kinds += chance.sample(kinds, size // 5)
    chance.shuffle(kinds)
    stream.messages = [item for item, _ in kinds]
    tally = Counter((system, kind) for (system, _), kind in kinds)
    for system in sorted({system for system, _ in tally}):
        stream.counts[system] = SystemCounts(*(tally[system, kind] for kind in ("accepted", "ignored", "refused")))
    return stream


def _some(endless: Iterator[tuple[str, str]], number: int) -> list[tuple[str, str]]:
    return [item for _, item in zip(range(number), endless, strict=False)]


def _end(stream: MixedStream, last: Message) -> None:
    """Note the end of a life, whose last message has the greatest version."""
    assert last.record is not None
    if last.entity == "payments":
        stream.payments[last.record["payment_id"]] = (last.record["status"], last.record["amount"])
    elif last.operation == "delete":
        stream.gone.add(last.record["customer_id"])
    else:
        stream.customers[last.record["customer_id"]] = last.record["balance"]


def _burst(stream: MixedStream, number: int, chance: random.Random) -> list[Payload]:
    """The charge of one second: authorised, captured in part, refunded; Stripe's `created` is the same in all three."""
    at = _NOON - timedelta(seconds=chance.randrange(10_000))
    cents, captured = chance.randint(200, 90_000), chance.randint(100, 199)
    charge = {
        "id": f"ch_mixed_{number}",
        "object": "charge",
        "amount": cents,
        "amount_captured": 0,
        "captured": False,
        "created": int(at.timestamp()),
        "currency": chance.choice(("eur", "jpy")),
        "customer": f"cus_{number}",
        "metadata": {},
        "payment_method_details": {"type": "card", "card": {"last4": "4242"}},
        "refunded": False,
        "status": "succeeded",
    }
    later = charge | {"captured": True, "amount_captured": captured}
    major = Decimal(captured).scaleb(-2 if charge["currency"] == "eur" else 0)
    stream.payments[f"ch_mixed_{number}"] = ("refunded", major.quantize(Decimal("0.01")))
    states = {"charge.succeeded": charge, "charge.captured": later, "charge.refunded": later | {"refunded": True}}
    return [stripe_event(kind, state, at) for kind, state in states.items()]


def _kraken_trade(stream: MixedStream, number: int, chance: random.Random) -> Payload:
    price, quantity = (Decimal(chance.randint(1, 10**8)).scaleb(-5) for _ in range(2))
    stream.trades["kraken", f"SOL/EUR-{number}"] = price * quantity
    at = _NOON - timedelta(microseconds=chance.randrange(10**9))
    return {
        "symbol": "SOL/EUR",
        "side": chance.choice(("buy", "sell")),
        "ord_type": "limit",
        "price": Raw(f"{price:f}"),
        "qty": Raw(f"{quantity:f}"),
        "trade_id": number,
        "timestamp": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}",
    }


def _execution(stream: MixedStream, number: int, chance: random.Random) -> str:
    price, quantity = Decimal(chance.randint(1, 10**6)).scaleb(-4), chance.randint(1, 500)
    stream.trades["mixed", f"E{number}"] = price * quantity
    return fix_message(_report(number, price, quantity).items(), "|")


def _report(number: int, price: Decimal, quantity: int) -> dict[int, object]:
    report: dict[int, object] = {35: "8", 49: "MIXED", 17: f"E{number}", 150: "F", 55: "VOD.L", 54: "1"}
    return report | {31: price, 32: quantity, 15: "GBP", 60: f"{_NOON:%Y%m%d-%H:%M:%S.000}"}


def _broken(lives: SystemLives, numbers: Iterator[int]) -> Iterator[tuple[str, str]]:
    """Payloads that must be refused: those of the demo, trades without a price, reports with a wrong checksum."""
    while True:
        for defect in (defect for defect in DEFECTS if defect.system):
            record = lives.payment("cus_1") if defect.entity == "payments" else lives.customer()
            yield str(defect.system), defect.apply(record)
        trade = {"symbol": "SOL/EUR", "side": "buy", "qty": 1, "trade_id": next(numbers)}
        yield "kraken", to_json({"channel": "trade", "data": [trade | {"timestamp": "2026-03-05T12:00:00Z"}]})
        number = next(numbers)
        report = fix_message(_report(number, Decimal(1), 1).items(), "|")
        yield "fix", report.replace(f"|17=E{number}|", f"|17=X{number}|")


def _ignored(lives: SystemLives, numbers: Iterator[int]) -> Iterator[tuple[str, str]]:
    while True:
        for payload in IGNORED:
            record = lives.payment(f"cus_{next(numbers)}") if payload.entity == "payments" else lives.customer()
            yield payload.system, to_json(payload.write(record))
        yield from _OTHERS.items()
