"""Brings change records of older contracts to the present one: fields under the names they have now, and backfilled."""

from collections.abc import Iterable

import polars as pl

from txplatform.contracts.model import Contract, Field
from txplatform.contracts.render.columns import DELETED


def names_then_and_now(fields: Iterable[Field]) -> list[str]:
    """Every name under which a record of any version may have these fields."""
    return [name for field in fields for name in (field.name, *field.evolution.former_names)]


def with_present_fields(contract: Contract, changes: pl.DataFrame) -> pl.DataFrame:
    """The records (texts under any of these names, and DELETED) with the contract's fields and no others of them.

    A tombstone has no more than its identity.
    """
    renamed = [field for field in contract.fields if field.evolution.former_names]
    former = [name for field in renamed for name in field.evolution.former_names]
    columns = [pl.coalesce(field.name, *field.evolution.former_names).alias(field.name) for field in renamed]
    changes = changes.with_columns(columns).drop(former)
    filled = [field for field in contract.fields if field.evolution.backfill is not None]
    return changes.with_columns(
        pl.when(DELETED).then(field.name).otherwise(pl.col(field.name).fill_null(field.evolution.backfill))
        for field in filled
    )
