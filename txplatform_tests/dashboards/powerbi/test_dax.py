"""The measures of the model, evaluated over the rows of their marts, are the figures that Athena and the page show."""

import re
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.powerbi.semantic_model import all_marts, semantic_model
from txplatform.dashboards.powerbi.types import DOUBLE_DIGITS
from txplatform.warehouse.marts.dictionary import measures
from txplatform.warehouse.marts.measures import Figure
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.marts.rollup import rolled_up
from txplatform_tests.dashboards.powerbi.dax import evaluate
from txplatform_tests.warehouse.books import Books
from txplatform_tests.warehouse.marts.test_figures import books

__all__ = ["books"]

CONTRACTS = load_contracts()
MODEL = semantic_model(CONTRACTS, "eu-central-1")
TABLES = {table.name: table for table in MODEL.tables}


def loaded(mart: Mart, row: dict[str, Any]) -> dict[str, Any]:
    """A row as Power BI has it: decimals with more than four digits are doubles."""
    types = {column.source: column.type for column in TABLES[mart.name].columns}
    fixed = Decimal("0.0001")
    for name, value in row.items():
        if isinstance(value, Decimal) and name in types:
            row[name] = float(value) if types[name].approximate else value.quantize(fixed)
            assert types[name].approximate or row[name] == value, "a fixed decimal has every digit"
    return row


@pytest.mark.parametrize("mart", all_marts(CONTRACTS), ids=lambda mart: mart.name)
def test_power_bi_computes_what_athena_and_the_page_show(books: Books, mart: Mart) -> None:
    known = measures(CONTRACTS[mart.entity])
    rows = [loaded(mart, row) for row in books.rows(f"SELECT * FROM {mart.name}")]
    assert rows
    names = [name for name in mart.measures if not isinstance(known[name].form, Figure)]
    by = ["currency"] if "currency" in mart.dimensions else []
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in by)].append(row)
    for name, measure in zip(mart.measures, TABLES[mart.name].measures, strict=True):
        if name in names:
            for figures in books.rows(rolled_up(CONTRACTS[mart.entity], mart.name, by, names)):
                group = groups[tuple(figures[column] for column in by)]
                assert_same(evaluate(measure.expression, mart.name, group), figures[name], measure.name)
        else:
            for row in rows:
                assert_same(evaluate(measure.expression, mart.name, [row]), row[name], measure.name)
            assert evaluate(measure.expression, mart.name, rows) is None or len(rows) == 1
    assert all(len(group) < len(rows) for group in groups.values()) or not by


def assert_same(found: Any, expected: Any, name: str) -> None:
    if isinstance(found, float):  # a ratio, or a sum of what Power BI holds as doubles
        assert f"{found:.{DOUBLE_DIGITS - 1}g}" == f"{expected:.{DOUBLE_DIGITS - 1}g}" or found == float(expected), name
    else:
        assert found == expected, name


def test_what_is_measured_in_a_currency_is_not_added_over_currencies() -> None:
    [measure] = [item for item in TABLES["payments_daily"].measures if item.title == "Paid value"]
    euro, yen = {"currency": "EUR", "value": Decimal("1.5")}, {"currency": "JPY", "value": Decimal(200)}
    assert evaluate(measure.expression, "payments_daily", [euro, euro]) == Decimal(3)
    assert evaluate(measure.expression, "payments_daily", [euro, yen]) is None
    assert evaluate(measure.expression, "payments_daily", []) is None


def test_rates_are_made_of_sums_and_are_blank_without_a_divisor() -> None:
    [measure] = [item for item in TABLES["payments_daily"].measures if item.title == "Acceptance rate"]
    days = [{"accepted_payments": 1, "payments": 1}, {"accepted_payments": 1, "payments": 2}]
    assert evaluate(measure.expression, "payments_daily", days) == 0.666667
    assert evaluate(measure.expression, "payments_daily", [{"accepted_payments": 0, "payments": 0}]) is None


def test_every_measure_of_the_dictionary_that_a_mart_has_is_in_the_model() -> None:
    expected = [(mart.name, len(mart.measures)) for mart in all_marts(CONTRACTS)]
    assert [(table.name, len(table.measures)) for table in MODEL.tables if not table.calculated] == expected
    functions = {name for table in MODEL.tables for item in table.measures
                 for name in re.findall(r"([A-Z]+)\(", item.expression)}  # fmt: skip
    assert functions == {"COUNTROWS", "DIVIDE", "HASONEVALUE", "IF", "MAX", "ROUND", "SUM"}
