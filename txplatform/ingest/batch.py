"""What the readers yield: rows of one object as texts, and the lines of it that are not rows, a batch at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

from txplatform.ingest.rules import VIOLATIONS_SCHEMA

BROKEN_SCHEMA = pl.Schema({"row": pl.Int64, "payload": pl.String, "rule": pl.String, "message": pl.String})

UNUSABLE_SCHEMA = pl.Schema({"position": pl.UInt32, "column": pl.String, "message": pl.String})


@dataclass(frozen=True, slots=True)
class FileRejected:
    """An object that yields no rows, and why. `rule` is stable, e.g. `file.truncated_gzip`."""

    rule: str
    message: str


class RejectedError(Exception):
    """Ends the reading of an object, also after rows of it have been read: `outcome` says why none of them counts."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.outcome = FileRejected(rule, message)


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Rows of one object, as many as are read at once.

    Every column is a text under the source's name; null where the source has no value.
    `rows` are the 1-based line (or record) numbers, `payload` the raw text of each row (made when it is asked for, or
    rendered from the columns if None), `broken` the lines that are not rows, with their text and the rule they break.
    `unusable_columns` names columns whose type cannot carry an exact value, each with the reason; `unusable_cells`
    names single cells of that kind by their position.
    Where values have types at their source, `bare` says of each column that has any which cells were no texts there but
    a number or a boolean; it is None for texts of a delimited file, which stand for values of any type.
    `violations` are what the reader alone can see of the rows, and `unknown` counts the rows that have a value under a
    name which the contract does not know. `types` are those of the columns, of a format that has any.
    A `canonical` batch holds change records: fields and values are the contract's own, and `_deleted` marks tombstones.
    """

    frame: pl.DataFrame
    rows: pl.Series
    payload: pl.Series | Callable[[], pl.Series] | None
    broken: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BROKEN_SCHEMA))
    unusable_columns: Mapping[str, str] = field(default_factory=dict[str, str])
    unusable_cells: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=UNUSABLE_SCHEMA))
    canonical: bool = False
    bare: Mapping[str, pl.Series] | None = None
    violations: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=VIOLATIONS_SCHEMA))
    unknown: Mapping[str, int] = field(default_factory=dict[str, int])
    types: Mapping[str, pa.DataType] = field(default_factory=dict[str, pa.DataType])

    def payload_of(self, positions: pl.Series) -> pl.Series:
        """The raw text of the rows at these positions."""
        if positions.is_empty():  # as a rule: then there is no reason to make it
            return pl.Series("payload", dtype=pl.String)
        payload = self.payload() if callable(self.payload) else self.payload
        if payload is not None:
            return payload.gather(positions)
        return rendered(self.frame[positions])


def rendered(rows: pl.DataFrame) -> pl.Series:
    """The rows as JSON texts, for formats that have no text of a row."""
    return rows.select(pl.struct(pl.all()).struct.json_encode().alias("payload")).to_series()
