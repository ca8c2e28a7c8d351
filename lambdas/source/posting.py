"""Posts what was accepted to the API's batch route, and says what became of each operation."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lambdas.shared.errors import DependencyError, Violation
from lambdas.shared.logging import logger
from lambdas.shared.settings import for_entity
from lambdas.source.api import DataApi, Deadline
from lambdas.source.core import Accepted, Message, calls, rejected, superseded

log = logger("source")

_Rejected = tuple[Accepted, tuple[Violation, ...], int]


@dataclass(slots=True)
class Posted:
    """What became of the operations, beside those that the API took.

    `rejected` has the API's reasons, and how many more it did not name. The messages of `unanswered` are to be retried.
    `superseded` changed nothing, because something newer is stored: each of them is in the log.
    """

    rejected: list[_Rejected] = field(default_factory=list[_Rejected])
    unanswered: list[Accepted] = field(default_factory=list[Accepted])
    superseded: list[Message] = field(default_factory=list[Message])


class Poster:
    """The way to the API of every queue."""

    def __init__(self, api: DataApi, scope: str) -> None:
        self._api = api
        self._scope = scope

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
                posted.rejected += rejected(call, results)
                posted.superseded += superseded(call, results)
        for message in posted.superseded:
            log.warning("superseded", extra={**traced(message), "entity": entity})
        return posted


def traced(message: Message) -> dict[str, str]:
    """What a line about one message is found by."""
    return {"correlation_id": message.correlation_id, "message_id": message.message_id}
