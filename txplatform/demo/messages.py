"""A message of a source: what it is sent as, and what it says."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from txplatform.demo.records import Record


class Kind(StrEnum):
    """What a message does, or what happened to it on its way."""

    NEW = "new"
    UPDATED = "updated"
    DELETED = "deleted"
    DUPLICATED = "duplicated"
    MALFORMED = "malformed"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a source.

    `record` is its exact content, or None when the message must be refused or ignored. With `system`, it is a payload
    of that source system, in its own form, which may yield `further` records, each of an entity.
    """

    entity: str
    kind: Kind
    body: str
    operation: Literal["upsert", "delete"] = "upsert"
    record: Record | None = None
    system: str | None = None
    further: tuple[tuple[str, Record], ...] = ()

    @property
    def owner(self) -> str:
        """The source system or else the entity whose queue takes it."""
        return self.system or self.entity


KEYS = {
    "balance_transactions": ("transaction_id",),
    "customers": ("customer_id",),
    "disputes": ("dispute_id",),
    "payments": ("payment_id",),
    "payouts": ("payout_id",),
    "refunds": ("refund_id",),
    "trades": ("venue", "trade_id"),
}


def identity(entity: str, record: Record) -> tuple[str, ...]:
    """The entity and the record's key."""
    return (entity, *(str(record[name]) for name in KEYS[entity]))


def deleted(entity: str, record: Record, at: datetime) -> Record:
    """What a deletion says of the record: its key, and when it happened."""
    return {name: record[name] for name in KEYS[entity]} | {"updated_at": at}
