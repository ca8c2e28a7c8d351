"""What a statement wrote: how many rows, into which files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """`files` go into the data manifest beside the result, None where there is none; `lines` are shown."""

    rows: int
    files: tuple[str, ...] | None = None
    lines: tuple[str, ...] = ()
