"""Judges the rows of a batch against the contract: exact casts first, then pandera; every violation of a row is named.

Set-based throughout. A refused row keeps its payload and all its reasons; a message says what a rule asks for and never
holds a value, so nothing personal leaves the payload.
"""

from dataclasses import dataclass
from typing import cast

import polars as pl
from pandera.errors import SchemaErrors

from txplatform.contracts.model import Contract, Field
from txplatform.contracts.render.columns import DELETED
from txplatform.contracts.render.pandera import pandera_schema
from txplatform.errors import LakeError
from txplatform.ingest import casts
from txplatform.ingest.alignment import align, spellings
from txplatform.ingest.batch import RawBatch

REASONS_SCHEMA = pl.Schema({"position": pl.UInt32, "field": pl.String, "rule": pl.String, "message": pl.String})
_REASON = pl.Struct({"field": pl.String, "rule": pl.String, "message": pl.String})
REFUSED_SCHEMA = pl.Schema({"row": pl.Int64, "payload": pl.String, "reasons": pl.List(_REASON)})


@dataclass(frozen=True, slots=True)
class Gated:
    """A batch, judged. `good` has the contract's columns, typed; `positions` and `rows` locate its rows in the batch.

    `refused` has `row`, `payload` and `reasons`; `refused_keys` the keys of refused rows that have a readable one.
    """

    good: pl.DataFrame
    positions: pl.Series
    rows: pl.Series
    refused: pl.DataFrame
    refused_keys: pl.DataFrame


def judge(contract: Contract, batch: RawBatch) -> Gated:
    """Sort the rows into good and refused. A canonical batch is taken as it is, and its tombstones need only a key."""
    if batch.canonical:
        texts, live = batch.frame.select(field.name for field in contract.fields), ~batch.frame[DELETED]
    else:
        texts = align(contract, batch.frame)
        live = pl.repeat(True, texts.height, eager=True)
    kept = (*contract.key, contract.partition_field)
    texts = texts.with_columns(
        pl.when(pl.lit(live)).then(pl.col(field.name)).alias(field.name)
        for field in contract.fields
        if field.name not in kept
    )
    typed = texts.select(casts.typed(field, pl.col(field.name)).alias(field.name) for field in contract.fields)
    reasons = _reasons(contract, batch, texts, typed, live)
    at = pl.int_range(typed.height, dtype=pl.UInt32, eager=True)
    bad = (
        at.is_in(reasons["position"].unique().implode())
        if reasons.height
        else pl.repeat(False, typed.height, eager=True)
    )
    keys = typed.filter(bad).select(contract.key).drop_nulls()
    return Gated(typed.filter(~bad), at.filter(~bad), batch.rows.filter(~bad), _refused(batch, reasons), keys)


def _reasons(
    contract: Contract, batch: RawBatch, texts: pl.DataFrame, typed: pl.DataFrame, live: pl.Series
) -> pl.DataFrame:
    uncast = [_uncast(field, batch, texts[field.name], typed[field.name]) for field in contract.fields]
    found = pl.concat([pl.DataFrame(schema=REASONS_SCHEMA), *(item for item in uncast if item is not None)])
    judged = pl.concat([_required(contract, typed, live), _judged(contract, typed, live)])
    judged = judged.unique(["position", "field", "rule"], maintain_order=True)
    judged = judged.join(found, on=["position", "field"], how="anti")  # a cast that failed is no missing value
    absent = [field.name for field in contract.fields if not spellings(field, batch.frame.columns)]
    missing = pl.col("field").is_in(absent) & (pl.col("rule") == "required")
    judged = judged.with_columns(
        pl.when(missing).then(pl.lit("file.missing_column")).otherwise(pl.col("rule")).alias("rule"),
        pl.when(missing).then(pl.lit("the file has no such column")).otherwise(pl.col("message")).alias("message"),
    )
    return pl.concat([found, judged])


def _uncast(field: Field, batch: RawBatch, texts: pl.Series, typed: pl.Series) -> pl.DataFrame | None:
    """The cells of a field that said something which has no exact value."""
    sources = spellings(field, batch.frame.columns)
    reason = next((batch.unusable[name] for name in sources if name in batch.unusable), None)
    cells = pl.DataFrame({"text": texts, "uncast": typed.is_null()}).with_row_index("position")
    said = pl.col("text").is_not_null()
    broken = cells.filter(said if reason else said & pl.col("uncast"))
    if reason:
        broken = broken.select("position", pl.lit("type").alias("rule"), pl.lit(reason).alias("message"))
    else:
        broken = broken.select("position", casts.broken_rule(field, pl.col("text")).alias("rule")).with_columns(
            pl.col("rule")
            .replace_strict(
                {rule: casts.message(field, rule) for rule in ("type", "precision", "scale")}, return_dtype=pl.String
            )
            .alias("message")
        )
    silent = cells.filter(~said).select("position")
    flawed = (
        batch.flaws.filter(pl.col("column").is_in(sources))
        .join(silent, on="position", how="semi")
        .unique("position")
        .select("position", pl.lit("type").alias("rule"), "message")
    )
    found = pl.concat([broken, flawed])
    if found.is_empty():
        return None
    return found.select("position", pl.lit(field.name).alias("field"), "rule", "message").match_to_schema(
        REASONS_SCHEMA
    )


def _required(contract: Contract, typed: pl.DataFrame, live: pl.Series) -> pl.DataFrame:
    """Keys of every row; version and partition field of live ones. Every reader of the lake relies on these."""
    needed = [(name, True) for name in contract.key]
    needed += [(name, False) for name in (contract.version_field, contract.partition_field) if name not in contract.key]
    rows = typed.with_row_index("position").with_columns(live.alias("live"))
    parts = [
        rows.filter(pl.col(name).is_null() & (pl.col("live") | always)).select(
            "position",
            pl.lit(name).alias("field"),
            pl.lit("required").alias("rule"),
            pl.lit("must be present").alias("message"),
        )
        for name, always in needed
    ]
    return pl.concat(parts).match_to_schema(REASONS_SCHEMA)


def _judged(contract: Contract, typed: pl.DataFrame, live: pl.Series) -> pl.DataFrame:
    """What pandera finds in live rows."""
    positions = pl.int_range(typed.height, dtype=pl.UInt32, eager=True).filter(live)
    try:
        pandera_schema(contract).validate(typed.filter(live), lazy=True)
    except SchemaErrors as errors:
        cases = cast("pl.DataFrame", errors.failure_cases)
        if cases["index"].null_count():
            raise LakeError(f"pandera could not judge {contract.name}: {cases['check'].unique().to_list()}") from errors
        return (
            cases.select(
                positions.gather(cases["index"].cast(pl.UInt32)).alias("position"),
                pl.col("column").alias("field"),
                pl.col("check").alias("rule"),
            )
            .with_columns(_message(contract))
            .match_to_schema(REASONS_SCHEMA)
        )
    return pl.DataFrame(schema=REASONS_SCHEMA)


def _message(contract: Contract) -> pl.Expr:
    says = {
        f"{field.name}:{rule}": text
        for field in contract.fields
        for rule, text in (
            ("required", "must be present"),
            ("enum", f"must be one of {', '.join(field.enum)}"),
            ("pattern", f"must match {field.pattern}"),
            ("min_length", f"must have at least {field.min_length} characters"),
            ("max_length", f"must have at most {field.max_length} characters"),
            ("minimum", f"must be at least {field.minimum}"),
            ("maximum", f"must be at most {field.maximum}"),
        )
    }
    rule = pl.concat_str("field", pl.lit(":"), "rule")
    return rule.replace_strict(says, default="breaks the rule", return_dtype=pl.String).alias("message")


def _refused(batch: RawBatch, reasons: pl.DataFrame) -> pl.DataFrame:
    """Refused rows and broken lines alike: line, payload and every reason."""
    grouped = reasons.group_by("position", maintain_order=True).agg(
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
