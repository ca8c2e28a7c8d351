"""Each measure is the same on the demo's data wherever it is shown: in Athena's views, in QuickSight, in Power BI.

The views are run; the calculated fields and the measures in DAX are evaluated over their rows.
"""

import re
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.powerbi.semantic_model import all_marts, semantic_model
from txplatform.dashboards.powerbi.types import DOUBLE_DIGITS
from txplatform.demo.expected import current_records
from txplatform.demo.generator import generate
from txplatform.warehouse.marts.dictionary import measures
from txplatform.warehouse.marts.expressions import in_quicksight
from txplatform.warehouse.marts.measures import Figure
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.marts.rollup import rolled_up
from txplatform_tests.dashboards.powerbi.dax import evaluate
from txplatform_tests.warehouse.books import Books

CONTRACTS = load_contracts()
TABLES = {table.name: table for table in semantic_model(CONTRACTS, "eu-central-1").tables}
of_each_mart = pytest.mark.parametrize("mart", all_marts(CONTRACTS), ids=lambda mart: mart.name)


@pytest.fixture(scope="module")
def books() -> Books:
    """The records that the demo ends with."""
    made = generate(CONTRACTS, datetime(2026, 11, 2, 10, tzinfo=UTC), seed=1, messages=300, days=5)
    found = Books()
    for entity, records in current_records(made.history, made.messages).items():
        found.add(entity, *records)
    return found


def test_every_measure_is_in_a_mart_that_has_rows(books: Books) -> None:
    marts = all_marts(CONTRACTS)
    shown = {(mart.entity, name) for mart in marts for name in mart.measures}
    assert shown == {(entity, name) for entity, contract in CONTRACTS.items() for name in measures(contract)}
    empty = [mart.name for mart in marts if not books.rows(f"SELECT 1 AS row FROM {mart.name} LIMIT 1")]
    assert empty == []


@of_each_mart
def test_quicksight_computes_what_athena_shows(books: Books, mart: Mart) -> None:
    """The calculated fields, evaluated as SQL, are the rolled-up figures; those that must not be added have none."""
    contract = CONTRACTS[mart.entity]
    known = measures(contract)
    fields = {name: field for name in mart.measures if (field := in_quicksight(known[name]))}
    assert {name for name in mart.measures if isinstance(known[name].form, Figure)} == set(mart.measures) - set(fields)
    expected = books.rows(rolled_up(contract, mart.name, (), list(fields)))[0] if fields else {}
    for name, field in fields.items():
        [found] = books.rows(f"SELECT {_as_sql(field)} AS figure FROM {mart.name}")
        assert _close(found["figure"], expected[name]), name


def _as_sql(expression: str) -> str:
    sql = re.sub(r"\{(\w+)\}", r"\1", expression)
    return re.sub(r"ifelse\((.+) = 0, NULL, (.+) / (.+)\)", r"CASE WHEN \1 <> 0 THEN CAST(\2 AS double) / \3 END", sql)


def _close(found: Any, expected: Any) -> bool:
    """Sums are equal to the digit; of quotients QuickSight rounds otherwise."""
    if isinstance(found, float):
        return abs(Decimal(found) - expected) <= Decimal("0.000001") * max(1, abs(expected))
    return found == expected


@of_each_mart
def test_power_bi_computes_what_athena_shows(books: Books, mart: Mart) -> None:
    known = measures(CONTRACTS[mart.entity])
    rows = [_loaded(mart, row) for row in books.rows(f"SELECT * FROM {mart.name}")]
    names = [name for name in mart.measures if not isinstance(known[name].form, Figure)]
    by = ["currency"] if "currency" in mart.dimensions else []
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in by)].append(row)
    for name, measure in zip(mart.measures, TABLES[mart.name].measures, strict=True):
        if name in names:
            for figures in books.rows(rolled_up(CONTRACTS[mart.entity], mart.name, by, names)):
                group = groups[tuple(figures[column] for column in by)]
                _assert_same(evaluate(measure.expression, mart.name, group), figures[name], measure.name)
        else:
            for row in rows:
                _assert_same(evaluate(measure.expression, mart.name, [row]), row[name], measure.name)
            assert evaluate(measure.expression, mart.name, rows) is None or len(rows) == 1
    assert all(len(group) < len(rows) for group in groups.values()) or not by


def _loaded(mart: Mart, row: dict[str, Any]) -> dict[str, Any]:
    """A row as Power BI has it: decimals with more than four digits are doubles."""
    types = {column.source: column.type for column in TABLES[mart.name].columns}
    fixed = Decimal("0.0001")
    for name, value in row.items():
        if isinstance(value, Decimal) and name in types:
            row[name] = float(value) if types[name].approximate else value.quantize(fixed)
            assert types[name].approximate or row[name] == value, "a fixed decimal has every digit"
    return row


def _assert_same(found: Any, expected: Any, name: str) -> None:
    if isinstance(found, float):  # a ratio, or a sum of what Power BI holds as doubles
        digits = f".{DOUBLE_DIGITS - 1}g"
        assert format(found, digits) == format(float(expected), digits), name
    else:
        assert found == expected, name
