"""The pandera schema accepts what satisfies the contract, and names every broken rule as reasons show it."""

from dataclasses import replace
from decimal import Context, Decimal
from typing import Any

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.quality import Quality
from txplatform.contracts.render.pandera import pandera_schema
from txplatform.contracts.render.polars_types import polars_type
from txplatform.contracts.render.screen import suspects
from txplatform_tests.contracts.strategies import records, typed, typed_record, violations


def frame(contract: Contract, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={field.name: polars_type(field) for field in contract.fields}, orient="row")


def refusals(contract: Contract, data: pl.DataFrame) -> set[tuple[int | None, str, str]]:
    """(row, field, rule) of everything that the schema finds."""
    try:
        pandera_schema(contract).validate(data, lazy=True)
    except pa.errors.SchemaErrors as error:
        return set(error.failure_cases.select("index", "column", "check").iter_rows())
    return set()


def example(contract: Contract) -> dict[str, Any]:
    return typed_record(contract, {field.name: field.example for field in contract.fields})


@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_every_record_that_satisfies_the_contract_passes(contract: Contract, data: st.DataObject) -> None:
    rows = data.draw(st.lists(records(contract), min_size=1, max_size=4))

    found = frame(contract, [typed_record(contract, row) for row in rows])

    assert not suspects(contract, found).any()
    assert refusals(contract, found) == set()


@settings(deadline=None, max_examples=12)
@given(data=st.data())
def test_a_broken_rule_is_named_in_its_row_alone(contract: Contract, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([item for item in contract.fields if violations(item)]))
    rule = data.draw(st.sampled_from(sorted(violations(field))))
    value = typed(field, data.draw(violations(field)[rule]))
    good = example(contract)

    rows = frame(contract, [good, {**good, field.name: value}])
    found = refusals(contract, rows)

    assert suspects(contract, rows).to_list() == [False, True]
    assert (1, field.name, rule) in found
    assert {(row, name) for row, name, _ in found} == {(1, field.name)}


def test_all_reasons_of_all_rows_are_found(contract: Contract) -> None:
    good = example(contract)
    enum = next(field.name for field in contract.fields if field.enum)
    required = [field.name for field in contract.fields if field.required]
    rows = [good, {**good, enum: "?"}, dict.fromkeys(good)]

    found = refusals(contract, frame(contract, rows))

    assert found == {(1, enum, "enum"), *((2, name, "required") for name in required)}


@pytest.mark.parametrize(
    ("rules", "values", "marked"),
    [
        ({"required": True}, ["a", None], [False, True]),
        ({"min_length": 1}, ["é", "", None], [False, True, False]),
        ({"min_length": 2}, ["éé", "é", None], [False, True, False]),
        ({"max_length": 2}, ["éé", "ab", None], [False, False, False]),
        ({"max_length": 2}, ["éé", "éab", "abc"], [False, True, True]),
        ({"enum": ("a", "b")}, ["a", "c", None], [False, True, False]),
        ({"pattern": "a+"}, ["aa", "b", None], [False, True, False]),
        ({"pattern": "[0-9]{2}"}, ["00", "99", None], [False, False, False]),
        ({"pattern": "[0-9]{2}"}, ["0", "10", "100"], [True, False, True]),
        ({"pattern": "[0-9]{2}"}, ["0:", "10", "/0", "é"], [True, False, True, True]),
        ({"pattern": "[A-Z]{0,3}"}, ["", "A", "ABC", "ABCD"], [False, False, False, True]),
        ({"type": FieldType.INTEGER, "minimum": Decimal(1)}, [1, 0, None], [False, True, False]),
        ({"type": FieldType.INTEGER, "maximum": Decimal(1)}, [2, 1, None], [True, False, False]),
        ({"type": FieldType.INTEGER, "maximum": Decimal(1)}, [None, None], [False, False]),
        ({}, [], []),
    ],
)
def test_the_screen_marks_what_breaks_a_rule(rules: dict[str, Any], values: list[Any], marked: list[bool]) -> None:
    field = Field(**({"name": "it", "type": FieldType.STRING, "description": ""} | rules))
    contract = replace(next(iter(load_contracts().values())), fields=(field,), quality=Quality())
    rows = pl.DataFrame({"it": values}, schema={"it": polars_type(field)})
    assert suspects(contract, rows).to_list() == marked
    assert {row for row, _, _ in refusals(contract, rows)} == {row for row, bad in enumerate(marked) if bad}


def test_optional_fields_may_be_null(contract: Contract) -> None:
    row = {**example(contract), **{field.name: None for field in contract.fields if not field.required}}

    assert refusals(contract, frame(contract, [row])) == set()


def test_an_inexact_type_or_a_missing_column_is_refused_whole(contract: Contract) -> None:
    data = frame(contract, [example(contract)])
    first = contract.fields[0].name
    decimal = next(field.name for field in contract.fields if field.precision)

    with pytest.raises(pa.errors.SchemaErrors, match="COLUMN_NOT_IN_DATAFRAME"):
        pandera_schema(contract).validate(data.drop(first), lazy=True)
    with pytest.raises(pa.errors.SchemaErrors, match="WRONG_DATATYPE"):
        pandera_schema(contract).validate(data.with_columns(pl.col(decimal).cast(pl.Float64)), lazy=True)


def test_ranges_are_compared_with_all_38_digits() -> None:
    trades = load_contracts()["trades"]
    most = Decimal("99999999999999999999.999999999999999999")
    least = most.copy_negate()
    bounded = replace(trades["notional"], minimum=least.next_plus(Context(38)), maximum=most.next_minus(Context(38)))
    contract = replace(trades, fields=tuple(bounded if item.name == "notional" else item for item in trades.fields))
    rows = [{**example(trades), "notional": value} for value in (most, bounded.maximum, bounded.minimum, least)]

    found = refusals(contract, frame(contract, rows))

    assert found == {(0, "notional", "maximum"), (3, "notional", "minimum")}


def test_other_columns_are_left_alone(contract: Contract) -> None:
    data = frame(contract, [example(contract)]).with_columns(pl.lit(1).alias("_row"))

    assert pandera_schema(contract).validate(data, lazy=True).columns == data.columns
