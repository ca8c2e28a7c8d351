"""What a query answers, to the digit and in Athena's types."""

import pytest
from pyiceberg.table import Table

from txplatform_tests.local.aws.aws_process import Ask

ANSWERS = {
    # exact decimals
    "SELECT sum(amount), count(*) FROM sales": (("decimal(38,2)", "bigint"), ("10000000000000010.09", "4")),
    "SELECT avg(amount) FROM sales WHERE id < 'c'": (("decimal(18,2)",), ("5.05",)),
    "SELECT sum(amount) / count(amount) FROM sales": (("decimal(38,2)",), ("3333333333333336.70",)),
    "SELECT avg(quantity), sum(quantity) FROM sales": (("double", "bigint"), ("4.0", "12")),
    "SELECT avg(amount) FILTER (WHERE paid) FROM sales": (("decimal(18,2)",), ("10.00",)),
    "SELECT avg(amount) FROM sales WHERE id = 'd'": (("decimal(18,2)",), (None,)),
    "SELECT DECIMAL '1.00' / 3, DECIMAL '2.0' / DECIMAL '3.00', DECIMAL '-1.0' / 8": (None, ("0.33", "0.67", "-0.1")),
    "SELECT amount * 3 FROM sales WHERE id = 'b'": (None, ("0.30",)),
    "SELECT 7 / 2, -7 / 2, 7e0 / 2": (("integer", "integer", "double"), ("3", "-3", "3.5")),
    "SELECT if(paid, DECIMAL '0.00', amount), DECIMAL '-1.50', decimal '7' FROM sales WHERE id = 'b'": (
        None,
        ("0.10", "-1.50", "7"),
    ),
    "SELECT cast(DECIMAL '1.5' AS decimal), cast('1.5' AS decimal), cast('1.25' AS decimal(10,1))": (
        None,
        ("2", "2", "1.3"),
    ),
    # time
    "SELECT created_at FROM sales WHERE id = 'a'": (("timestamp with time zone",), ("2024-01-01 12:30:00.123456 UTC",)),
    "SELECT cast(created_at AS date), date_trunc('month', created_at) FROM sales WHERE id = 'a'": (
        ("date", "timestamp with time zone"),
        ("2024-01-01", "2024-01-01 00:00:00.000000 UTC"),
    ),
    "SELECT created_at AT TIME ZONE 'Europe/Berlin', hour(created_at AT TIME ZONE 'Asia/Kolkata') FROM sales "
    "WHERE id = 'a'": (
        ("timestamp with time zone", "bigint"),
        ("2024-01-01 13:30:00.123456 Europe/Berlin", "18"),
    ),
    "SELECT max(created_at) - min(created_at), cast(INTERVAL '1' YEAR AS varchar), INTERVAL '14' MONTH FROM sales": (
        ("interval day to second", "varchar", "interval year to month"),
        ("1 00:00:00.000", "1-0", "1-2"),
    ),
    "SELECT cast(reasons AS json), reasons[1].field FROM sales WHERE id = 'b'": (
        ("json", "varchar"),
        ('[{"field":"x","rule":"enum"}]', "x"),
    ),
    "SELECT date_trunc('month', DATE '2024-02-29'), DATE '2024-01-31' + INTERVAL '1' MONTH": (
        ("date", "date"),
        ("2024-02-01", "2024-02-29"),
    ),
    "SELECT date_add('day', 2, DATE '2024-02-28'), date_diff('day', DATE '2024-02-28', DATE '2024-03-01')": (
        ("date", "bigint"),
        ("2024-03-01", "2"),
    ),
    "SELECT date_diff('day', TIMESTAMP '2024-01-01 23:00:00', TIMESTAMP '2024-01-02 01:00:00')": (None, ("0",)),
    "SELECT created_at AT TIME ZONE 'UTC' FROM sales WHERE id = 'a'": (
        ("timestamp with time zone",),
        ("2024-01-01 12:30:00.123456 UTC",),
    ),
    "SELECT cast(created_at AS timestamp), cast(created_at AS timestamp(6)) FROM sales WHERE id = 'a'": (
        ("timestamp", "timestamp"),
        ("2024-01-01 12:30:00.123", "2024-01-01 12:30:00.123456"),
    ),
    "SELECT cast(created_at AS varchar), format_datetime(created_at, 'yyyy-MM') FROM sales WHERE id = 'a'": (
        ("varchar", "varchar"),
        ("2024-01-01 12:30:00.123456 UTC", "2024-01"),
    ),
    # text, null and nesting
    "SELECT split_part('a-b', '-', 3), regexp_extract('abc', 'x'), regexp_extract('abc', 'b')": (
        None,
        (None, None, "b"),
    ),
    "SELECT NULL AS a, '' AS b, 'q\"x' AS c, cast('abc' AS varchar(2)) AS d": (None, (None, "", 'q"x', "ab")),
    "SELECT id, r.rule FROM sales CROSS JOIN UNNEST(reasons) AS r(field, rule)": (None, ("b", "enum")),
    "SELECT reasons FROM sales WHERE id = 'b'": (("array",), ("[{field=x, rule=enum}]",)),
    "SELECT reasons[1].rule FROM sales WHERE id = 'b'": (("varchar",), ("enum",)),
    "SELECT 1e7, 1e-4, 0.5e0, cast(1e7 AS varchar), true": (None, ("1.0E7", "1.0E-4", "0.5", "1.0E7", "true")),
    "SELECT try_cast('x' AS integer), coalesce(NULL, 2), count_if(paid) FROM sales": (None, (None, "2", "1")),
    # shape
    "WITH sales AS (SELECT 1 AS x) SELECT x FROM sales": (None, ("1",)),
    "WITH a AS (SELECT max(id) AS m FROM sales), b AS (SELECT m || '!' AS n FROM a) SELECT n FROM b": (None, ("d!",)),
    "SELECT id FROM shop.sales WHERE shop.sales.amount = 10": (None, ("a",)),
    "SELECT id FROM sales ORDER BY created_at DESC, id LIMIT 1": (None, ("b",)),
    "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY amount DESC NULLS LAST) AS n FROM sales) WHERE n = 1": (
        None,
        ("c",),
    ),
    "WITH s AS (SELECT id AS k FROM sales), g AS (SELECT max(k) AS k FROM s GROUP BY k) SELECT count(*) FROM g": (
        None,
        ("4",),
    ),
    "SELECT upper(id) AS id FROM sales WHERE id = 'a' GROUP BY id ORDER BY id": (None, ("A",)),
    "-- a comment\nSELECT count(*) FROM sales s JOIN sales t USING (id);": (("bigint",), ("4",)),
}


@pytest.mark.parametrize("sql", ANSWERS)
def test_answer(sql: str, ask: Ask, sales: Table) -> None:
    types, row = ANSWERS[sql]
    answer = ask(sql)
    assert answer.error == ""
    assert answer.rows == [row]
    if types is not None:
        assert tuple(kind for _, kind in answer.columns) == types


def test_unnamed_columns_are_numbered(ask: Ask, sales: Table) -> None:
    answer = ask("SELECT id, count(*), sum(amount) AS s, cast(id AS varchar) FROM sales GROUP BY id")
    assert [name for name, _ in answer.columns] == ["id", "_col1", "s", "_col3"]


ERRORS = {
    "SELECT amuont FROM sales": "COLUMN_NOT_FOUND: line 1:8: Column 'amuont' cannot be resolved",
    "SELECT id,\n  s.amuont FROM sales s": "COLUMN_NOT_FOUND: line 2:5: Column 'amuont' cannot be resolved",
    "SELECT * FROM slaes": "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.shop.slaes' does not exist",
    "SELECT * FROM nowhere.sales": "SCHEMA_NOT_FOUND",
    "SELECT * FORM sales": "SYNTAX_ERROR: line 1:15: mismatched input 'sales'",
    "SELECT id,, amount FROM sales": "SYNTAX_ERROR: line 1:11: mismatched input ','",
    "SELECT id, amount, FROM sales": "SYNTAX_ERROR: line 1:20: mismatched input 'FROM'",
    "SELECT id FROM sales GROUP BY amount": "EXPRESSION_NOT_AGGREGATE",
    "SELECT frobnicate(id) FROM sales": "NOT_SUPPORTED: line 1:8: Function 'frobnicate'",
    "SELECT 1 / 0": "DIVISION_BY_ZERO",
    "SELECT DECIMAL '1.5' / 0": "DIVISION_BY_ZERO",
    "SELECT cast('x' AS integer)": "INVALID_CAST_ARGUMENT",
    "SELECT id FROM sales s JOIN sales t ON s.id = t.id": "AMBIGUOUS_NAME",
    "SELECT ?": "INVALID_PARAMETER_USAGE",
    "SELECT reasons[1] FROM sales WHERE id = 'a'": "INVALID_FUNCTION_ARGUMENT: Array subscript must be less than",
    "SELECT DECIMAL 'x'": "INVALID_LITERAL: line 1:8: 'x' is not a valid DECIMAL literal",
    # DuckDB would take it, Athena does not
    "SELECT upper(id) AS big FROM sales GROUP BY big": "COLUMN_NOT_FOUND: line 1:21: Column 'big' cannot be resolved",
    "SELECT amount * 2 AS twice FROM sales WHERE twice > 1": "COLUMN_NOT_FOUND",
    "SELECT amount * 2 AS twice, twice + 1 AS more FROM sales": "COLUMN_NOT_FOUND",
    "WITH s AS (SELECT id AS k FROM sales), g AS (SELECT upper(k) AS u FROM s GROUP BY u) SELECT * FROM g": "COL",
    "SELECT id::varchar FROM sales": "SYNTAX_ERROR: line 1:10: mismatched input ':'",
    "SELECT id FROM sales WHERE id ILIKE 'A'": "NOT_SUPPORTED",
    "SELECT id FROM sales QUALIFY row_number() OVER (ORDER BY id) = 1": "SYNTAX_ERROR",
    # refused, because it would be wrong without notice
    "SELECT cast(created_at AS timestamp(0)) FROM sales": "NOT_SUPPORTED",
    "SELECT format_datetime(created_at, 'w') FROM sales": "NOT_SUPPORTED",
    "SELECT array_agg(created_at AT TIME ZONE 'Europe/Berlin') FROM sales": "NOT_SUPPORTED",
    "SELECT r FROM sales CROSS JOIN UNNEST(reasons) AS t(r)": "SYNTAX_ERROR",
    "SELECT k FROM (SELECT map(ARRAY['a'], ARRAY[1]) AS m) CROSS JOIN UNNEST(m) AS t(k, v)": "NOT_SUPPORTED",
    "SELECT * FROM sales FOR TIMESTAMP AS OF TIMESTAMP '2020-01-01 00:00:00 UTC'": "INVALID_ARGUMENTS",
}


@pytest.mark.parametrize("sql", ERRORS)
def test_error(sql: str, ask: Ask, sales: Table) -> None:
    answer = ask(sql)
    assert answer.execution["Status"]["State"] == "FAILED"
    assert answer.error.startswith(ERRORS[sql])
    assert answer.execution["Status"]["AthenaError"]["ErrorMessage"] == answer.error


def test_parameters_take_the_place_of_question_marks(ask: Ask, sales: Table) -> None:
    sql = "SELECT id, '?' FROM sales WHERE id = ? AND amount > ?"
    assert ask(sql, "'a'", "-1.5").rows == [("a", "?")]
    assert "INVALID_PARAMETER_USAGE" in ask(sql, "'a' OR true", "1").error
    assert "expected 2 but found 1" in ask(sql, "'a'").error


def test_a_table_can_be_read_as_of_a_snapshot(ask: Ask, sales: Table) -> None:
    first = sales.history()[0].snapshot_id
    assert ask(f"SELECT count(*) FROM sales FOR VERSION AS OF {first}").rows == [("2",)]
