"""Nested values survive every form of file and the change lines digit for digit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.contracts.model import Contract, FieldType
from txplatform_tests.contracts.nested_strategies import nested_contracts
from txplatform_tests.contracts.strategies import records, typed_record
from txplatform_tests.ingest.nested_files import (
    as_array,
    as_changes,
    as_csv,
    as_lines,
    as_parquet,
    gated,
    gated_changes,
    lake_values,
    reasons,
)
from txplatform_tests.lambdas.nested import purchase
from txplatform_tests.samples.nested import purchases

FORMS = {"x.jsonl": as_lines, "x.json": as_array, "x.csv": as_csv, "x.parquet": as_parquet}
_EXAMPLES = settings(deadline=None, max_examples=12)


def _without_empty_texts(contract: Contract, record: dict) -> dict:
    """An empty text in a CSV cell of its own is absent."""
    empty = [field.name for field in contract.fields if field.type is FieldType.STRING and record.get(field.name) == ""]
    return {name: value for name, value in record.items() if name not in empty}


@pytest.mark.parametrize("name", FORMS)
@_EXAMPLES
@given(data=st.data())
def test_a_file_of_any_form_is_read_as_it_was_written(name: str, data: st.DataObject) -> None:
    contract = purchases()
    drawn = data.draw(st.lists(records(contract), min_size=1, max_size=4))
    if name == "x.csv":
        drawn = [_without_empty_texts(contract, record) for record in drawn]
    found = gated(contract, name, FORMS[name](contract, drawn))
    assert reasons(found) == []
    assert lake_values(found) == [typed_record(contract, record) for record in drawn]


@_EXAMPLES
@given(data=st.data())
def test_change_lines_are_read_as_they_were_written(data: st.DataObject) -> None:
    contract = purchases()
    drawn = data.draw(st.lists(records(contract), min_size=1, max_size=4))
    found = gated_changes(contract, as_changes(contract, drawn))
    assert reasons(found) == []
    assert lake_values(found) == [typed_record(contract, record) for record in drawn]


@_EXAMPLES
@given(contract=nested_contracts(), data=st.data())
def test_fields_of_any_shape_are_read_as_they_were_written(contract: Contract, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(records(contract), min_size=1, max_size=3))
    expected = [typed_record(contract, record) for record in drawn]
    for name, form in FORMS.items():
        if name != "x.csv":
            assert lake_values(gated(contract, name, form(contract, drawn))) == expected, name
    assert lake_values(gated_changes(contract, as_changes(contract, drawn))) == expected


@pytest.mark.parametrize("name", FORMS)
def test_names_of_maps_are_sorted_in_every_form(name: str) -> None:
    record = purchase(attributes={"b": "1", "😀": "2", "\uffff": "3", "a": "4"})
    found = gated(purchases(), name, FORMS[name](purchases(), [record]))
    assert [list(row["attributes"]) for row in found.good.to_dicts()] == [["a", "b", "\uffff", "😀"]]
