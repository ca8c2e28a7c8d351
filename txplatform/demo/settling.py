"""Watches the platform take in what was sent, and names what is stuck when it does not."""

from collections.abc import Iterable
from dataclasses import dataclass

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.demo.queues import InboundQueues
from txplatform.ledger import LandedObject, Ledger

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is still on its way: messages in the queues, objects of either lane not in the lake."""

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
            found.append(f"{self.messages} messages still wait in the inbound queues")
        for lane, objects in (("files", self.files), ("changes", self.changes)):
            if objects:
                shown = ", ".join(f"{item.object_key} ({item.attempts} attempts)" for item in objects[:_NAMED])
                more = f" and {len(objects) - _NAMED} more" if len(objects) > _NAMED else ""
                found.append(f"{len(objects)} objects of the {lane} lane are not in the lake: {shown}{more}")
        return found


class Backlogs:
    """Looks at queues and ledger."""

    def __init__(self, clients: AwsClients, ledger: Ledger, queues: InboundQueues, entities: Iterable[str]) -> None:
        self._clients = clients
        self._ledger = ledger
        self._queues = queues
        self._entities = tuple(entities)

    def look(self) -> Backlog:
        """Return what is on its way now."""
        return Backlog(
            messages=sum(self._queues.waiting().values()),
            files=tuple(self._ledger.pending(names.Lane.FILES, self._entities)),
            changes=tuple(self._ledger.pending(names.Lane.CHANGES, self._entities)),
        )

    def given_up(self) -> tuple[str, ...]:
        """Objects the platform has stopped trying, each with its reason."""
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
        return tuple(
            f"{item.get('object_key', item['sk'])['S']}: {item.get('reason', {}).get('S', 'no reason recorded')}"
            for page in pages
            for item in page["Items"]
        )
