"""Columns are put together row by row, to the same texts whether their widths differ or not."""

from typing import Any

import polars as pl
import pytest

from txplatform.lake.joined_texts import joined

_NUMBERS = [7, 123456789012, 0]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["ab", "cd", "ab"], ["ab|000000000007|é", "cd|123456789012|é", "ab|000000000000|é"]),
        (["a", "bcd", ""], ["a|000000000007|é", "bcd|123456789012|é", "|000000000000|é"]),
        (["", "", ""], ["|000000000007|é", "|123456789012|é", "|000000000000|é"]),
        (["a", None, "b"], ["a|000000000007|é", None, "b|000000000000|é"]),
    ],
    ids=["one-width", "widths", "empty", "null"],
)
def test_rows_are_joined(texts: list[str | None], expected: list[str | None]) -> None:
    columns = [pl.Series(texts), pl.Series(_NUMBERS), pl.Series(["é"]).new_from_index(0, 3)]
    for shared in (columns[2], "é"):
        found: Any = joined([*columns[:2], shared], "|", 12)
        found.validate(full=True)
        assert found.to_pylist() == expected


def test_pieces_and_parts_of_columns_are_joined() -> None:
    texts = pl.concat(
        [pl.Series(["aaaaaaaaaaaaaaa"]), pl.Series(["bbbbbbbbbbbbbbb", "ccccccccccccccc"])], rechunk=False
    )
    found = joined([texts.slice(1), pl.Series(_NUMBERS).slice(1)], "-", 12)
    assert found.to_pylist() == ["bbbbbbbbbbbbbbb-123456789012", "ccccccccccccccc-000000000000"]


def test_no_rows_are_joined() -> None:
    none = [pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.Int64)]
    assert joined(none, "|", 12).to_pylist() == []
    assert joined(["0", *none, "1"], "|", 12).to_pylist() == []
