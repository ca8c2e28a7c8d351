"""How often rows have a value in a field that goes out of use, by the same rule as the functions count messages."""

import polars as pl

from txplatform.contracts.model import Contract


def count_deprecated(contract: Contract, rows: pl.DataFrame) -> dict[str, int]:
    """How many of these accepted rows have a value in each deprecated field; one with a backfill has it in any row."""
    deprecated = [
        field.name
        for field in contract.fields
        if field.evolution.deprecated is not None and field.evolution.backfill is None
    ]
    counts = {name: rows.height - rows[name].null_count() for name in deprecated}
    return {name: count for name, count in counts.items() if count}
