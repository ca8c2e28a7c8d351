"""EXPLAIN: the operators that a statement runs with here, in the form that Athena gives a plan."""

import json

import pytest
from pyiceberg.table import Table

from txplatform_tests.local.aws.aws_process import Ask

JOIN = "SELECT a.id FROM sales a LEFT JOIN sales b ON a.id = b.id AND {}"


def plan(ask: Ask, statement: str) -> str:
    answer = ask(f"EXPLAIN {statement}")
    assert answer.error == ""
    assert answer.columns == [("Query Plan", "varchar")]
    assert answer.execution["StatementType"] == "UTILITY"
    return "\n".join(str(line) for (line,) in answer.rows)


def test_a_plan_tells_a_hash_join_from_a_nested_loop(sales: Table, ask: Ask) -> None:
    assert "HASH_JOIN[" in plan(ask, JOIN.format("a.quantity > b.quantity"))
    assert "NL_JOIN[" in plan(ask, JOIN.format("(a.quantity > b.quantity OR a.amount > b.amount)"))


def test_a_plan_shows_what_a_scan_is_asked_for(sales: Table, ask: Ask) -> None:
    shown = plan(ask, "SELECT amount FROM sales WHERE id = 'a'")
    assert "ICEBERG_SCAN[" in shown
    assert "Filters: id='a'" in shown


def test_the_plan_of_a_merge_is_that_of_its_join_and_changes_nothing(sales: Table, ask: Ask) -> None:
    sql = "MERGE INTO sales t USING (SELECT id FROM sales) s ON t.id = s.id WHEN MATCHED THEN DELETE"
    assert "HASH_JOIN[" in plan(ask, sql)
    assert ask("SELECT count(*) FROM sales").rows == [("4",)]


def test_a_plan_comes_as_json_too(sales: Table, ask: Ask) -> None:
    rows = ask("EXPLAIN (FORMAT JSON) SELECT count(*) FROM sales").rows
    assert json.loads("\n".join(str(line) for (line,) in rows))[0]["name"]


@pytest.mark.parametrize("statement", ["ANALYZE SELECT 1", "(TYPE VALIDATE) SELECT 1", "SELECT nope FROM sales", ""])
def test_refused(statement: str, sales: Table, ask: Ask) -> None:
    assert ask(f"EXPLAIN {statement}").error.startswith(("NOT_SUPPORTED", "COLUMN_NOT_FOUND"))
