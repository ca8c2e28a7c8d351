"""Posts what was accepted to the API's batch route, and says what became of each operation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lambdas.shared.errors import DependencyError
from lambdas.shared.logging import logger
from lambdas.shared.settings import for_entity
from lambdas.source.adapters import InboundQueues
from lambdas.source.api import DataApi, Deadline
from lambdas.source.core import Accepted, Message
from lambdas.source.packing import calls
from lambdas.source.results import Rejected, rejections, superseded
from lambdas.source.waiting import divide, pause

log = logger("source")


@dataclass(slots=True)
class Posted:
    """What became of the operations, beside those that the API took.

    The messages of `unanswered` are to be retried: the API did not answer, or for a while a partial update whose record
    is not there. `superseded` changed nothing, because something newer is stored: each of them is in the log.
    """

    rejected: list[Rejected] = field(default_factory=list[Rejected])
    unanswered: list[Accepted] = field(default_factory=list[Accepted])
    superseded: list[Message] = field(default_factory=list[Message])


class Poster:
    """The way to the API of every queue."""

    def __init__(self, api: DataApi, scope: str, inbound: InboundQueues, record_wait: timedelta) -> None:
        """`record_wait` is how long a partial update stays in its queue while its record is not there."""
        self._api = api
        self._scope = scope
        self._inbound = inbound
        self._record_wait = record_wait

    def post(self, entity: str, accepted: Iterable[Accepted], call_id: str, deadline: Deadline) -> Posted:
        """Post the operations of one entity in as many calls as they need."""
        posted = Posted()
        scope = for_entity(self._scope, entity)
        for call in calls(accepted):
            try:
                results = self._api.post_batch(entity, scope, [item.operation for item in call], call_id, deadline)
            except DependencyError as error:
                log.warning("call to be retried", extra={"code": error.code, "reason": str(error), "count": len(call)})
                for item in call:
                    log.warning("to be retried", extra={**traced(item.message), "entity": entity})
                posted.unanswered += call
            else:
                found = list(rejections("not_found", call, results))
                waiting, overdue = divide(found, datetime.now(UTC), self._record_wait)
                self._postpone(entity, waiting)
                posted.unanswered += (item.accepted for item in waiting)
                posted.rejected += [*rejections("rejected", call, results), *overdue]
                posted.superseded += superseded(call, results)
        for message in posted.superseded:
            log.warning("superseded", extra={**traced(message), "entity": entity})
        return posted

    def _postpone(self, entity: str, waiting: Sequence[Rejected]) -> None:
        """Leave messages in their queue until their records may be there."""
        for item in waiting:
            message = item.accepted.message
            log.warning("waits for its record", extra={**traced(message), "entity": entity})
            seconds = pause(message)
            if seconds is not None:
                self._inbound.postpone(message.delivery.queue, message.delivery.receipt_handle, seconds)


def traced(message: Message) -> dict[str, str]:
    """What a line about one message is found by."""
    return {"correlation_id": message.correlation_id, "message_id": message.message_id}
