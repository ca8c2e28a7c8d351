"""The dead-letter queues that there are, and the queue into which each is redriven."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import ClientError

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.errors import QueueError


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """A dead-letter queue with the short name that people call it by; `target` is the queue that it came from.

    `contract` is that of the only entity in it, None where there are records of several entities or of none.
    """

    short_name: str
    name: str
    target: str
    contract: Contract | None = None


def queues(contracts: Mapping[str, Contract], systems: Iterable[str]) -> list[DeadLetterQueue]:
    """Return every dead-letter queue of the platform: those of entities, systems and landed files."""
    return [
        *(
            DeadLetterQueue(entity, names.inbound_dead_letter_queue(entity), names.inbound_queue(entity), contract)
            for entity, contract in contracts.items()
        ),
        *(
            DeadLetterQueue(f"source-{name}", names.source_dead_letter_queue(name), names.source_queue(name))
            for name in systems
        ),
        DeadLetterQueue("landing", names.LANDING_DEAD_LETTER_QUEUE, names.LANDING_QUEUE),
    ]


def find_queue(known: Sequence[DeadLetterQueue], name: str) -> DeadLetterQueue:
    """Return the queue of a short or full name; raise QueueError, which names those there are."""
    for queue in known:
        if name in (queue.short_name, queue.name):
            return queue
    raise QueueError(
        f"there is no dead-letter queue '{name}'. Remedy: take one of {', '.join(queue.short_name for queue in known)}"
    )


@contextmanager
def translated_errors(clients: AwsClients, queue: str) -> Generator[None]:
    """Raise QueueError, which names the queue, for what SQS refuses in the block."""
    try:
        with clients.translate_errors():
            yield
    except ClientError as error:
        problem = f"the queue {queue} cannot be used: {error}"
        raise QueueError(f"{problem}. Remedy: check its name, the region and the permissions") from error


def queue_url(clients: AwsClients, name: str) -> str | None:
    """Return the address of a queue, None where it does not exist; raise QueueError when it may not be used."""
    sqs = clients.client("sqs")
    with translated_errors(clients, name):
        try:
            return sqs.get_queue_url(QueueName=name)["QueueUrl"]
        except sqs.exceptions.QueueDoesNotExist:
            return None
