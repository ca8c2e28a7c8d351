"""moto invokes Lambda functions itself, in Docker, inside SendMessage and PutItem as soon as a mapping exists.

Without Docker that uses up receives and wipes streams. The runtime of the local stack drives the handlers instead, so
queues and tables are kept from learning of their mappings.
"""

from typing import Any

from moto.dynamodb.models.table import Table
from moto.sqs.models import Queue


class _NoMappings:
    """An attribute that is always an empty dictionary, whatever is put into it."""

    def __get__(self, _instance: object, _owner: type | None = None) -> dict[str, Any]:
        return {}

    def __set__(self, _instance: object, _value: object) -> None:
        """Ignore it."""


def apply() -> None:
    for owner in (Queue, Table):
        owner.lambda_event_source_mappings = _NoMappings()  # type: ignore[assignment]
