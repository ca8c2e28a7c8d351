"""Values that are the contract's own are left alone, and all others are what the rules make of them."""

from dataclasses import replace
from types import MappingProxyType

import polars as pl
import pytest

from txplatform.contracts.model import Alignment, Field, FieldType
from txplatform.ingest.renaming import renamed

RULES = Alignment(case="lower", values=MappingProxyType({"paid": "settled", "new": "open", "B": "second"}))
FIELD = Field(name="status", type=FieldType.STRING, description="", enum=("open", "settled", "Mixed"), alignment=RULES)


@pytest.mark.parametrize("enum", [(), FIELD.enum, ("paid", "open")])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("open", "open"),
        ("OPEN", "open"),
        ("paid", "settled"),
        ("Paid", "settled"),
        ("NEW", "open"),
        ("B", "second"),
        ("b", "b"),
        ("Mixed", "mixed"),
        ("other", "other"),
        ("", ""),
        (None, None),
    ],
)
def test_a_value_is_what_the_rules_make_of_it(text: str | None, value: str | None, enum: tuple[str, ...]) -> None:
    field = replace(FIELD, enum=enum)
    texts = pl.Series("anything", [text, "open", text, None], dtype=pl.String)
    assert renamed(field, texts).to_list() == [value, "open", value, None]


def test_rows_that_need_no_rule_are_not_copied() -> None:
    texts = pl.Series("status", ["open", None, "settled"], dtype=pl.String)
    assert renamed(FIELD, texts) is texts
