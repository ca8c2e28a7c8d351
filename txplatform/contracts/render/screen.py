"""Finds the rows that may break a check of the pandera schema, at a fraction of what it costs.

A rule is asked of a whole batch first, and of its least, greatest or longest value where that decides. Only what some
row may break is asked row by row. Rows that break nothing may be among them: pandera has the last word.
"""

from collections.abc import Iterator

import polars as pl

from txplatform.contracts.model import Contract, Field
from txplatform.contracts.render.byte_ranges import all_in_one_range
from txplatform.contracts.render.pandera import Condition, conditions, has_inside, inside_holds
from txplatform.contracts.render.record_rules import rule_conditions


def suspects(contract: Contract, rows: pl.DataFrame, given: pl.DataFrame | None = None) -> pl.Series:
    """Mark the typed rows that may break a rule. A value that was `given`, if only as a text, is not missing."""
    rules = list(_rules(contract, rows, rows if given is None else given))
    asked = rows.select(whole.alias(str(place)) for place, (_, whole) in enumerate(rules))
    held = asked.row(0) if rules else ()
    broken = [rule for (rule, _), holds in zip(rules, held, strict=True) if holds is False]
    if not broken:
        return pl.repeat(False, rows.height, dtype=pl.Boolean, eager=True)
    return rows.select(~pl.all_horizontal(rule.fill_null(value=True) for rule in broken)).to_series()


def _rules(contract: Contract, rows: pl.DataFrame, given: pl.DataFrame) -> Iterator[tuple[pl.Expr, pl.Expr]]:
    """What has to hold of each row, null where a rule says nothing, and what shows that it holds of all."""
    for field in contract.fields:
        column, values = pl.col(field.name), rows[field.name]
        if field.required and given[field.name].null_count():
            yield pl.lit(given[field.name].is_not_null()), pl.lit(value=False)
        if values.null_count() < values.len():
            found = {rule: condition for rule, condition in conditions(field).items() if rule != "required"}
            yield from (
                (condition(column), _of_all(field, rule, condition, values)) for rule, condition in found.items()
            )
        if has_inside(field):
            inside = inside_holds(field, column)
            yield inside, inside.all()
        yield from ((rule, rule.all()) for rule in rule_conditions(contract, field.name).values())


def _of_all(field: Field, rule: str, condition: Condition, values: pl.Series) -> pl.Expr:
    """Whether a rule holds of all values; of lengths, by their bytes, no is perhaps."""
    column = pl.col(field.name)
    match rule:
        case "minimum":
            return condition(column.min())
        case "maximum":
            return condition(column.max())
        case "min_length" if field.min_length == 1:
            return column.str.len_bytes().min() >= 1
        case "max_length":
            return column.str.len_bytes().max() <= field.max_length
        case "pattern" if field.pattern and all_in_one_range(field.pattern, values):
            return pl.lit(value=True)
        case _:
            return condition(column).all()
