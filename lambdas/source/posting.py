"""Posts what was accepted to the API's batch route, and says what became of each operation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.shared.errors import DependencyError
from lambdas.shared.logging import logger
from lambdas.shared.record_key import record_key
from lambdas.shared.schema import EntitySchema
from lambdas.shared.settings import for_entity
from lambdas.source.api import DataApi, Deadline
from lambdas.source.core import Accepted, Message
from lambdas.source.packing import calls, oldest_first
from lambdas.source.results import Rejected, rejections, superseded
from lambdas.source.waiting import divide

log = logger("source")


@dataclass(slots=True)
class Posted:
    """What became of the operations, beside those that the API took.

    The messages of `unanswered` are to be retried: the API did not answer, or an earlier operation of the record is to
    be posted again, or a partial update waits for its record; `waiting` has the messages of these, too, by id.
    `superseded` changed nothing and need not, because something newer is stored: each of them is in the log. A partial
    update of which something newer lacks a change is among the rejected.
    """

    rejected: list[Rejected] = field(default_factory=list[Rejected])
    unanswered: list[Accepted] = field(default_factory=list[Accepted])
    waiting: dict[str, Message] = field(default_factory=dict[str, Message])
    superseded: list[Message] = field(default_factory=list[Message])


class Poster:
    """The way to the API of every queue."""

    def __init__(self, api: DataApi, scope: str, record_wait: timedelta) -> None:
        """`record_wait` is how long a partial update stays in its queue while its record is not there."""
        self._api = api
        self._scope = scope
        self._record_wait = record_wait

    def post(self, schema: EntitySchema, accepted: Sequence[Accepted], call_id: str, deadline: Deadline) -> Posted:
        """Post the operations of one entity in as many calls as they need.

        What is to be posted again keeps its place: no later operation of its record is posted before it, for a partial
        update cannot be merged into what is newer. A whole record needs not wait for the updates that wait for it.
        """
        posted = Posted()
        failed: set[str] = set()
        awaited: set[str] = set()
        for call in calls(oldest_first(schema, accepted)):
            going: list[Accepted] = []
            for item in call:
                key = record_key(schema.key, item.record)
                if key in failed:
                    _retry(posted, schema, item, "to be retried")
                elif key in awaited and item.op == "patch":
                    _await(posted, schema, item)
                else:
                    going.append(item)
            results = self._call(schema, going, call_id, deadline) if going else []
            if results is None:
                failed |= {record_key(schema.key, item.record) for item in going}
                for item in going:
                    _retry(posted, schema, item, "to be retried")
                continue
            waiting, overdue = divide([*rejections("not_found", going, results)], datetime.now(UTC), self._record_wait)
            for item in waiting:
                awaited.add(record_key(schema.key, item.accepted.record))
                _await(posted, schema, item.accepted)
            posted.rejected += [
                *rejections("rejected", going, results),
                *rejections("superseded", going, results),
                *overdue,
            ]
            posted.superseded += superseded(going, results)
        for message in posted.superseded:
            log.warning("superseded", extra={**traced(message), "entity": schema.entity})
        return posted

    def _call(
        self, schema: EntitySchema, call: Sequence[Accepted], call_id: str, deadline: Deadline
    ) -> list[dict[str, Any]] | None:
        """The results of a call; None when it must be retried."""
        scope = for_entity(self._scope, schema.entity)
        try:
            return self._api.post_batch(schema.entity, scope, [item.operation for item in call], call_id, deadline)
        except DependencyError as error:
            log.warning("call to be retried", extra={"code": error.code, "reason": str(error), "count": len(call)})
            return None


def _retry(posted: Posted, schema: EntitySchema, item: Accepted, why: str) -> None:
    """Leave the message in its queue."""
    log.warning(why, extra={**traced(item.message), "entity": schema.entity})
    posted.unanswered.append(item)


def _await(posted: Posted, schema: EntitySchema, item: Accepted) -> None:
    """Leave the message in its queue until the record may be there."""
    _retry(posted, schema, item, "waits for its record")
    posted.waiting[item.message.message_id] = item.message


def traced(message: Message) -> dict[str, str]:
    """What a line about one message is found by."""
    return {"correlation_id": message.correlation_id, "message_id": message.message_id}
