"""Bounds what one payload may cost, so that a hostile one is refused and never slow."""

from lambdas.shared.mapping.refusals import RefusedError

# A visit is one node of an expression at one value, or one field of a record: half a microsecond to two.
MAX_VISITS = 500_000
MAX_RECORDS = 10_000  # of one payload


class Meter:
    """The visits that one payload has left."""

    __slots__ = ("_left",)

    def __init__(self, visits: int = MAX_VISITS) -> None:
        self._left = visits

    def spend(self, visits: int) -> None:
        """Take visits from what is left; raise RefusedError when there are not so many."""
        self._left -= visits
        if self._left < 0:
            raise RefusedError("too_costly", "needs more steps than one payload may take")
