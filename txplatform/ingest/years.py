"""The supported years of days and moments: 0001 to 9999, those of ISO 8601 and of Python, which reads the lake."""

import polars as pl

_YEARS = {  # first and last, as columns of the unit count them since 1970; nanoseconds of 64 bits do not reach as far
    "days": (-719_162, 2_932_896),
    "ms": (-62_135_596_800_000, 253_402_300_799_999),
    "us": (-62_135_596_800_000_000, 253_402_300_799_999_999),
    "ns": (-(2**63), 2**63 - 1),
}


def within_years(values: pl.Series) -> pl.Series:
    """Days or moments, null where they are outside these years. To be mapped over an expression, evaluated once."""
    unit = values.dtype.time_unit if isinstance(values.dtype, pl.Datetime) else "days"
    known = values.to_physical().is_between(*_YEARS[unit])
    return values if known.all() else pl.select(pl.when(known).then(values).alias(values.name)).to_series()
