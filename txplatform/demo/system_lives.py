"""The lives of records that source systems tell of in their own payloads: payments by Stripe, customers by Salesforce.

A record has only what its system's payloads say, in the precision in which they say it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from txplatform.demo.messages import Kind, Message, deleted
from txplatform.demo.money_lives import MoneyLives
from txplatform.demo.records import Record, RecordMaker
from txplatform.demo.salesforce import SALESFORCE, change_event, change_header, is_contact
from txplatform.demo.stripe import STRIPE, payment_event
from txplatform.demo.wire import to_json

SYSTEMS = (SALESFORCE, STRIPE)

_NOT_SAID_BY_STRIPE = ("fee", "channel", "items_count")


class SystemLives:
    """Makes the messages of one record, oldest first. `recent` draws the moment at which its life begins."""

    def __init__(self, maker: RecordMaker, recent: Callable[[], datetime]) -> None:
        self._maker = maker
        self._random = maker.random
        self._recent = recent
        self._money = MoneyLives(maker.random)

    def payment(self, customer_id: str) -> Record:
        """A payment as Stripe knows it: without the fee and the channel, in whole seconds."""
        record = self._maker.payment(customer_id, self._recent().replace(microsecond=0))
        said = {name: value for name, value in record.items() if name not in _NOT_SAID_BY_STRIPE}
        number = record["payment_id"].removeprefix("pay_")
        return said | {"payment_id": f"pi_{number}", "charge_id": f"ch_{number}"}

    def payment_life(self, customer_id: str) -> list[Message]:
        """Its states as events of its payment intent, seconds apart, and what becomes of its money."""
        record = self.payment(customer_id)
        life = [self._payment(Kind.NEW, record)]
        outcome = self._random.random()
        if outcome < 0.85:
            later = record["updated_at"] + timedelta(seconds=self._random.randint(1, 5))
            record = self._maker.advanced_payment(record, "captured" if outcome < 0.8 else "failed", later)
            life.append(self._payment(Kind.UPDATED, record))
            if record["status"] == "captured":
                life += self._money.after_capture(record)
        return life

    def customer(self) -> Record:
        """A customer as Salesforce knows it: without the date of birth, in whole milliseconds."""
        at = self._recent()
        record = self._maker.customer(at.replace(microsecond=at.microsecond // 1000 * 1000))
        number = record["customer_id"].removeprefix("cus_")
        prefix = "003" if record.pop("birth_date", None) else "001"
        record["customer_id"] = f"{prefix}5g00000{number}AAA"
        if not is_contact(record):
            record["marketing_opt_in"] = False  # accounts have no such field
        return record

    def customer_life(self) -> list[Message]:
        """Its creation whole, then a partial update of it, then its deletion, as some have them.

        One update at most: of two that arrive in reverse order, the older one is superseded with all its fields.
        """
        record = self.customer()
        life = [_customer(Kind.NEW, record, "CREATE")]
        if self._random.random() < 0.6:
            changed = self._maker.changed_customer(record, self._later(record))
            changed["marketing_opt_in"] = record["marketing_opt_in"]
            fields = [name for name in ("balance", "status") if changed[name] != record[name]]
            life.append(_customer(Kind.UPDATED, changed, "UPDATE", fields))
            record = changed
        if self._random.random() < 0.1:
            gone = deleted("customers", record, self._later(record))
            header = change_header(
                "Contact" if is_contact(record) else "Account", record["customer_id"], "DELETE", gone["updated_at"]
            )
            body = to_json({"payload": {"ChangeEventHeader": header}})
            life.append(Message("customers", Kind.DELETED, body, "delete", gone, SALESFORCE))
        return life

    def _later(self, record: Record) -> datetime:
        return record["updated_at"] + timedelta(milliseconds=self._random.randint(5, 4_000))

    def _payment(self, kind: Kind, record: Record) -> Message:
        return Message("payments", kind, to_json(payment_event(record)), "upsert", record, STRIPE)


def _customer(kind: Kind, record: Record, change: str, changed: list[str] | None = None) -> Message:
    body = to_json(change_event(record, change, changed or ()))
    return Message("customers", kind, body, "upsert", record, SALESFORCE)
