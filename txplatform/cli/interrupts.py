"""Signals for a command that has something to put right at its end, such as processes that it started.

The first one interrupts it, and while it stops them no other does.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def interrupt_on_signals() -> None:
    """Treat SIGTERM as Ctrl-C, also where a shell started the command in the background with both ignored."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in _SIGNALS:
        signal.signal(number, interrupt)


def ignore_signals() -> None:
    """Ignore further signals while the command stops, which is bounded in time."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Treat signals so in the block, and as before after it; `ignore_signals` within it ends with it."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    interrupt_on_signals()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
