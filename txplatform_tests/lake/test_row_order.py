"""Rows are ordered by their key, whatever its texts are and however many begin alike."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.lake import row_order
from txplatform.lake.row_order import sorted_rows

TEXTS = st.text(st.characters(codec="utf-8"), max_size=4)


@given(TEXTS, st.lists(TEXTS, max_size=12, unique=True))
def test_texts_are_in_the_order_of_their_bytes(begin: str, ends: list[str]) -> None:
    keys = [begin + end for end in ends]
    rows = pl.DataFrame({"key": keys, "place": range(len(keys))}, schema={"key": pl.String, "place": pl.Int64})
    found = sorted_rows(rows, ["key"])
    assert found.columns == rows.columns
    assert [keys[place] for place in found["place"]] == found["key"].to_list()
    assert sorted(found["key"]) == sorted(keys)
    cut = [key.encode().ljust(len(begin.encode()) + 8, b"\0")[: len(begin.encode()) + 8] for key in found["key"]]
    assert cut == sorted(cut)


def test_keys_that_begin_alike_in_two_ways_are_compared_as_a_whole() -> None:
    keys = [f"{name}-2026-{number:04}" for number in range(50) for name in ("order", "refund")]
    rows = pl.DataFrame({"key": keys}).sample(fraction=1, shuffle=True, seed=1)
    assert sorted_rows(rows, ["key"])["key"].to_list() == sorted(keys)


def test_keys_of_other_types_are_sorted_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_order, "_leading_bytes", None)
    assert sorted_rows(pl.DataFrame({"key": [3, 1, 2]}), ["key"])["key"].to_list() == [1, 2, 3]
    assert sorted_rows(pl.DataFrame({"key": ["b", None, "a"]}), ["key"])["key"].to_list() == [None, "a", "b"]
    assert sorted_rows(pl.DataFrame({"key": ["b", "a"]}), [])["key"].to_list() == ["b", "a"]
