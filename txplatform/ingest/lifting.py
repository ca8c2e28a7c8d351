"""Brings rows that a former version of the contract has validated to the present one."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.contracts.render.polars_types import polars_type
from txplatform.ingest.column_casts import cast_column
from txplatform.ingest.row_gate import Gated


def lifted(contract: Contract, former: Contract, gated: Gated) -> Gated:
    """The rows with the present columns: renamed ones by their former names, wider, and with backfills where absent.

    A field that the former version does not have is null without a backfill. What was refused stays refused, with the
    reasons of that version.
    """
    return replace(gated, good=gated.good.select(_columns(contract, former)))


def _columns(contract: Contract, former: Contract) -> Iterator[pl.Expr]:
    had = {field.name for field in former.fields}
    for field in contract.fields:
        name = next((name for name in (field.name, *field.evolution.former_names) if name in had), None)
        column = pl.repeat(None, pl.len(), dtype=pl.Null) if name is None else pl.col(name)
        if field.evolution.backfill is not None:
            text = pl.Series([field.evolution.backfill], dtype=pl.String)
            column = column.fill_null(pl.lit(cast_column(field, text)[0]))
        yield column.cast(polars_type(field)).alias(field.name)
