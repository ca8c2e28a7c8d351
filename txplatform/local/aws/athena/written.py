"""What a statement wrote: how many rows, into which files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """`files` go into the data manifest beside the result; None where a statement has no manifest."""

    rows: int
    files: tuple[str, ...] | None = None
