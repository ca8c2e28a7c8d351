"""What is wanted of JSON objects, and batches of it where all lines are flat objects of one form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from txplatform.contracts.model import REST, Field
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.nested.unknown_members import UNKNOWN_SCHEMA
from txplatform.ingest.readers.json_plain import PlainLines
from txplatform.ingest.readers.json_template import Kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns to read: names (dotted for what is nested), which of them carry `nested` fields, and whether what has
    none of the names goes into the column `rest`.
    """

    names: Sequence[str]
    nested: Mapping[str, Field]
    keep_rest: bool

    def is_more(self, name: str) -> bool:
        """Whether a member is more than a column of scalars, so that lines in which it has a value are read whole."""
        nested = name in self.nested or any(other.startswith(f"{name}.") for other in self.names)
        return nested or (self.keep_rest and (name == REST or name not in self.names))

    def columns(self) -> list[str]:
        """The columns of a batch, in their order."""
        flat = [name for name in self.names if name not in self.nested]
        return list(dict.fromkeys([*flat, *self.nested, *([REST] if self.keep_rest else [])]))


def plain_batch(wanted: Wanted, lines: PlainLines) -> tuple[RawBatch, pl.DataFrame]:
    """The batch of lines of one form, and what their objects hold beyond the names (UNKNOWN_SCHEMA)."""
    found = lines.frame
    none = pl.lit(None, dtype=pl.String)
    frame = found.select((pl.col(name) if name in found.columns else none).alias(name) for name in wanted.columns())
    bare = {
        name: found[name].is_not_null()
        for name, kind in lines.kinds.items()
        if kind in (Kind.WHOLE, Kind.NUMBER) and name in frame.columns and found[name].null_count() < found.height
    }
    unknown = [name for name in found.columns if name not in wanted.names and not wanted.is_more(name)]
    members = [
        found.select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("position"),
            pl.lit(name).alias("name"),
            pl.col(name).is_not_null().alias("has_value"),
        )
        for name in unknown
    ]
    batch = RawBatch(frame, lines.rows, lines.text, bare=bare)
    return batch, pl.concat([pl.DataFrame(schema=UNKNOWN_SCHEMA), *members]).sort("position", maintain_order=True)
