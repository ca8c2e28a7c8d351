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
from txplatform.contracts.model import Contract
from txplatform.contracts.render.pandera import pandera_schema
from txplatform.contracts.render.polars_types import polars_type
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

    assert refusals(contract, frame(contract, [typed_record(contract, row) for row in rows])) == set()


@settings(deadline=None, max_examples=12)
@given(data=st.data())
def test_a_broken_rule_is_named_in_its_row_alone(contract: Contract, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([item for item in contract.fields if violations(item)]))
    rule = data.draw(st.sampled_from(sorted(violations(field))))
    value = typed(field, data.draw(violations(field)[rule]))
    good = example(contract)

    found = refusals(contract, frame(contract, [good, {**good, field.name: value}]))

    assert (1, field.name, rule) in found
    assert {(row, name) for row, name, _ in found} == {(1, field.name)}


def test_all_reasons_of_all_rows_are_found(contract: Contract) -> None:
    good = example(contract)
    enum = next(field.name for field in contract.fields if field.enum)
    required = [field.name for field in contract.fields if field.required]
    rows = [good, {**good, enum: "?"}, dict.fromkeys(good)]

    found = refusals(contract, frame(contract, rows))

    assert found == {(1, enum, "enum"), *((2, name, "required") for name in required)}


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
