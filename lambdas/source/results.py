"""Reads the API's answer to a batch: what became of the operations that it did not carry out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lambdas.shared.errors import Violation
from lambdas.source.core import Accepted, Message


@dataclass(frozen=True, slots=True)
class Rejected:
    """An operation that the API did not take, with its reasons, and the number of those that it did not name."""

    accepted: Accepted
    reasons: tuple[Violation, ...]
    further: int = 0


def rejections(
    status: Literal["rejected", "not_found", "superseded"],
    call: Sequence[Accepted],
    results: Sequence[Mapping[str, Any]],
) -> Iterator[Rejected]:
    """The operations of a call with this status that have reasons.

    They are against the contract, or changes of a record that is not there, or some that a newer record lacks.
    """
    for result in results:
        if result["status"] == status and (status != "superseded" or _lacks_changes(result)):
            reasons = tuple(Violation(item["field"], item["rule"], item["message"]) for item in result["errors"])
            yield Rejected(call[int(result["index"])], reasons, int(result.get("further_errors", 0)))


def superseded(call: Sequence[Accepted], results: Sequence[Mapping[str, Any]]) -> list[Message]:
    """The messages of a call that changed nothing and need not, because something newer is stored or deleted."""
    return [
        call[int(result["index"])].message
        for result in results
        if result["status"] == "superseded" and not _lacks_changes(result)
    ]


def _lacks_changes(result: Mapping[str, Any]) -> bool:
    """Whether what superseded an operation has not all that it says: a partial update, with that as its reason."""
    return bool(result.get("errors"))
