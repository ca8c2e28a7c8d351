"""Objects and events of Stripe, as its API reference shows them, for tests."""

from typing import Any

INTENT: dict[str, Any] = {
    "id": "pi_1",
    "object": "payment_intent",
    "amount": 2000,
    "amount_received": 2000,
    "created": 1680800504,
    "currency": "usd",
    "customer": "cus_1",
    "description": "Order 17",
    "last_payment_error": None,
    "latest_charge": None,
    "metadata": {},
    "on_behalf_of": None,
    "payment_method_types": ["card"],
    "shipping": None,
    "status": "succeeded",
    "transfer_data": None,
}
CUSTOMER: dict[str, Any] = {
    "id": "cus_1",
    "object": "customer",
    "address": None,
    "balance": -150,
    "created": 1680000000,
    "currency": "usd",
    "delinquent": False,
    "email": "ada@example.com",
    "metadata": {},
    "name": "Ada Lovelace",
    "phone": None,
    "shipping": None,
}


def intent(**changes: Any) -> dict[str, Any]:
    return {**INTENT, **changes}


def event(payload: dict[str, Any], kind: str = "payment_intent.succeeded", at: int = 1680800600) -> dict[str, Any]:
    """An event about an object."""
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2025-01-27.acacia",
        "created": at,
        "data": {"object": payload},
        "livemode": True,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
