"""Bounds what one message may cost, so that a hostile one is refused and never slow."""

from lambdas.shared.mapping.refusals import RefusedError

# A visit is one node of an expression at one value, or one field of a record: half a microsecond to two.
MAX_VISITS = 500_000  # of one message, and as many again for where that is which is refused
MAX_RECORDS = 5_000  # of one message: 50 calls to the API, which one invocation has time for
MAX_REFUSALS = 1_000  # of one message; what is refused beyond is counted


class Meter:
    """The visits that are left."""

    __slots__ = ("_left",)

    def __init__(self, visits: int = MAX_VISITS) -> None:
        self._left = visits

    def spend(self, visits: int) -> None:
        """Take visits from what is left; raise RefusedError when there are not so many."""
        self._left -= visits
        if self._left < 0:
            raise RefusedError("too_costly", "needs more steps than one message may take")


class Bounds:
    """What is left to one message, for all of its payloads."""

    __slots__ = ("_of_pointers", "_records", "meter")

    def __init__(self, records: int = MAX_RECORDS) -> None:
        self.meter = Meter()
        self._of_pointers: Meter | None = None
        self._records = records

    @property
    def of_pointers(self) -> Meter:
        """The visits that are left to find where what is refused is; most messages take none."""
        if self._of_pointers is None:
            self._of_pointers = Meter()
        return self._of_pointers

    def take_record(self) -> None:
        """Take one record from what is left; raise RefusedError when there is none."""
        self._records -= 1
        if self._records < 0:
            raise RefusedError("too_many", f"yields more than {MAX_RECORDS} records with the rest of its message")
