"""Finds every violation in the rows of a batch: what exact casts could not read, what is missing, what pandera refuses.

A message says what a rule requires and never holds a value, so nothing personal leaves the payload.
"""

from typing import cast

import polars as pl
from pandera.errors import SchemaErrors

from txplatform.contracts.model import NESTED, Contract, Field
from txplatform.contracts.render.pandera import NESTED_RULE, pandera_schema, screened
from txplatform.contracts.render.screen import suspects
from txplatform.errors import LakeError
from txplatform.ingest import casts
from txplatform.ingest.alignment import present_names
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.limits import beyond_limits
from txplatform.ingest.nested.reasons import reasons
from txplatform.ingest.rules import VIOLATIONS_SCHEMA, rule_messages
from txplatform.ingest.undeclared_forms import with_hint


def find_violations(
    contract: Contract, batch: RawBatch, texts: pl.DataFrame, typed: pl.DataFrame, live: pl.Series
) -> pl.DataFrame:
    """Every rule that a row breaks, one row each (VIOLATIONS_SCHEMA); `position` counts the rows of the batch from 0.

    `texts` and `typed` are the aligned rows before and after the casts; `live` marks those that are not tombstones.
    """
    uncast = [_uncast(field, batch, texts[field.name], typed[field.name]) for field in contract.fields]
    uncast += [_ambiguous(field, batch.frame) for field in contract.fields]
    found = pl.concat([pl.DataFrame(schema=VIOLATIONS_SCHEMA), *(item for item in uncast if item is not None)])
    broken = pl.concat([_required(contract, typed, live), _broken_checks(contract, texts, typed, live)])
    if not broken.is_empty():  # as it is for few batches, which may have a few rows each
        broken = _unexplained(contract, batch, broken, found)
        broken = pl.concat(_inside(contract, broken, texts, marked=not batch.canonical))
    violations = pl.concat([found, broken, batch.violations])
    if batch.canonical or (beyond := beyond_limits(contract, texts, typed)).is_empty():
        return violations
    return pl.concat([violations, beyond.join(violations, on=["position", "field"], how="anti")])


def _unexplained(contract: Contract, batch: RawBatch, broken: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The broken rules but those of values that could not be cast: a cast that failed is not a missing value."""
    broken = broken.unique(["position", "field", "rule"], maintain_order=True)
    broken = broken.join(found, on=["position", "field"], how="anti")
    absent = [field.name for field in contract.fields if not present_names(field, batch.frame.columns)]
    missing = pl.col("field").is_in(absent) & (pl.col("rule") == "required")
    return broken.with_columns(
        pl.when(missing).then(pl.lit("file.missing_column")).otherwise(pl.col("rule")).alias("rule"),
        pl.when(missing).then(pl.lit("the file has no such column")).otherwise(pl.col("message")).alias("message"),
    )


def _inside(contract: Contract, broken: pl.DataFrame, texts: pl.DataFrame, *, marked: bool) -> list[pl.DataFrame]:
    """The violations, with the reasons and places of those that are inside of a nested value."""
    inside = pl.col("rule") == NESTED_RULE
    found = [broken.filter(~inside)]
    for (name,), cells in broken.filter(inside).group_by("field"):
        text = texts[str(name)].gather(cells["position"]).alias("text")
        found.append(reasons(contract[str(name)], cells.select("position", text), marked=marked))
    return found


def _uncast(field: Field, batch: RawBatch, texts: pl.Series, typed: pl.Series) -> pl.DataFrame | None:
    """The cells of a field that hold something which has no exact value."""
    sources = present_names(field, batch.frame.columns)
    reason = next((batch.unusable_columns[name] for name in sources if name in batch.unusable_columns), None)
    if reason is None and batch.unusable_cells.is_empty() and texts.null_count() == typed.null_count():
        return None
    cells = pl.DataFrame({"text": texts, "uncast": typed.is_null()}).with_row_index("position")
    present = pl.col("text").is_not_null()
    broken = cells.filter(present if reason else present & pl.col("uncast"))
    if reason:
        broken = broken.select("position", pl.lit("type").alias("rule"), pl.lit(reason).alias("message"))
    elif field.type in NESTED:
        broken = reasons(field, broken, marked=not batch.canonical)
    else:
        messages = {rule: casts.message(field, rule) for rule in casts.RULES}
        message = pl.col("rule").replace_strict(messages, return_dtype=pl.String)
        broken = broken.with_columns(casts.broken_rule(field, pl.col("text")).alias("rule")).select(
            "position", "rule", with_hint(field, message, pl.col("text")).alias("message")
        )
    absent = batch.frame.select(pl.all_horizontal(pl.col(sources).is_null()) if sources else pl.lit(value=False))
    absent = absent.to_series().arg_true().alias("position").to_frame()
    unreadable = (
        batch.unusable_cells.filter(pl.col("column").is_in(sources))
        .join(absent, on="position", how="semi")
        .unique("position")
        .select("position", pl.lit("type").alias("rule"), "message")
    )
    found = pl.concat([_placed(field, broken), _placed(field, unreadable)])
    return None if found.is_empty() else found


def _placed(field: Field, broken: pl.DataFrame) -> pl.DataFrame:
    """The violations, at the field as a whole where they do not say where in it they are."""
    place = [] if "field" in broken.columns else [pl.lit(field.name).alias("field")]
    return broken.with_columns(place).select(VIOLATIONS_SCHEMA.names()).match_to_schema(VIOLATIONS_SCHEMA)


def _ambiguous(field: Field, frame: pl.DataFrame) -> pl.DataFrame | None:
    """The rows in which two columns that may carry a field hold different values: which one counts is not known."""
    sources = present_names(field, frame.columns)
    if sum(frame[name].null_count() < frame.height for name in sources) < 2:
        return None
    first = pl.coalesce(sources)
    differ = pl.any_horizontal(pl.col(name) != first for name in sources).fill_null(value=False)
    message = f"columns {' and '.join(sources)} must not hold different values"
    return _at(frame.select(differ.alias("differ")).to_series(), field.name, "ambiguous", message)


def _required(contract: Contract, typed: pl.DataFrame, live: pl.Series) -> pl.DataFrame:
    """Keys of every row; version and partition field of live ones. All readers of the lake count on these."""
    needed = [(name, True) for name in contract.key]
    needed += [(name, False) for name in (contract.version_field, contract.partition_field) if name not in contract.key]
    parts = [
        _at(typed[name].is_null() & (live | always), name, "required", "must be present")
        for name, always in needed
        if typed[name].null_count()
    ]
    return pl.concat([pl.DataFrame(schema=VIOLATIONS_SCHEMA), *parts])


def _at(rows: pl.Series, field: str, rule: str, message: str) -> pl.DataFrame:
    """The violation of one rule by a field, in all rows that are marked."""
    found = rows.arg_true().alias("position").to_frame()
    reason = (pl.lit(field).alias("field"), pl.lit(rule).alias("rule"), pl.lit(message).alias("message"))
    return found.select("position", *reason).match_to_schema(VIOLATIONS_SCHEMA)


def _broken_checks(contract: Contract, texts: pl.DataFrame, typed: pl.DataFrame, live: pl.Series) -> pl.DataFrame:
    """What pandera finds in those live rows that break a rule by its screen, which costs a fraction for the others.

    It is not asked about a value that is missing because its text could not be cast, which is a reason by itself.
    """
    suspect = suspects(contract, typed, texts) & live
    if not suspect.any():
        return pl.DataFrame(schema=VIOLATIONS_SCHEMA)
    positions = suspect.arg_true()
    try:
        pandera_schema(contract).validate(screened(contract, typed.filter(suspect)), lazy=True)
    except SchemaErrors as errors:
        cases = cast("pl.DataFrame", errors.failure_cases)
        if cases["index"].null_count():
            raise LakeError(
                f"pandera could not validate {contract.name}: {cases['check'].unique().to_list()}"
            ) from errors
        return (
            cases.select(
                positions.gather(cases["index"].cast(pl.UInt32)).alias("position"),
                pl.col("column").alias("field"),
                pl.col("check").alias("rule"),
            )
            .with_columns(_message(contract))
            .match_to_schema(VIOLATIONS_SCHEMA)
        )
    return pl.DataFrame(schema=VIOLATIONS_SCHEMA)


def _message(contract: Contract) -> pl.Expr:
    texts = {f"{field.name}:{rule}": text for field in contract.fields for rule, text in rule_messages(field).items()}
    texts |= {f"{rule.subject}:{rule.rule}": rule.text for rule in contract.quality.rules}
    rule = pl.concat_str("field", pl.lit(":"), "rule")
    return rule.replace_strict(texts, default="breaks the rule", return_dtype=pl.String).alias("message")
