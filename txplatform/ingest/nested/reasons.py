"""Why texts of a nested field have no value that its contract takes: every rule that is broken, and where."""

import polars as pl

from txplatform.contracts.model import Field
from txplatform.contracts.render.pandera import conditions
from txplatform.ingest import casts
from txplatform.ingest.nested.values import typed_leaves
from txplatform.ingest.nested.walk import Walk
from txplatform.ingest.rules import VIOLATIONS_SCHEMA, rule_messages


def reasons(field: Field, cells: pl.DataFrame, *, marked: bool = False) -> pl.DataFrame:
    """What is wrong with refused cells (`position`, `text`), at least one reason each, as VIOLATIONS_SCHEMA."""
    walk = Walk(field)
    for position, text in cells.select("position", "text").iter_rows():
        walk.read(position, text)
    found = [pl.DataFrame(walk.reasons, schema=VIOLATIONS_SCHEMA, orient="row")]
    for rule, scalars in walk.scalars.values():
        schema = {"position": pl.UInt32, "field": pl.String, "text": pl.String}
        found += _broken(rule, pl.DataFrame(scalars, schema=schema, orient="row"), marked=marked)
    named = pl.concat(found)
    unnamed = cells.join(named, on="position", how="anti").select(
        pl.col("position").cast(pl.UInt32),
        pl.lit(field.name).alias("field"),
        pl.lit("type").alias("rule"),
        pl.lit(casts.MESSAGES[field.type]).alias("message"),
    )
    return pl.concat([named, unnamed]).sort("position", maintain_order=True)


def _broken(rule: Field, scalars: pl.DataFrame, *, marked: bool) -> list[pl.DataFrame]:
    """The scalars of one field that have no exact value, and those whose value breaks a rule."""
    texts, values = typed_leaves(rule, scalars["text"], marked=marked)
    held = scalars.with_columns(texts.alias("text"), values.alias("value"))
    uncast = held.filter(pl.col("value").is_null()).with_columns(casts.broken_rule(rule, pl.col("text")).alias("rule"))
    messages = {name: casts.message(rule, name) for name in casts.RULES}
    found = [_as_violations(uncast, messages)]
    messages = rule_messages(rule)
    for name, condition in conditions(rule).items():
        broken = held.filter(pl.col("value").is_not_null() & ~condition(pl.col("value")))
        found.append(_as_violations(broken.with_columns(pl.lit(name).alias("rule")), messages))
    return found


def _as_violations(broken: pl.DataFrame, messages: dict[str, str]) -> pl.DataFrame:
    message = pl.col("rule").replace_strict(messages, return_dtype=pl.String).alias("message")
    return broken.select("position", "field", "rule", message)
