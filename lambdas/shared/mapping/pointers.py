"""JSON Pointers (RFC 6901) into a payload, found only when something is refused."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from lambdas.shared.mapping.limits import Bounds, Meter

Step = str | int
MAX_LENGTH = 1_000  # of a pointer: a payload's names may be longer than all that a dead letter has room for
CUT = "…"


def pointer_text(steps: Sequence[Step]) -> str:
    """The pointer that leads along these names and positions; of a very long one the beginning."""
    text = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]}{CUT}"


class Places:
    """Where the objects and lists of one payload are, by identity; an expression hands them on as they are.

    `meter` bounds what it takes to find which expression a value came from.
    """

    __slots__ = ("_bounds", "_by_identity", "_payload")

    def __init__(self, payload: Any, bounds: Bounds) -> None:
        self._bounds = bounds
        self._payload = payload
        self._by_identity: dict[int, tuple[Step, ...]] | None = None

    @property
    def meter(self) -> Meter:
        return self._bounds.of_pointers

    def of(self, value: Any) -> tuple[Step, ...] | None:
        """The steps that lead to an object or list of the payload; None for any other value."""
        if not isinstance(value, dict | list):
            return None
        if self._by_identity is None:
            self._by_identity = {id(container): steps for container, steps in _containers(self._payload)}
        return self._by_identity.get(id(cast("Any", value)))


def _containers(payload: Any) -> Iterator[tuple[Any, tuple[Step, ...]]]:
    waiting: list[tuple[Any, tuple[Step, ...]]] = [(payload, ())]
    while waiting:
        value, steps = waiting.pop()
        if isinstance(value, dict):
            yield value, steps
            waiting += [(inner, (*steps, name)) for name, inner in cast("dict[str, Any]", value).items()]
        elif isinstance(value, list):
            yield value, steps
            waiting += [(inner, (*steps, position)) for position, inner in enumerate(cast("list[Any]", value))]
