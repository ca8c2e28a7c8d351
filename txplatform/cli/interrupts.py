"""How a command that runs processes of its own is interrupted: once, and then it stops them undisturbed."""

import signal
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def interrupt_on_signals() -> None:
    """Treat SIGTERM as Ctrl-C, also where a background shell had both ignored; children start with the defaults."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in _SIGNALS:
        signal.signal(number, interrupt)


def ignore_signals() -> None:
    """Let no further signal disturb the stop, which is bounded in time."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
