"""The measures of the model in DAX: what they are of no rows, of several currencies, and without a divisor."""

import re
from decimal import Decimal

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.powerbi.semantic_model import all_marts, semantic_model
from txplatform_tests.dashboards.powerbi.dax import evaluate

CONTRACTS = load_contracts()
MODEL = semantic_model(CONTRACTS, "eu-central-1")
TABLES = {table.name: table for table in MODEL.tables}


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
