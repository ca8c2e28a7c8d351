"""Packs what is to be sent into calls that the API and SQS take."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from lambdas.shared.jsonio import dumps
from lambdas.shared.schema import EntitySchema
from lambdas.source.core import Accepted

MAX_OPERATIONS = 100  # of one call to the API's batch route
MAX_CALL_BYTES = 4_000_000  # a synchronous Lambda call takes 6 MB

T = TypeVar("T")


def oldest_first(schema: EntitySchema, accepted: Sequence[Accepted]) -> Sequence[Accepted]:
    """The same by version and what breaks its ties, where partial updates are among them: each builds on the last."""
    if not any(item.op == "patch" for item in accepted):
        return accepted
    return sorted(accepted, key=lambda item: (schema.version_of(item.record), schema.rank_of(item.record)))


def calls(accepted: Iterable[Accepted]) -> Iterator[list[Accepted]]:
    """Cut accepted messages into calls that the API's batch route takes."""
    return pack(accepted, lambda item: len(dumps(item.operation)) + 1, MAX_OPERATIONS, MAX_CALL_BYTES)


def pack(items: Iterable[T], size: Callable[[T], int], most: int, most_bytes: int) -> Iterator[list[T]]:
    """Cut items into lists of at most `most` and `most_bytes`, in order; an item that is too large comes alone."""
    chunk: list[T] = []
    total = 0
    for item in items:
        weight = size(item)
        if chunk and (len(chunk) == most or total + weight > most_bytes):
            yield chunk
            chunk, total = [], 0
        chunk.append(item)
        total += weight
    if chunk:
        yield chunk
