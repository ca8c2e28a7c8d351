"""How long work says how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with what is counted, how many there are so far, and how many are expected (0 if unknown)."""


def silent(_what: str, _done: int, _of: int) -> None:
    """Show no progress."""
