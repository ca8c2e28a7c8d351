"""Validates the rows of a batch against the contract: good rows are typed, refused ones keep payload and all reasons.

Set-based throughout. What a value is taken for is the same as in the functions, which validate messages and requests:
docs/concepts/two-engines.md has it as a table.
"""

from dataclasses import dataclass, replace

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.contracts.quality import Quality
from txplatform.contracts.render.columns import DELETED
from txplatform.errors import LakeError
from txplatform.ingest.alignment import Aligned, align
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.column_casts import cast_column
from txplatform.ingest.kinds import fitting
from txplatform.ingest.tally import Tally
from txplatform.ingest.violations import find_violations

REASON = pl.Struct({"field": pl.String, "rule": pl.String, "message": pl.String})
REFUSED_SCHEMA = pl.Schema({"row": pl.Int64, "payload": pl.String, "reasons": pl.List(REASON)})


@dataclass(frozen=True, slots=True)
class Gated:
    """A validated batch. `good` has the contract's columns, typed; `positions` and `rows` locate its rows in the batch.

    `refused` has `row`, `payload` and `reasons`; `refused_keys` the keys of refused rows that have a readable one, and
    `keyless` counts those that have none.
    Of a file that was mapped, `parts` numbers the rows of one record of the file, and `tally` counts those records.
    """

    good: pl.DataFrame
    positions: pl.Series
    rows: pl.Series
    refused: pl.DataFrame
    refused_keys: pl.DataFrame
    keyless: int
    parts: pl.Series | None = None
    tally: Tally | None = None


def validate_rows(contract: Contract, batch: RawBatch) -> Gated:
    """Sort the rows into good and refused. A canonical batch is taken as it is, and its tombstones need only a key."""
    # Parsers leave columns in pieces, which every step would put together for itself.
    batch = replace(batch, frame=batch.frame.rechunk())
    if batch.canonical:
        aligned = Aligned(batch.frame.select(field.name for field in contract.fields))
        live = ~batch.frame[DELETED]
    else:
        aligned = align(contract, batch)
        live = pl.repeat(True, aligned.texts.height, eager=True)
    if not live.all():
        aligned = Aligned(_without_values_of_tombstones(contract, aligned.texts, live))
    texts, typed = _typed(contract, aligned, marked=not batch.canonical)
    # What the functions stored before a rule over several fields was there is readable as it is.
    asked = replace(contract, quality=Quality()) if batch.canonical else contract
    violations = find_violations(asked, batch, texts, typed, live)
    at = pl.int_range(typed.height, dtype=pl.UInt32, eager=True)
    if violations.height:
        bad = at.is_in(violations["position"].unique().implode())
        keys = typed.filter(bad).select(contract.key).drop_nulls()
        good = typed.filter(~bad), at.filter(~bad), batch.rows.filter(~bad)
    else:
        keys, good = typed.clear().select(contract.key), (typed, at, batch.rows)
    refused = _refused(batch, violations)
    gated = Gated(*good, refused, keys, refused.height - keys.height)
    records = batch.frame.height + batch.broken.height
    if gated.good.height + gated.refused.height != records:
        raise LakeError(f"{gated.good.height} rows accepted and {gated.refused.height} refused, of {records} records")
    return gated


def _typed(contract: Contract, aligned: Aligned, *, marked: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows as texts, UNFIT where a value is of a kind that its field does not take, and as exact values."""
    texts, typed = list[pl.Series](), list[pl.Series]()
    none = pl.repeat(False, aligned.texts.height, dtype=pl.Boolean, eager=True)
    for field in contract.fields:
        shown = castable = aligned.texts[field.name]
        if aligned.bare is not None:
            castable, shown = fitting(field, castable, aligned.bare.get(field.name, none))
        texts.append(shown)
        typed.append(cast_column(field, castable, marked=marked))
    return pl.DataFrame(texts), pl.DataFrame(typed)


def _without_values_of_tombstones(contract: Contract, texts: pl.DataFrame, live: pl.Series) -> pl.DataFrame:
    kept = (*contract.key, contract.partition_field)
    return texts.with_columns(
        pl.when(pl.lit(live)).then(pl.col(field.name)).alias(field.name)
        for field in contract.fields
        if field.name not in kept
    )


def _refused(batch: RawBatch, violations: pl.DataFrame) -> pl.DataFrame:
    """Refused rows and broken lines alike: line, payload and every reason."""
    if violations.is_empty() and batch.broken.is_empty():
        return pl.DataFrame(schema=REFUSED_SCHEMA)
    grouped = violations.group_by("position", maintain_order=True).agg(
        pl.struct("field", "rule", "message").alias("reasons")
    )
    rows = grouped.select(
        batch.rows.gather(grouped["position"]).alias("row"),
        batch.payload_of(grouped["position"]).alias("payload"),
        "reasons",
    )
    broken = batch.broken.select(
        "row", "payload", pl.concat_list(pl.struct(pl.lit("").alias("field"), "rule", "message")).alias("reasons")
    )
    return pl.concat([rows.match_to_schema(REFUSED_SCHEMA), broken.match_to_schema(REFUSED_SCHEMA)]).sort("row")
