"""Days and moments as canonical texts, put together from tables of their parts.

Formatting a moment takes ten times as long as to look up the texts of its day, its second and its fraction. A column of
one value, as all rows of an object have, is formatted once.
"""

import polars as pl

_SECONDS_OF_DAY, _MICROS = 86_400, 1_000_000
_TIMES = pl.Series([f"T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}." for at in range(_SECONDS_OF_DAY)])
_THREE_DIGITS = pl.Series([f"{number:03}" for number in range(1000)])


def moment_text(moment: pl.Expr) -> pl.Expr:
    """A moment of microseconds as `YYYY-MM-DDThh:mm:ss.ffffffZ`, null for null."""
    return moment.map_batches(_moment_texts, pl.String)


def day_text(day: pl.Expr) -> pl.Expr:
    """A day as `YYYY-MM-DD`, null for null."""
    return day.map_batches(_day_texts, pl.String)


def _moment_texts(moments: pl.Series) -> pl.Series:
    if moments.len() and moments.min() == moments.max() and not moments.null_count():
        return _moment_texts_of(moments.head(1)).new_from_index(0, moments.len())
    return _moment_texts_of(moments)


def _moment_texts_of(moments: pl.Series) -> pl.Series:
    days = _day_texts(moments.dt.date())
    micros = moments.to_physical()
    second = (micros // _MICROS % _SECONDS_OF_DAY).cast(pl.UInt32)
    fraction = (micros % _MICROS).cast(pl.UInt32)
    parts = (
        _TIMES.gather(second),
        _THREE_DIGITS.gather(fraction // 1000),
        _THREE_DIGITS.gather(fraction % 1000),
    )
    return pl.select(pl.concat_str(days, *parts, pl.lit("Z")).alias(moments.name)).to_series()


def _day_texts(days: pl.Series) -> pl.Series:
    known = days.drop_nulls().unique().sort()
    if known.len() == 1 and not days.null_count():
        return known.dt.to_string("%Y-%m-%d").new_from_index(0, days.len()).alias(days.name)
    place = pl.select(pl.when(days.is_not_null()).then(known.search_sorted(days))).to_series()
    return known.dt.to_string("%Y-%m-%d").gather(place).alias(days.name)
