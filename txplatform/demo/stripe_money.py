"""Refunds, disputes, payouts and entries of the ledger as Stripe has them, with money in minor units."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from txplatform.demo.records import Record
from txplatform.demo.stripe import stripe_event
from txplatform.demo.wire import Payload, since

_DISPUTES = {"needs_response": "funds_withdrawn", "won": "closed", "lost": "closed"}


def refund(record: Record, entry: Record) -> Payload:
    """A refund as the API returns it, with its entry of the ledger expanded."""
    return {
        "id": record["refund_id"],
        "object": "refund",
        "amount": _minor(record["amount"]),
        "balance_transaction": balance_transaction(entry),
        "charge": record["charge_id"],
        "created": _seconds(record["created_at"]),
        "currency": record["currency"].lower(),
        "metadata": {},
        "payment_intent": record["payment_id"],
        "reason": record["reason"],
        "status": record["status"],
    }


def dispute_event(record: Record, entries: Sequence[Record]) -> Payload:
    """An event of a dispute in this status, with all entries of the ledger that it has made so far."""
    about = {
        "id": record["dispute_id"],
        "object": "dispute",
        "amount": _minor(record["amount"]),
        "balance_transactions": [balance_transaction(entry) for entry in entries],
        "charge": record["charge_id"],
        "created": _seconds(record["created_at"]),
        "currency": record["currency"].lower(),
        "evidence_details": {"due_by": _midnight(record["evidence_due_on"]), "has_evidence": False},
        "payment_intent": record["payment_id"],
        "reason": record["reason"],
        "status": record["status"],
    }
    return stripe_event(f"charge.dispute.{_DISPUTES[record['status']]}", about, record["updated_at"])


def payout_event(record: Record) -> Payload:
    """The event of a payout that was paid."""
    about = {
        "id": record["payout_id"],
        "object": "payout",
        "amount": _minor(record["amount"]),
        "arrival_date": _midnight(record["arrives_on"]),
        "automatic": record["is_automatic"],
        "balance_transaction": record["transaction_id"],
        "created": _seconds(record["created_at"]),
        "currency": record["currency"].lower(),
        "metadata": {},
        "method": record["method"],
        "status": record["status"],
    }
    return stripe_event("payout.paid", about, record["updated_at"])


def balance_transaction(record: Record) -> Payload:
    """An entry of the ledger as the API lists it, by payout where it is known."""
    return {
        "id": record["transaction_id"],
        "object": "balance_transaction",
        "amount": _minor(record["amount"]),
        "available_on": _midnight(record["available_on"]),
        "created": _seconds(record["created_at"]),
        "currency": record["currency"].lower(),
        "exchange_rate": None,
        "fee": _minor(record["fee"]),
        "net": _minor(record["net"]),
        "reporting_category": record["reporting_category"],
        "source": record["source_id"],
        "status": record["status"],
        "type": record["type"],
        **({"payout": record["payout_id"]} if "payout_id" in record else {}),
    }


def _minor(amount: Decimal) -> int:
    """Cents: no currency of the merchants has other minor units."""
    return int(amount.scaleb(2))


def _seconds(moment: datetime) -> int:
    return since(moment, timedelta(seconds=1))


def _midnight(day: date) -> int:
    return _seconds(datetime.combine(day, time(0), UTC))
