"""Stopping the pump: what is asked to stop looks here, and stopping waits for the batches under way alone.

A thread that waits for events inside a long poll has nothing to finish, and is not waited for.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Stopping(threading.Event):
    """Set when the pump is to stop; knows how many batches are under way."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()
        self._batches = 0

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Have stopping wait for what happens inside the block."""
        with self._changed:
            self._batches += 1
        try:
            yield
        finally:
            with self._changed:
                self._batches -= 1
                self._changed.notify_all()

    def stop(self, timeout: float) -> bool:
        """Ask everyone to stop, and return whether no batch is under way, at the latest after `timeout` seconds."""
        self.set()
        with self._changed:
            return self._changed.wait_for(lambda: not self._batches, timeout)
