"""Payments as Stripe tells of them: events of payment intents, with money in minor units and time in seconds."""

from datetime import datetime, timedelta

from txplatform.demo.records import Record
from txplatform.demo.wire import Payload, Raw, since

STRIPE = "stripe"

_EVENTS = {  # of a payment's status: what Stripe calls it, and the event that tells of it
    "authorised": ("requires_capture", "payment_intent.amount_capturable_updated"),
    "captured": ("succeeded", "payment_intent.succeeded"),
    "failed": ("canceled", "payment_intent.canceled"),
}
_METHODS = {"card": "card", "direct_debit": "sepa_debit", "transfer": "ideal", "wallet": "paypal"}


def stripe_event(kind: str, about: Payload, at: datetime) -> Payload:
    """An event of Stripe about an object, as it became at this moment."""
    return {
        "id": f"evt_{about['id']}_{kind.rpartition('.')[2]}",
        "object": "event",
        "api_version": "2025-01-27.acacia",
        "created": since(at, timedelta(seconds=1)),
        "data": {"object": about},
        "livemode": True,
        "type": kind,
    }


def payment_event(record: Record, **changes: object) -> Payload:
    """The event of a payment in this status, with its charge expanded; `changes` are other values of its intent."""
    return stripe_event(_EVENTS[record["status"]][1], payment_intent(record) | changes, record["updated_at"])


def payment_intent(record: Record) -> Payload:
    """A payment as a payment intent, whose amount is in cents: no currency of the merchants has other minor units."""
    cents = Raw(f"{record['amount'].scaleb(2):f}")
    status = _EVENTS[record["status"]][0]
    return {
        "id": record["payment_id"],
        "object": "payment_intent",
        "amount": cents,
        "amount_received": cents if status == "succeeded" else 0,
        "created": since(record["created_at"], timedelta(seconds=1)),
        "currency": record["currency"].lower(),
        "customer": record["customer_id"],
        "description": record.get("description"),
        "latest_charge": {
            "id": record["charge_id"],
            "object": "charge",
            "billing_details": {"name": record.get("payer_name")},
            "payment_method_details": _method(record),
        },
        "metadata": {"merchant_id": record["merchant_id"], "order_reference": record["order_reference"]},
        "status": status,
    }


def _method(record: Record) -> Payload:
    if "card_last4" in record:
        return {"type": "card", "card": {"brand": "visa", "last4": record["card_last4"], "wallet": None}}
    return {"type": _METHODS[record["method"]]}
