"""Operations of the batch route, cut into requests that it takes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from txplatform.client import jsontext
from txplatform.client.errors import Violation
from txplatform.client.values import Record

MAX_OPERATIONS = 100
MAX_BYTES = 4_000_000  # a synchronous Lambda call takes 6 MB, escaped once more

_FRAME = b'{"operations":[%b]}'


@dataclass(frozen=True, slots=True)
class Operation:
    """An upsert of a whole record, a patch, or a deletion by key, version and where known partition field.

    A patch holds key, version and the fields that changed, None for one that is removed. An operation without a
    correlation id has that of its request.
    """

    op: Literal["upsert", "patch", "delete"]
    record: Record
    correlation_id: str | None = None

    def as_json(self) -> bytes:
        """Return the operation as the batch route reads it."""
        named: dict[str, Any] = {"op": self.op, "record": jsontext.fields(self.record)}
        return jsontext.dumps(named | ({"correlation_id": self.correlation_id} if self.correlation_id else {}))


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of an operation: `status` is the API's word, `violations` says why it was not carried out.

    There are `further_violations` where more rules are broken than the answer shows. A `retryable` result is that of a
    patch that found no record: the same operation may succeed once the record is there.
    """

    operation: Operation
    key: str
    status: str
    violations: tuple[Violation, ...] = ()
    further_violations: int = 0
    retryable: bool = False

    @property
    def rejected(self) -> bool:
        """Whether the operation breaks a rule: nothing was done, and repeating it does not help."""
        return self.status == "rejected"


def batches(operations: Iterable[Operation]) -> Iterator[tuple[list[Operation], bytes]]:
    """Cut operations into lists, each with its body, in order; one that is too large comes alone."""
    chunk: list[Operation] = []
    texts: list[bytes] = []
    total = 0
    for operation in operations:
        text = operation.as_json()
        if chunk and (len(chunk) == MAX_OPERATIONS or total + len(text) + 1 > MAX_BYTES):
            yield chunk, _FRAME % b",".join(texts)
            chunk, texts, total = [], [], 0
        chunk.append(operation)
        texts.append(text)
        total += len(text) + 1
    if chunk:
        yield chunk, _FRAME % b",".join(texts)
