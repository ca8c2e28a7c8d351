"""A row beyond a size is found among any others, and none where the greatest sizes leave no room for one."""

import polars as pl
import pytest

from txplatform.ingest.record_size import rows_beyond


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([("a", "b"), ("a" * 9, "b" * 3), ("a" * 9, None), (None, None)], [1]),
        ([("a" * 9, "b"), ("a", "b" * 9)], []),
        ([("a" * 5, "b" * 5)], []),
        ([("a" * 11, None), (None, "b" * 11)], [0, 1]),
        ([], []),
    ],
    ids=["one-among-others", "greatest-of-two-rows", "the-most", "null-beside", "no-row"],
)
def test_rows_beyond_a_size(texts: list[tuple[str | None, str | None]], found: list[int]) -> None:
    rows = pl.DataFrame(texts, schema={"a": pl.String, "b": pl.String}, orient="row")
    sizes = [pl.col("a").str.len_bytes(), pl.col("b").str.len_bytes()]
    assert rows_beyond(rows, sizes, 10).to_list() == found
    assert rows_beyond(rows, [], 10).to_list() == []
