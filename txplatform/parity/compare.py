"""Compares two typed frames of one entity cell by cell, set-wise: no loop over rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

_LAKE = "\x00lake"
_IN_STORE = "\x00in_store"
_IN_LAKE = "\x00in_lake"
KIND = "\x00kind"
FIELDS = "\x00fields"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`differences` holds one row a differing key: key columns, KIND, and FIELDS (names of differing columns)."""

    compared: int
    differences: pl.DataFrame


def compare(store: pl.DataFrame, lake: pl.DataFrame, key: Sequence[str], fields: Sequence[str]) -> Comparison:
    """Join on the key and compare all other fields; null equals null.

    KIND is `missing` (in the store alone), `extra` (in the lake alone or there twice) or `different`.
    """
    others = [name for name in fields if name not in key]
    repeated = lake.group_by(key).len().filter(pl.col("len") > 1).select(key)
    joined = store.select(*fields, pl.lit(value=True).alias(_IN_STORE)).join(
        lake.unique(subset=list(key), keep="any").select(*fields, pl.lit(value=True).alias(_IN_LAKE)),
        on=list(key),
        how="full",
        coalesce=True,
        suffix=_LAKE,
    )
    differing = [pl.when(pl.col(n).ne_missing(pl.col(n + _LAKE))).then(pl.lit(n)) for n in others]
    names = pl.concat_list(differing).list.drop_nulls() if differing else pl.lit([], dtype=pl.List(pl.String))
    in_both = pl.col(_IN_STORE).is_not_null() & pl.col(_IN_LAKE).is_not_null()
    kind = (
        pl.when(pl.col(_IN_LAKE).is_null())
        .then(pl.lit("missing"))
        .when(pl.col(_IN_STORE).is_null())
        .then(pl.lit("extra"))
        .when(pl.col(FIELDS).list.len() > 0)
        .then(pl.lit("different"))
    )
    compared = joined.with_columns(pl.when(in_both).then(names).alias(FIELDS)).with_columns(kind.alias(KIND))
    shown = [*key, KIND, FIELDS, *others, *(name + _LAKE for name in others)]
    doubles = compared.join(repeated, on=list(key), how="semi").with_columns(pl.lit("extra").alias(KIND))
    differences = pl.concat([compared.filter(pl.col(KIND).is_not_null()).select(shown), doubles.select(shown)])
    return Comparison(store.height, differences.unique(subset=[*key, KIND], maintain_order=True))


def values(row: dict[str, object], field: str) -> tuple[str | None, str | None]:
    """The store's and the lake's value of a differing field, as text."""
    store, lake = row[field], row[field + _LAKE]
    return (None if store is None else str(store), None if lake is None else str(lake))
