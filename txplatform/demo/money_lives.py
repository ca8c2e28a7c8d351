"""What becomes of the money of Stripe's payments: fees, refunds, disputes, and the payouts of what is left.

Every movement has its entry in the ledger, so that what is captured less refunds, fees and disputes is paid out or due.
"""

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from txplatform.demo.messages import Kind, Message
from txplatform.demo.records import Record
from txplatform.demo.stripe import STRIPE
from txplatform.demo.stripe_money import balance_transaction, dispute_event, payout_event, refund
from txplatform.demo.vocabulary import merchants
from txplatform.demo.wire import Payload, to_json

MOST_PAYOUTS = 2 * len({merchant.currency for merchant in merchants()})  # messages of them

_EXACT = Decimal("0.001")
_CENT = Decimal("0.01")
_DISPUTE_FEE = Decimal("15.00")
_REASONS = ("requested_by_customer", "duplicate")
_PAID_OUT = 0.6  # of the charges; the others are due


class MoneyLives:
    """Makes the messages about the money of captured payments."""

    def __init__(self, source: random.Random) -> None:
        self._random = source

    def after_capture(self, payment: Record) -> list[Message]:
        """The entry of the charge; then a refund, or a dispute, as some payments have them."""
        number, captured_at = payment["charge_id"].removeprefix("ch_"), payment["updated_at"]
        fee = (payment["amount"] * Decimal("0.014") + Decimal("0.25")).quantize(_CENT, ROUND_HALF_EVEN)
        charge = _entry(f"txn_{number}", "charge", payment["charge_id"], payment, payment["amount"], fee, captured_at)
        if self._random.random() < _PAID_OUT:
            charge["payout_id"] = f"po_{payment['currency'].lower()}"
        life = [_message("balance_transactions", Kind.NEW, balance_transaction(charge), charge)]
        outcome = self._random.random()
        later = captured_at + timedelta(seconds=self._random.randint(60, 600))
        if outcome < 0.2:
            life.append(self._refund(payment, number, later))
        elif outcome < 0.3:
            life += self._dispute(payment, number, later)
        return life

    def _refund(self, payment: Record, number: str, at: datetime) -> Message:
        share = self._random.choice((Decimal(1), Decimal("0.5"), Decimal("0.25")))
        amount = max((payment["amount"] * share).quantize(_CENT, ROUND_HALF_EVEN), _CENT)
        entry = _entry(f"txn_re_{number}", "refund", f"re_{number}", payment, -amount, Decimal(0), at)
        record: Record = {
            "refund_id": f"re_{number}",
            "payment_id": payment["payment_id"],
            "charge_id": payment["charge_id"],
            "transaction_id": entry["transaction_id"],
            "amount": amount.quantize(_EXACT),
            "currency": payment["currency"],
            "status": "succeeded",
            "reason": self._random.choice(_REASONS),
            "created_at": at,
            "updated_at": at,
        }
        return _message("refunds", Kind.NEW, refund(record, entry), record, entry)

    def _dispute(self, payment: Record, number: str, at: datetime) -> list[Message]:
        """The bank takes the money and a fee; where the dispute is won, it gives both back."""
        taken = _entry(f"txn_dp_{number}", "dispute", f"dp_{number}", payment, -payment["amount"], _DISPUTE_FEE, at)
        record: Record = {
            "dispute_id": f"dp_{number}",
            "payment_id": payment["payment_id"],
            "charge_id": payment["charge_id"],
            "amount": payment["amount"].quantize(_EXACT),
            "currency": payment["currency"],
            "status": "needs_response",
            "reason": self._random.choice(("fraudulent", "product_not_received")),
            "evidence_due_on": (at + timedelta(days=14)).date(),
            "created_at": at,
            "updated_at": at,
        }
        life = [_message("disputes", Kind.NEW, dispute_event(record, [taken]), record, taken)]
        outcome, later = self._random.random(), at + timedelta(seconds=self._random.randint(5, 60))
        if outcome < 0.3:
            closed = record | {"status": "lost", "updated_at": later}
            life.append(_message("disputes", Kind.UPDATED, dispute_event(closed, [taken]), closed, taken))
        elif outcome < 0.6:
            closed = record | {"status": "won", "updated_at": later}
            source, amount = record["dispute_id"], payment["amount"]
            back = _entry(f"txn_dpr_{number}", "dispute_reversal", source, payment, amount, -_DISPUTE_FEE, later)
            life.append(_message("disputes", Kind.UPDATED, dispute_event(closed, [taken, back]), closed, taken, back))
        return life


def payouts(messages: Iterable[Message], at: datetime) -> list[Message]:
    """A payout for each currency: the sum of the entries in these messages that leave with it."""
    leaving: dict[str, list[Record]] = defaultdict(list)
    for message in messages:
        if message.record is not None and "payout_id" in message.record:
            leaving[message.record["payout_id"]].append(message.record)
    life: list[Message] = []
    for payout_id, entries in sorted(leaving.items()):
        amount, currency = sum((entry["net"] for entry in entries), Decimal(0)), entries[0]["currency"]
        entry = _entry(f"txn_{payout_id}", "payout", payout_id, entries[0], -amount, Decimal(0), at)
        entry["payout_id"] = payout_id
        record: Record = {
            "payout_id": payout_id,
            "merchant_id": "own_account",
            "transaction_id": entry["transaction_id"],
            "amount": amount,
            "currency": currency,
            "status": "paid",
            "method": "standard",
            "is_automatic": True,
            "arrives_on": at.date(),
            "created_at": at,
            "updated_at": at,
        }
        life.append(_message("payouts", Kind.NEW, payout_event(record), record))
        life.append(_message("balance_transactions", Kind.NEW, balance_transaction(entry), entry))
    return life


def _entry(number: str, category: str, source: str, of: Record, amount: Decimal, fee: Decimal, at: datetime) -> Record:
    return {
        "transaction_id": number,
        "source_id": source,
        "type": "adjustment" if category.startswith("dispute") else category,
        "reporting_category": category,
        "amount": amount.quantize(_EXACT),
        "fee": fee.quantize(_EXACT),
        "net": (amount - fee).quantize(_EXACT),
        "currency": of["currency"],
        "status": "available",
        "available_on": (at + timedelta(days=2)).date(),
        "created_at": at,
        "updated_at": at,
    }


def _message(entity: str, kind: Kind, payload: Payload, record: Record, *entries: Record) -> Message:
    """A payload with the entries of the ledger that it yields besides its record."""
    further = tuple(("balance_transactions", entry) for entry in entries)
    return Message(entity, kind, to_json(payload), "upsert", record, STRIPE, further)
