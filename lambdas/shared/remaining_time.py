"""The time that an invocation has left for calls of AWS, so that it can still answer when AWS does not.

A client's timeouts are fixed when it is made. So each attempt of a call is begun only while there is time for it to
end by them: the last one ends before the invocation does.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

RESERVED_SECONDS = 1.0  # of an invocation, for its answer

_until: ContextVar[float | None] = ContextVar("until", default=None)


@contextmanager
def limited_to(milliseconds: int) -> Generator[None]:
    """Limit the calls within the block, in this context, to the time that the invocation has left."""
    token = _until.set(time.monotonic() + milliseconds / 1000 - RESERVED_SECONDS)
    try:
        yield
    finally:
        _until.reset(token)


def allows(seconds: float) -> bool:
    """Whether an attempt may begin that takes so long at most; outside a block it may."""
    until = _until.get()
    return until is None or time.monotonic() + seconds <= until
