"""Does with names that a contract does not know what its `unknownFields` says; nothing of a file vanishes in silence.

`refuse` refuses a file for its header, as the names of CSV and Parquet stand there, and of JSON the record. `ignore`
and `keep` count the rows that have a value under each name; `keep` puts it into `rest`, see nested/rest.py.
"""

from dataclasses import replace

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.ingest.batch import RawBatch, RejectedError
from txplatform.ingest.rules import VIOLATIONS_SCHEMA
from txplatform.ingest.unknown_names import REMEDY, described, shown, unknown_columns

_MOST = 20  # names that one message or record names


def check_columns(contract: Contract, batch: RawBatch) -> None:
    """Raise RejectedError where a file has columns that the contract refuses."""
    found = unknown_columns(contract, batch.frame.columns) if contract.unknown_fields == "refuse" else []
    if found:
        names = [described(contract, name) for name in found[:_MOST]]
        names += [f"and {len(found) - _MOST} more"] if len(found) > _MOST else []
        problem = f"columns that the contract does not know: {', '.join(names)}; {REMEDY}"
        raise RejectedError("file.unknown_column", problem)


def count_columns(contract: Contract, batch: RawBatch) -> RawBatch:
    """The batch of a file with a header, with the counts of its unknown columns."""
    found = unknown_columns(contract, batch.frame.columns)
    if not found:
        return batch
    values = {name: batch.frame.height - batch.frame[name].null_count() for name in found}
    return replace(batch, unknown=values)


def count_members(contract: Contract, batch: RawBatch, members: pl.DataFrame) -> RawBatch:
    """The batch of JSON records, with the violations or the counts of their unknown names (UNKNOWN_SCHEMA)."""
    if members.is_empty():
        return batch
    if contract.unknown_fields != "refuse":
        counts = members.filter("has_value").group_by("name", maintain_order=True).len()
        return replace(batch, unknown=dict(counts.iter_rows()))
    members = members.filter(pl.int_range(pl.len()).over("position") < _MOST)
    names = members["name"].unique(maintain_order=True)
    texts = [f"the contract has no field {described(contract, name)}: {REMEDY}" for name in names]
    violations = members.select(
        "position",
        pl.col("name").replace_strict(names, [shown(name) for name in names], return_dtype=pl.String).alias("field"),
        pl.lit("unknown_field").alias("rule"),
        pl.col("name").replace_strict(names, texts, return_dtype=pl.String).alias("message"),
    )
    return replace(batch, violations=violations.match_to_schema(VIOLATIONS_SCHEMA))
