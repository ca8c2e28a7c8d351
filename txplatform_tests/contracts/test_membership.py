"""Whether a text is one of a few says the same however many these are."""

import polars as pl
import pytest

from txplatform.contracts.render.membership import is_one_of

TEXTS = ["EUR", "a text that is longer than twelve bytes", "é", ""]


@pytest.mark.parametrize("others", [0, 8, 9, 30], ids=["few", "last-few", "many", "more"])
def test_texts_are_found_among_few_and_many(others: int) -> None:
    texts = [*TEXTS, *map(str, range(others))]
    rows = pl.DataFrame({"text": [*TEXTS, "eur", "EU", "a text that is longer than twelve bytes?", None]})
    found = rows.select(is_one_of(pl.col("text"), texts)).to_series()
    assert found.to_list() == [True, True, True, True, False, False, False, None]


def test_no_text_is_one_of_none() -> None:
    assert pl.DataFrame({"text": ["a"]}).select(is_one_of(pl.col("text"), [])).item() is False
