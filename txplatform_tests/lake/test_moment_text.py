"""Moments and days put together from tables of texts are what formatting each of them would give."""

from datetime import UTC, datetime

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from txplatform.lake.moment_text import day_text, moment_text

_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC)


@given(st.lists(st.none() | st.datetimes(timezones=st.just(UTC)), max_size=5))
@example([])
@example([None])
@example([_FIRST, _FIRST])
@example([None, _LAST, _FIRST, _LAST, datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)])
def test_texts_are_those_of_each_value(moments: list[datetime | None]) -> None:
    column = pl.Series("at", moments, dtype=pl.Datetime("us", "UTC"))
    found = column.to_frame().select(moment_text(pl.col("at")), day_text(pl.col("at").dt.date()).alias("day"))
    texts = [None if item is None else item.replace(tzinfo=None).isoformat(timespec="microseconds") for item in moments]
    assert found["at"].to_list() == [None if text is None else f"{text}Z" for text in texts]
    assert found["day"].to_list() == [None if text is None else text[:10] for text in texts]
