"""Reads what the platform has not taken in yet, and names what is stuck when the demo's time is over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.demo.queues import InboundQueues
from txplatform.ledger import LandedObject, Ledger
from txplatform.wording import counted

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Backlog:
    """Messages that wait in the queues, and objects of either lane that are not in the lake."""

    messages: int
    files: tuple[LandedObject, ...]
    changes: tuple[LandedObject, ...]

    @property
    def empty(self) -> bool:
        return not (self.messages or self.files or self.changes)

    def sentences(self) -> list[str]:
        """Name what is stuck, the first few of each kind."""
        found: list[str] = []
        if self.messages:
            found.append(f"still in the inbound queues: {counted(self.messages, 'message')}")
        for lane, objects in (("files", self.files), ("changes", self.changes)):
            if objects:
                named = ((item.object_key, counted(item.attempts, "attempt")) for item in objects[:_NAMED])
                shown = ", ".join(f"{key} ({attempts})" for key, attempts in named)
                more = f" and {len(objects) - _NAMED} more" if len(objects) > _NAMED else ""
                found.append(f"not in the lake: {counted(len(objects), 'object')} of the {lane} lane: {shown}{more}")
        return found


class BacklogReader:
    """Reads the inbound queues and the ledger."""

    def __init__(self, clients: AwsClients, ledger: Ledger, queues: InboundQueues, entities: Iterable[str]) -> None:
        self._clients = clients
        self._ledger = ledger
        self._queues = queues
        self._entities = tuple(entities)

    def read(self) -> Backlog:
        """Return what the platform has not taken in at this moment."""
        return Backlog(
            messages=self._queues.waiting(),
            files=tuple(self._ledger.pending(names.Lane.FILES, self._entities)),
            changes=tuple(self._ledger.pending(names.Lane.CHANGES, self._entities)),
        )

    def abandoned(self) -> tuple[str, ...]:
        """Name the objects that the platform tries no more, each with its reason."""
        pages = (
            self._clients.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=names.LEDGER_TABLE,
                FilterExpression="#state = :failed",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={":failed": {"S": "FAILED"}},
            )
        )
        items = (item for page in pages for item in page["Items"])
        return tuple(
            f"{_text(item.get('object_key', item['sk']))}: {_text(item.get('reason', {})) or 'no reason recorded'}"
            for item in items
        )


def _text(value: Mapping[str, Any]) -> str:
    return value.get("S", "")
