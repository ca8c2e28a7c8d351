"""Signals for a command that starts processes: the first one interrupts it, and while it stops them no other does."""

import signal
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
