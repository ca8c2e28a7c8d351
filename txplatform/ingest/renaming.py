"""Rewrites values of a source to those of the contract: whole values before and after folding their case.

Most rows hold a value of the contract already. They are recognised by looking it up; the rules run over the others.
"""

from functools import partial

import polars as pl

from txplatform.contracts.model import Alignment, Field
from txplatform.contracts.render.membership import is_one_of


def renamed(field: Field, texts: pl.Series) -> pl.Series:
    """The texts by the rules of a field for values and case, null for null."""
    rename = partial(_renamed, field)
    if not field.enum:
        return rename(texts)
    kept = [value for value in field.enum if _is_kept(field.alignment, value)]
    other = ~is_one_of(pl.col(texts.name), kept).fill_null(value=True)
    others = texts.to_frame().select(other.alias("other")).to_series().arg_true()
    return texts if others.is_empty() else texts.clone().scatter(others, rename(texts.gather(others)))


def _is_kept(rules: Alignment, value: str) -> bool:
    """Whether a value is the same by the rules, as far as it is known without looking at the case of all characters."""
    folded = {"upper": value.upper(), "lower": value.lower()}.get(rules.case or "", value)
    return value.isascii() and rules.values.get(value, rules.values.get(folded, folded)) == value


def _renamed(field: Field, texts: pl.Series) -> pl.Series:
    rules, value = field.alignment, pl.col(texts.name)
    whole = replaced(field, value)
    if rules.case:
        folded = value.str.to_uppercase() if rules.case == "upper" else value.str.to_lowercase()
        return texts.to_frame().select(pl.coalesce(whole, replaced(field, folded), folded)).to_series()
    return texts.to_frame().select(pl.coalesce(whole, value)).to_series()


def replaced(field: Field, value: pl.Expr) -> pl.Expr:
    """The value that the contract has in place of a whole one, null where it has none."""
    if not field.alignment.values:
        return pl.lit(None, dtype=pl.String)
    return value.replace_strict(dict(field.alignment.values), default=None, return_dtype=pl.String)
