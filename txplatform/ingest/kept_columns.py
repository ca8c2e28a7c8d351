"""Keeps in `rest` what a file has in columns that the contract does not know.

A row that has a value there which has no exact text is refused: nothing else could be said of it without losing it.
"""

from collections.abc import Collection
from dataclasses import replace

import polars as pl
import pyarrow as pa

from txplatform.contracts.model import REST, Contract
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.nested.rest import rest_of_columns
from txplatform.ingest.rules import VIOLATIONS_SCHEMA
from txplatform.ingest.unknown_names import known_names, shown, unknown_columns


def with_rest(contract: Contract, batch: RawBatch) -> RawBatch:
    """The batch of a file with a header, with the column `rest` and the violations of what `rest` cannot hold."""
    unknown = set(unknown_columns(contract, batch.frame.columns))
    readable = batch.frame.drop(unknown & batch.unusable_columns.keys())
    marked = [name for name, kind in batch.types.items() if pa.types.is_nested(kind)]
    rest = rest_of_columns(readable, known_names(contract), marked)
    violations = pl.concat([batch.violations, _unkept(batch, unknown)])
    return replace(batch, frame=batch.frame.with_columns(rest), violations=violations)


def _unkept(batch: RawBatch, unknown: Collection[str]) -> pl.DataFrame:
    """The rows that have a value without an exact text in an unknown column, the first column of each."""
    columns = [
        pl.DataFrame({"position": batch.frame[name].is_not_null().arg_true(), "column": name, "message": reason})
        for name, reason in batch.unusable_columns.items()
    ]
    cells = pl.concat([batch.unusable_cells, *columns], how="vertical_relaxed")
    cells = cells.filter(pl.col("column").is_in(list(unknown))).unique("position", keep="first", maintain_order=True)
    name = pl.col("column").map_elements(shown, pl.String)
    message = pl.concat_str(pl.lit("column "), name, pl.lit(" cannot be kept: "), "message")
    rule = (pl.lit(REST).alias("field"), pl.lit("type").alias("rule"), message.alias("message"))
    return cells.select(pl.col("position").cast(pl.UInt32), *rule).select(VIOLATIONS_SCHEMA.names())
