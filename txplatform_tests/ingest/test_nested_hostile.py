"""Cells of nested fields that hold anything at all: each is a value or a reason, and harms no row beside it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform_tests.contracts.strategies import records
from txplatform_tests.ingest.nested_files import as_csv, as_lines, gated, lake_values, reasons
from txplatform_tests.lambdas.nested import purchase
from txplatform_tests.samples.nested import purchases


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "null",
        "{",
        "]",
        '"x"',
        "[]]",
        "[] []",
        "[],[]",
        '[{"sku":"A-1","amount":"1.0000"}',
        ',{"sku":"A-1","amount":"1.0000"}]',
        '[{"sku":"A-1","sku":"B-1","amount":"1.0000"}]',
        '[{"sku":"A-1","amount":NaN}]',
        '[{"sku":"A-1","amount":1.}]',
        '[{"sku":"A-1","amount":01}]',
        '[{"sku":"\\ud800","amount":"1.0000"}]',
        '[{"sku":"A-1\u0001","amount":"1.0000"}]',
        "[" * 5_000,
        '[{"sku":' + "[" * 3_000,
    ],
)
def test_a_cell_that_is_no_list_harms_no_row_beside_it(cell: str) -> None:
    """Two such cells, too, are not read as one value that spans the rows."""
    rows = [purchase(purchase_id=f"p{number}") for number in range(4)]
    table = as_csv(purchases(), rows).decode().splitlines()
    whole = '"' + json.dumps(rows[0]["line_items"], separators=(",", ":")).replace('"', '""') + '"'
    broken = '"' + cell.replace('"', '""') + '"'
    for place in (2, 3):
        assert whole in table[place]
        table[place] = table[place].replace(whole, broken)
    found = gated(purchases(), "x.csv", "\n".join(table))
    if cell:
        assert {place.partition("[")[0] for row in reasons(found) for place, _ in row} <= {"line_items", ""}
        assert found.refused["row"].to_list() == [3, 4]
    kept = [row for row in lake_values(found) if row["line_items"]]
    assert [row["purchase_id"] for row in kept] == ["p0", "p3"]
    assert all(len(row["line_items"]) == 2 for row in kept)


@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_any_text_in_a_nested_cell_is_a_value_or_a_reason(data: st.DataObject) -> None:
    alphabet = st.sampled_from([*'[]{}",:\\ 019.eE-+tfn', "null", "true", '"sku"', '"amount"', "\x01", "\ud7ff"])
    cells = data.draw(st.lists(st.lists(alphabet, min_size=1, max_size=12).map("".join), min_size=1, max_size=5))
    good = data.draw(records(purchases())) | {"purchase_id": "good"}
    rows = [good, *(purchase(purchase_id=f"p{number}", line_items=cell) for number, cell in enumerate(cells))]
    for name, form in (("x.jsonl", as_lines), ("x.csv", as_csv)):
        found = gated(purchases(), name, form(purchases(), rows))
        assert found.good.height + found.refused.height == len(rows), name
        assert "good" in found.good["purchase_id"].to_list(), name
