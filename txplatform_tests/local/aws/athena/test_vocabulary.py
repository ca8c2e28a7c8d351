"""Every function that is let through has an answer here, as Athena gives it; what is not known is refused."""

import re
from collections.abc import Callable

import duckdb
import pytest

from txplatform.errors import QueryError
from txplatform.local.aws.athena import dialect, functions
from txplatform.local.aws.athena.binding import Binder
from txplatform.local.aws.athena.errors import from_duckdb
from txplatform.local.aws.athena.results import collect
from txplatform.local.aws.athena.vocabulary import FUNCTIONS

ROWS = "(VALUES (1, 10.50, 'a'), (2, 20.25, 'b'), (3, NULL, 'c')) AS t(n, x, s)"
NOON = "TIMESTAMP '2024-05-07 12:34:56 UTC'"

ANSWERS = {
    f"count(*), count(x), sum(n), sum(x), avg(x), min(x), max(s) FROM {ROWS}": "3|2|6|30.75|15.38|10.50|c",
    f"count_if(n > 1), bool_and(n > 1), bool_or(n > 1), arbitrary(7), any_value(7) FROM {ROWS}": "2|false|true|7|7",
    "max_by(x, y), min_by(x, y) FROM (VALUES (NULL, 2), ('old', 1), ('lost', NULL)) AS t(x, y)": "null|old",
    f"array_agg(s ORDER BY n DESC), approx_distinct(s), approx_percentile(n, 0.5) FROM {ROWS}": "[c, b, a]|3|2",
    f"stddev(n), stddev_samp(n), variance(n), var_samp(n) FROM {ROWS}": "1.0|1.0|1.0|1.0",
    "stddev_pop(n), var_pop(n) FROM (VALUES 1, 3) AS t(n)": "1.0|1.0",
    f"n, row_number() OVER (ORDER BY n), rank() OVER (ORDER BY n), dense_rank() OVER (ORDER BY n) FROM {ROWS} "
    "ORDER BY n DESC LIMIT 1": "3|3|3|3",
    f"lag(s) OVER (ORDER BY n), lead(s) OVER (ORDER BY n), first_value(s) OVER (ORDER BY n), "
    f"last_value(s) OVER (ORDER BY n) FROM {ROWS} ORDER BY n OFFSET 1 LIMIT 1": "a|c|a|b",
    "coalesce(NULL, 2), nullif(1, 1), if(1 > 2, 3, 4), if(1 > 2, 3)": "2|null|4|null",
    "greatest(1, 2), least(1, 2), greatest(1, NULL), least(1, NULL)": "2|1|null|null",
    "abs(-1.50), ceil(1.2), ceiling(-1.2), floor(-1.2), round(-2.5), round(2.345, 2)": "1.50|2|-1|-2|-3|2.350",
    "power(2, 3), pow(2, 0.5e0), sqrt(4), exp(0), ln(1), mod(-7, 3)": "8.0|1.4142135623730951|2.0|1.0|0.0|-1",
    "length('é€'), lower('ÀB'), upper('àb'), trim(' a '), ltrim(' a'), rtrim('a '), trim(BOTH 'x' FROM 'xax')": (
        "2|àb|ÀB|a|a|a|a"
    ),
    "lpad('7', 3, '0'), rpad('a', 3, 'b'), concat('a', 'b', 'c'), concat('a', NULL), reverse('abc')": (
        "007|abb|abc|null|cba"
    ),
    "substr('abc', 2), substr('abc', 2, 1), substr('abc', -2), substring('abc', 1, 2)": "bc|b|bc|ab",
    "substr('abc', 0), substr('abc', -5), substr('abc', 4), substr('abc', 1, 0), substr(NULL, 0)": "||||null",
    "replace('aXb', 'X', '-'), split_part('a-b', '-', 2), split_part('a-b', '-', 3), split('a,b', ',')": (
        "a-b|b|null|[a, b]"
    ),
    "strpos('abc', 'c'), strpos('abc', 'x'), starts_with('abc', 'ab')": "3|0|true",
    "regexp_like('abc', 'b'), regexp_extract('a12', '\\d+'), regexp_extract('a12', '(a)(\\d)', 2)": "true|12|1",
    "regexp_replace('aXbX', 'X', '-'), regexp_replace('ab', '(a)(b)', '$2$1'), regexp_replace('ab', 'a')": "a-b-|ba|b",
    """json_extract_scalar('{"a": {"b": [1.50, "x"]}}', '$.a.b[0]'),
       json_extract_scalar('{"a": {"b": [1.50, "x"]}}', '$.a.b[1]'), json_extract_scalar('{"a": {"b": 1}}', '$.a'),
       json_extract_scalar('{"n": 9007199254740993.01, "t": true}', '$.n'), json_extract_scalar('{"t": true}', '$.t'),
       json_extract_scalar('{"t": null}', '$.t'), json_extract_scalar('{"t": 1', '$.t')""": (
        "1.50|x|null|9007199254740993.01|true|null|null"
    ),
    "date('2024-05-07'), date_trunc('month', DATE '2024-05-07'), date_add('month', -1, DATE '2024-03-31')": (
        "2024-05-07|2024-05-01|2024-02-29"
    ),
    "date_diff('day', DATE '2024-02-28', DATE '2024-03-01'), date_diff('year', DATE '2023-12-31', DATE '2024-01-01')": (
        "2|0"
    ),
    f"year({NOON}), month({NOON}), day({NOON}), hour({NOON}), minute({NOON}), second({NOON}), quarter({NOON})": (
        "2024|5|7|12|34|56|2"
    ),
    "day_of_week(DATE '2024-01-07'), dow(DATE '2024-01-07'), extract(dow FROM DATE '2024-01-07'), "
    "extract(year FROM DATE '2024-01-07')": "7|7|7|2024",
    f"at_timezone({NOON}, 'UTC'), with_timezone(TIMESTAMP '2024-05-07 12:00:00', 'UTC')": (
        "2024-05-07 12:34:56.000000 UTC|2024-05-07 12:00:00.000000 UTC"
    ),
    f"format_datetime({NOON}, 'yyyy-MM-dd HH:mm:ss'), now() = current_timestamp, current_date = date(now())": (
        "2024-05-07 12:34:56|true|true"
    ),
    "cardinality(ARRAY[1, 2]), contains(ARRAY[1, 2], 2), element_at(ARRAY[1, 2], -1), element_at(ARRAY[1, 2], 5)": (
        "2|true|2|null"
    ),
    "element_at(map(ARRAY['a'], ARRAY[1]), 'a'), element_at(map(ARRAY['a'], ARRAY[1]), 'b')": "1|null",
    "sum(n) FROM unnest(sequence(1, 4)) AS t(n)": "10",
    # arithmetic on what is grouped by
    f"n % 2 + 1, (n % 2 + 1) * 2, count(*) FROM {ROWS} GROUP BY n % 2, n % 2 + 1 ORDER BY 1 LIMIT 1": "1|2|1",
    # casts
    "cast(2.5e0 AS integer), cast(-2.5e0 AS bigint), cast(2.5 AS integer), cast('+7' AS integer)": "3|-3|3|7",
    "try_cast('1.5' AS integer), try_cast('1_0' AS bigint), try_cast('yes' AS boolean), try_cast('1_0' AS double)": (
        "null|null|null|null"
    ),
    "cast('1.5' AS decimal(3,1)), cast('1e1' AS double), cast('T' AS boolean)": "1.5|10.0|true",
    "cast(NULL AS integer), cast(NULL AS decimal(3,1))": "null|null",
    # comparisons of one kind
    "1 = 1.0, 1e0 < 2, DATE '2024-01-01' = TIMESTAMP '2024-01-01 00:00:00', 'a' IN ('b', NULL), 2 BETWEEN 1 AND 2.5": (
        "true|true|true|null|true"
    ),
}

REFUSED = {
    # functions under DuckDB's names, or of other meaning
    "median(n) FROM t": "Function 'median'",
    "string_agg(s, ',') FROM t": "Function 'string_agg'",
    "strftime(now(), '%Y')": "Function 'strftime'",
    "getenv('HOME')": "Function 'getenv'",
    "format('%05d', 42)": "Function 'format'",
    "typeof(1)": "Function 'typeof'",
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
    "n FROM t LIMIT 50%": "PERCENT",
    "n FROM t ORDER BY n FETCH FIRST 1 ROWS WITH TIES": "WITH TIES",
    "t.n FROM t SEMI JOIN u ON t.n = u.n": "SEMI join",
    "t.n FROM t ANTI JOIN u ON t.n = u.n": "ANTI join",
    "t.n FROM t ASOF JOIN u ON t.n >= u.n": "ASOF join",
    "n FROM t UNION BY NAME SELECT n FROM t": "BY NAME",
    "n FROM t WHERE s GLOB 'a'": "GLOB",
    "n FROM t USING SAMPLE 1": "SAMPLE",
    "ARRAY[1, 2][3]": "subscript",
    "map(ARRAY['a'], ARRAY[1])['b']": "subscript",
    "split('a,b,c', ',', 2)": "LIMIT",
    "max(n, 1) FROM t": "NOT_SUPPORTED",
    "unnest(ARRAY[1])": "UNNEST",
    "cast(row(1) AS row(a integer))": "a cast to",
    "regexp_replace('ab', '(?<x>a)', '${x}')": "the replacement",
    # values
    "cast('1.5' AS integer)": "INVALID_CAST_ARGUMENT",
    "cast('1_000' AS integer)": "INVALID_CAST_ARGUMENT",
    "cast('1_000' AS decimal(10,2))": "INVALID_CAST_ARGUMENT",
    "cast('yes' AS boolean)": "INVALID_CAST_ARGUMENT",
    # types
    "now() > '2024-01-02'": "TYPE_MISMATCH",
    "1.5 > '5'": "TYPE_MISMATCH",
    "true = 1": "TYPE_MISMATCH",
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
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    functions.register(connection)

    def run(selected: str) -> str:
        tree = Binder(None, selected).bind(dialect.parse(f"SELECT {selected}"), "shop")  # type: ignore[arg-type]
        cursor = connection.cursor()
        try:
            cursor.execute(dialect.to_duckdb(tree))
            rows = collect(cursor).rows.to_pylist()
        except duckdb.Error as error:
            raise from_duckdb(error, lambda _: "line 1:1") from error
        return "|".join("null" if value is None else value for value in rows[0].values())

    return run


@pytest.mark.parametrize("selected", ANSWERS)
def test_answer(run: Callable[[str], str], selected: str) -> None:
    assert run(selected) == ANSWERS[selected]


def test_every_function_has_an_answer() -> None:
    written = {name.lower() for selected in ANSWERS for name in re.findall(r"(\w+)\(", selected)}
    assert written >= FUNCTIONS


@pytest.mark.parametrize("selected", REFUSED)
def test_refused(run: Callable[[str], str], selected: str) -> None:
    with pytest.raises(QueryError) as refused:
        run(selected)
    assert REFUSED[selected] in str(refused.value)
