"""Payloads that their system's mapping ignores by a declared rule: they are counted, and yield no record."""

from collections.abc import Callable
from dataclasses import dataclass

from txplatform.demo.records import Record
from txplatform.demo.salesforce import SALESFORCE, change_header
from txplatform.demo.stripe import STRIPE, payment_intent, stripe_event
from txplatform.demo.wire import Payload

_IGNORED_SHARE = 50  # one message in so many


@dataclass(frozen=True, slots=True)
class Ignored:
    """A payload by what it tells of; `write` makes it from a record of the entity."""

    system: str
    entity: str
    name: str
    write: Callable[[Record], Payload]


def _charge(record: Record) -> Payload:
    """The charge of a payment intent is the same money a second time."""
    intent = payment_intent(record)
    charge = {**intent["latest_charge"], "amount": intent["amount"], "currency": intent["currency"]}
    return stripe_event("charge.succeeded", charge | {"payment_intent": intent["id"]}, record["updated_at"])


def _unfinished(record: Record) -> Payload:
    intent = payment_intent(record) | {"status": "requires_action", "latest_charge": None}
    return stripe_event("payment_intent.requires_action", intent, record["updated_at"])


def _plan(record: Record) -> Payload:
    plan = {"id": f"plan_{record['merchant_id']}", "object": "plan", "currency": record["currency"].lower()}
    return stripe_event("plan.created", plan, record["updated_at"])


def _lead(record: Record) -> Payload:
    lead = "00Q" + record["customer_id"][3:]
    header = change_header("Lead", lead, "CREATE", record["updated_at"])
    return {"payload": {"ChangeEventHeader": header, "Company": record["name"]}}


IGNORED = (
    Ignored(STRIPE, "payments", "charge of a payment intent", _charge),
    Ignored(STRIPE, "payments", "payment intent that is not finished", _unfinished),
    Ignored(STRIPE, "payments", "object that no entity holds", _plan),
    Ignored(SALESFORCE, "customers", "object that no entity holds", _lead),
)


def ignored(messages: int) -> tuple[Ignored, ...]:
    """The payloads to put among so many messages: every kind once, and more of them in a longer stream."""
    count = max(len(IGNORED), messages // _IGNORED_SHARE)
    return tuple(IGNORED[index % len(IGNORED)] for index in range(count))
