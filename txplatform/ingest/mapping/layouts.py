"""What a file of a source system holds beside its rows: names of columns without a header, and columns of one value."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from txplatform.contracts.mapping.model import FileLayout
from txplatform.ingest.batch import RawBatch, RejectedError

_SLOT = re.compile(r"\{(\w+)\}")
_ENDINGS = re.compile(r"(\.(csv|tsv|txt|parquet|parq|zip|gz|bz2|xz|zst))+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of one file: `columns` where it has no header, and `values` that are columns of all its records."""

    columns: Sequence[str] | None = None
    values: dict[str, str] = field(default_factory=dict[str, str])

    def completed(self, batch: RawBatch) -> RawBatch:
        """The batch with the columns that the file itself does not have; raise RejectedError where it has one."""
        if not self.values or not batch.frame.width:  # messages of FIX have no columns
            return batch
        if doubled := self.values.keys() & set(batch.frame.columns):
            names = ", ".join(sorted(doubled))
            message = f"the header has {names}, which the name of the file or its source system says already"
            raise RejectedError("file.header", message)
        values = [pl.lit(value, dtype=pl.String).alias(name) for name, value in self.values.items()]
        return replace(batch, frame=batch.frame.with_columns(values))


def layout_of(layouts: Iterable[FileLayout], object_key: str) -> Layout:
    """The layout of the file of this name: that of the first entry that fits."""
    stem = _ENDINGS.sub("", object_key.rpartition("/")[2])
    for layout in layouts:
        for name in layout.names:
            if found := _pattern(name).fullmatch(stem):
                return Layout(layout.columns or None, {**found.groupdict(), **layout.constants})
    return Layout()


def _pattern(name: str) -> re.Pattern[str]:
    parts = _SLOT.split(name)
    named = (f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(named))
