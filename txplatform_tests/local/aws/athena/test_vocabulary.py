"""Every function that is let through has an answer here, as Athena gives it; what is not known is refused."""

import re
from collections.abc import Callable

import pytest

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import QueryError
from txplatform.local.aws.athena.statements import bare
from txplatform.local.aws.athena.vocabulary import FUNCTIONS, NODES
from txplatform_tests.local.aws.athena import test_queries, without_tables
from txplatform_tests.local.aws.athena.answers import ANSWERS, NOON
from txplatform_tests.local.aws.athena.reference import CASES

NODES_OF_TABLES = {  # their answers are in test_merge and test_queries
    *("Merge", "Whens", "When", "Insert", "Update", "Delete"),
    "Version",
}

REFUSED = {
    # functions under DuckDB's names, or of other meaning
    "median(n) FROM t": "Function 'median'",
    "string_agg(s, ',') FROM t": "Function 'string_agg'",
    "strftime(now(), '%Y')": "Function 'strftime'",
    "getenv('HOME')": "Function 'getenv'",
    "* FROM read_text('/etc/hostname')": "Function 'read_text'",
    "* FROM read_csv('/etc/hostname')": "Function 'read_csv'",
    "* FROM duckdb_secrets()": "Function 'duckdb_secrets'",
    "* FROM query('SELECT 1')": "Function 'query'",
    # syntax
    "* EXCLUDE (n) FROM t": "NOT_SUPPORTED",
    "* EXCEPT (n) FROM t": "EXCEPT",
    "* REPLACE (1 AS n) FROM t": "REPLACE",
    "COLUMNS('n') FROM t": "NOT_SUPPORTED",
    "[1, 2]": "SYNTAX_ERROR: line 1:8: mismatched input '['",
    "{'a': 1}": "SYNTAX_ERROR: line 1:8: mismatched input '{'",
    "1 == 1": "SYNTAX_ERROR: line 1:10: mismatched input '=='",
    "2 ^ 3": "SYNTAX_ERROR: line 1:10: mismatched input '^'",
    "'a' 'b'": "SYNTAX_ERROR",
    "1_000": "SYNTAX_ERROR",
    "n FROM t LIMIT 50%": "mismatched input '%'",
    "n FROM (VALUES 1) AS t(n) ORDER BY n OFFSET 1 FETCH FIRST 1 ROWS WITH TIES": "WITH TIES",
    "t.n FROM t SEMI JOIN u ON t.n = u.n": "SEMI join",
    "t.n FROM t ANTI JOIN u ON t.n = u.n": "ANTI join",
    "t.n FROM t ASOF JOIN u ON t.n >= u.n": "ASOF join",
    "n FROM t UNION BY NAME SELECT n FROM t": "BY NAME",
    "n FROM t WHERE s GLOB 'a'": "GLOB",
    "n FROM t USING SAMPLE 1": "SAMPLE",
    "ARRAY[1, 2][3]": "INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: 3 > 2",
    "ARRAY[1, 2][0]": "INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1",
    "ARRAY[1, 2][-1]": "INVALID_FUNCTION_ARGUMENT: Array subscript is negative: -1",
    "a[x] FROM (SELECT ARRAY[1] AS a, 1 AS x) AS t": "a computed subscript",
    "upper('abc')[1]": "TYPE_MISMATCH",
    "map(ARRAY['a'], ARRAY[1])['b']": "INVALID_FUNCTION_ARGUMENT: Key not present in map: b",
    "slice(ARRAY[1], 0, 1)": "INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1",
    "slice(ARRAY[1], 1, -1)": "INVALID_FUNCTION_ARGUMENT: length must be",
    "array_join(ARRAY[ARRAY[1]], ',')": "NOT_SUPPORTED",
    "try(sum(n)) FROM (VALUES 1) AS t(n)": "try of SUM(n)",
    "try(from_iso8601_date('2024-W01'))": "try of",
    "try('1' + 1)": "TYPE_MISMATCH",
    "date_format('2024-05-07', '%Y')": "TYPE_MISMATCH",
    f"date_format({NOON}, '%D')": "INVALID_FUNCTION_ARGUMENT: %D not supported in date format string",
    f"date_format({NOON}, '%')": "the date pattern",
    f"date_format({NOON}, 'a' || 'b')": "a computed date pattern",
    "date_parse('2024', '%a')": "date_parse with the pattern",
    "date_parse('2024 2024', '%Y %Y')": "date_parse with the pattern",
    "date_parse('13 PM', '%H %p')": "date_parse with the pattern",
    "date_parse('2024-05-07x', '%Y-%m-%d')": 'INVALID_FUNCTION_ARGUMENT: Invalid format: "2024-05-07x"',
    "date_parse('2023-02-29', '%Y-%m-%d')": "INVALID_FUNCTION_ARGUMENT",
    "date_parse('13', '%h')": "INVALID_FUNCTION_ARGUMENT",
    "from_iso8601_timestamp('2024-05-07 12:00:00')": "INVALID_FUNCTION_ARGUMENT",
    "from_iso8601_timestamp(s) FROM (VALUES '2024-05-07T12:00:00+02:00') AS t(s)": "NOT_SUPPORTED",
    "array_agg(TIMESTAMP '2020-01-01 05:00:00 +01:00')": "another time zone",
    "m FROM (VALUES TIMESTAMP '2020-01-01 05:00:00 +01:00', now()) AS t(m)": "time zones +01:00 and UTC",
    "* FROM (VALUES TIMESTAMP '2020-01-01 05:00:00 +01:00') AS t(x) CROSS JOIN UNNEST(ARRAY[1]) AS u(y)": "out of this",
    "TIMESTAMP '2020-01-01 05:00:00 PST'": "the time zone 'PST'",
    "now() AT TIME ZONE s FROM (VALUES 'UTC') AS t(s)": "the computed time zone",
    "ARRAY[TIME '10:00:00']": "time inside of another value",
    "from_iso8601_timestamp('2024-13-07')": "INVALID_FUNCTION_ARGUMENT",
    "from_iso8601_date('2024-W19-2')": "NOT_SUPPORTED",
    "date('2024-05-07 12:00:00')": "INVALID_CAST_ARGUMENT",
    "to_unixtime('2024-05-07')": "TYPE_MISMATCH",
    "truncate(7)": "NOT_SUPPORTED",
    "bitwise_and(1.5, 1)": "TYPE_MISMATCH",
    "md5('a')": "TYPE_MISMATCH",
    "to_hex('a')": "TYPE_MISMATCH",
    "from_base('zz', 16)": "INVALID_FUNCTION_ARGUMENT: Not a valid base-16 number: zz",
    "from_base(10, 16)": "TYPE_MISMATCH",
    "chr(-1)": "INVALID_FUNCTION_ARGUMENT: Not a valid Unicode code point: -1",
    "codepoint('ab')": "codepoint",
    "concat_ws(',', 1)": "TYPE_MISMATCH",
    "listagg(n, ',') WITHIN GROUP (ORDER BY n) FROM (VALUES 1) AS t(n)": "TYPE_MISMATCH",
    "listagg(s, ',' ON OVERFLOW ERROR) WITHIN GROUP (ORDER BY s) FROM (VALUES 'a') AS t(s)": "ON OVERFLOW",
    "listagg(DISTINCT s, ',') WITHIN GROUP (ORDER BY s) FROM (VALUES 'a') AS t(s)": "listagg",
    "unnest(ARRAY[1])": "UNNEST",
    "cast(x AS row(a integer)) FROM (SELECT row(1) AS x) AS t": "a cast to",
    "try_cast(ARRAY[1] AS array(bigint))": "try_cast to",
    "format('%.1f', 0.15)": "the format",
    "format('%e', 1.5)": "the format",
    "json_parse('1.10')": "the number 1.10",
    "json_extract('{\"b\":1,\"a\":2}', '$')": "unordered",
    "json_extract('[1]', '$[*]')": "the JSON path",
    "reduce(ARRAY[1e0], 0, (s, x) -> s + x, s -> s)": "reduce of integer to double",
    "trim(CAST('a' AS CHAR(3)))": "CHAR at this place",
    "* FROM (VALUES CAST('a' AS CHAR(3)), 'b') AS t(x)": "CHAR of several lengths",
    "n FROM (VALUES 1) AS t(n) TABLESAMPLE BERNOULLI (10)": "a sample of other than 100 percent",
    "json_value('{\"a\": 1.5}', 'lax $.a')": "json_value of the number",
    "json_exists('{}', 'lax $.*')": "the JSON path",
    "ROW(1, n) < ROW(1, 2) FROM (VALUES 1) AS t(n)": "the order of rows that may hold nulls",
    "ARRAY[1, NULL] < ARRAY[1, 2]": "an order of arrays with nulls",
    "map_agg(n, n) FROM (VALUES 1, 1) AS t(n)": "map_agg of a key that is there twice",
    "array_sort(ARRAY[1, 2], (x, y) -> 5)": "INVALID_FUNCTION_ARGUMENT: Lambda comparator must return",
    "regexp_replace('ab', 'a', x -> NULL)": "a lambda that gives null",
    "random(10)": "a random number up to a bound",
    "max(n, 0) FROM (VALUES 1) AS t(n)": "a count other than a literal",
    "typeof(upper('a'))": "typeof",
    "luhn_check('')": "luhn_check",
    "from_utf8(from_hex('ff'))": "from_utf8 of bytes",
    "zip_with(ARRAY[1], ARRAY[1], (x, y) -> any_match(ARRAY[1], x -> x > 0))": "the parameter of one around it",
    "1.5 * INTERVAL '1' DAY + DATE '2024-01-01'": "INVALID_FUNCTION_ARGUMENT",
    # values
    "cast('1.5' AS integer)": "INVALID_CAST_ARGUMENT",
    "cast('1_000' AS integer)": "INVALID_CAST_ARGUMENT",
    "cast('1_000' AS decimal(10,2))": "INVALID_CAST_ARGUMENT",
    "cast('yes' AS boolean)": "INVALID_CAST_ARGUMENT",
    # types
    "now() > '2024-01-02'": "TYPE_MISMATCH",
    "1.5 > '5'": "TYPE_MISMATCH",
    "true = 1": "TYPE_MISMATCH",
    "pi(1)": "FUNCTION_NOT_FOUND",
    "1 IN ('a')": "TYPE_MISMATCH",
    "1 BETWEEN 'a' AND 'b'": "TYPE_MISMATCH",
    "'a' || 1": "TYPE_MISMATCH",
    "concat('a', 1)": "TYPE_MISMATCH",
    "coalesce(1.5, '0')": "TYPE_MISMATCH",
    "sum(true)": "TYPE_MISMATCH",
    "1 WHERE 1": "TYPE_MISMATCH",
}


@pytest.fixture(scope="module")
def run() -> Callable[[str], str]:
    connection = without_tables.connect()

    def run(selected: str) -> str:
        row = without_tables.answer(connection, f"SELECT {selected}")[0]
        return "|".join("null" if value is None else value for value in row)

    return run


@pytest.mark.parametrize("selected", ANSWERS)
def test_answer(run: Callable[[str], str], selected: str) -> None:
    assert run(selected) == ANSWERS[selected]


def test_every_function_has_an_answer() -> None:
    queries = [*ANSWERS, *(case["sql"] for case in CASES if "rows" in case and not case.get("refused"))]
    written = {name.lower() for query in queries for name in re.findall(r"(\w+)\(", query)}
    assert written >= FUNCTIONS


def test_every_node_has_an_answer() -> None:
    statements = [*(f"SELECT {selected}" for selected in ANSWERS), *test_queries.ANSWERS]
    statements += [case["sql"] for case in CASES if "rows" in case and not case.get("refused")]
    written = {type(node).__name__ for sql in statements for node in dialect.parse(bare(sql)).walk()}
    assert written | NODES_OF_TABLES == NODES


@pytest.mark.parametrize("selected", REFUSED)
def test_refused(run: Callable[[str], str], selected: str) -> None:
    with pytest.raises(QueryError) as refused:
        run(selected)
    assert REFUSED[selected] in str(refused.value)
