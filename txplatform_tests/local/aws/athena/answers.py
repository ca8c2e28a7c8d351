"""What Athena answers to SELECTs of each function and node that the local one lets through, as text."""

ROWS = "(VALUES (1, DECIMAL '10.50', 'a'), (2, DECIMAL '20.25', 'b'), (3, NULL, 'c')) AS t(n, x, s)"
GROUPS = (
    "array_join(array_agg(concat_ws(':', k, l, cast(c AS varchar)) ORDER BY c, k, l), ' ') FROM (SELECT k, l, count(*) "
    "AS c FROM (VALUES ('a', 'x'), ('a', 'y'), ('b', 'x')) AS t(k, l) GROUP BY"
)
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
    "abs(DECIMAL '-1.50'), ceil(DECIMAL '1.2'), ceiling(DECIMAL '-1.2'), floor(DECIMAL '-1.2'), round(DECIMAL '-2.5'), "
    "round(DECIMAL '2.345', 2), abs(-1.50), ceil(1.2), round(-2.5)": "1.50|2|-1|-2|-3|2.350|1.5|2.0|-3.0",
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
        "2024-05-07 12:34:56.000 UTC|2024-05-07 12:00:00.000 UTC"
    ),
    f"format_datetime({NOON}, 'yyyy-MM-dd HH:mm:ss'), now() = current_timestamp, current_date = date(now())": (
        "2024-05-07 12:34:56|true|true"
    ),
    "cardinality(ARRAY[1, 2]), contains(ARRAY[1, 2], 2), element_at(ARRAY[1, 2], -1), element_at(ARRAY[1, 2], 5)": (
        "2|true|2|null"
    ),
    "element_at(map(ARRAY['a'], ARRAY[1]), 'a'), element_at(map(ARRAY['a'], ARRAY[1]), 'b')": "1|null",
    "sum(n) FROM unnest(sequence(1, 4)) AS t(n)": "10",
    "array_join(transform(ARRAY[1, 2], e -> 'n' || cast(e AS varchar)), ',')": "n1,n2",
    "array_join(array_sort(map_keys(map(ARRAY['b', 'a'], ARRAY[1, 2]))), ',')": "a,b",
    """array_join(transform(ARRAY['a"'], e -> '<' || coalesce(replace(e, '"', '\\"'), '-') || '>'), ',')""": '<a\\">',
    "CAST(NULL AS row(a varchar, b array(decimal(5, 2))))": "null",
    # dates as texts
    f"date_format({NOON}, '%Y-%m-%d %H:%i:%s'), date_format(DATE '2024-05-07', '%a %W %b %M %c %e %d %y %j %x-%v')": (
        "2024-05-07 12:34:56|Tue Tuesday May May 5 7 07 24 128 2024-19"
    ),
    "date_format(TIMESTAMP '2024-01-02 00:05:06.123456', '%k %l %h %I %p %r %T %S %f %% %n'), "
    "date_format(NULL, '%Y')": ("0 12 12 12 AM 12:05:06 AM 00:05:06 06 123000 % n|null"),
    "date_format(TIMESTAMP '2024-12-31 23:59:59.9995', '%Y %f')": "2025 000000",
    "date_parse('2024-05-07 12:34:56', '%Y-%m-%d %H:%i:%s'), date_parse('24/5/7', '%y/%c/%e'), "
    "date_parse('20240507', '%Y%m%d'), date_parse('MAY 7, 70', '%b %d, %y'), date_parse(NULL, '%Y')": (
        "2024-05-07 12:34:56.000|2024-05-07 00:00:00.000|2024-05-07 00:00:00.000|1970-05-07 00:00:00.000|null"
    ),
    "date_parse('12:05:06 am', '%r'), date_parse('1:02 PM', '%l:%i %p'), date_parse('29 February', '%d %M'), "
    "date_parse('10:11:12.1239', '%T.%f')": (
        "1970-01-01 00:05:06.000|1970-01-01 13:02:00.000|2000-02-29 00:00:00.000|1970-01-01 10:11:12.123"
    ),
    "from_iso8601_timestamp('2024-05-07T12:34:56.7899Z'), from_iso8601_timestamp('2024-05-07'), "
    "from_iso8601_timestamp('2024-05-07T12:34+00:00'), from_iso8601_timestamp(NULL)": (
        "2024-05-07 12:34:56.789 UTC|2024-05-07 00:00:00.000 UTC|2024-05-07 12:34:00.000 UTC|null"
    ),
    "from_iso8601_date('2024-05-07'), from_iso8601_date(NULL), date(TIMESTAMP '2024-05-07 23:00:00')": (
        "2024-05-07|null|2024-05-07"
    ),
    "to_unixtime(TIMESTAMP '2024-05-07 12:34:56.125'), to_unixtime(DATE '1970-01-02'), to_unixtime(NULL)": (
        "1.715085296125E9|86400.0|null"
    ),
    "from_unixtime(1715085296), from_unixtime(-0.0005), from_unixtime(1.0005e0), from_unixtime(NULL)": (
        "2024-05-07 12:34:56.000 UTC|1970-01-01 00:00:00.000 UTC|1970-01-01 00:00:01.001 UTC|null"
    ),
    "week(DATE '2024-12-30'), week_of_year(DATE '2021-01-03'), day_of_year(DATE '2024-12-31'), doy(DATE '2023-01-01'), "
    f"week({NOON}), week(NULL)": "1|53|366|1|19|null",
    "last_day_of_month(DATE '2024-02-01'), last_day_of_month(TIMESTAMP '2023-02-28 23:00:00'), "
    f"last_day_of_month({NOON}), last_day_of_month(NULL)": "2024-02-29|2023-02-28|2024-05-31|null",
    "current_date - INTERVAL '1' DAY < current_date, date_diff('day', current_date - INTERVAL '7' DAY, current_date), "
    "DATE '2024-03-31' - INTERVAL '1' MONTH": "true|7|2024-02-29",
    f"date_format(y, '%Y') || '!', week(y), count(*) FROM (VALUES {NOON}, {NOON}) AS t(y) "
    "GROUP BY date_format(y, '%Y'), week(y)": "2024!|19|2",
    # more numbers
    "sign(DECIMAL '-2.5'), sign(7), sign(-0.5e0), sign(0), sign(NULL), sign(cast('NaN' AS double)), sign(-1e-30)": (
        "-1|1|-1.0|0|null|NaN|-1.0"
    ),
    "truncate(DECIMAL '-2.7'), truncate(DECIMAL '2.789', 2), truncate(-2.7), truncate(DECIMAL '0.9'), "
    "truncate(DECIMAL '278.9', -1), truncate(DECIMAL '1.5', 4), truncate(NULL + DECIMAL '1.5')": (
        "-2|2.780|-2.0|0|270.0|1.5|null"
    ),
    "pi(), e(), nan(), infinity(), -infinity()": "3.141592653589793|2.718281828459045|NaN|Infinity|-Infinity",
    "is_nan(nan()), is_nan(1e0), is_finite(1), is_finite(infinity()), is_infinite(-infinity()), is_infinite(nan()), "
    "is_nan(NULL)": "true|false|true|false|true|false|null",
    "bitwise_xor(12, 10), bitwise_not(0), bitwise_not(-1), bitwise_xor(NULL, 1)": "6|-1|0|null",
    "to_base64(to_utf8('ab')), to_base64(NULL)": "YWI=|null",
    "log10(1000), log2(8), ln(0), log10(-1), log2(NULL)": "3.0|3.0|-Infinity|NaN|null",
    "bitwise_and(12, 10), bitwise_or(12, 10), bitwise_and(-1, 5), bitwise_or(NULL, 1)": "8|14|5|null",
    "try(1 / 0), try(cast('x' AS integer)), try(7 / 2), try(date_parse('x', '%Y')), try(ARRAY[1][2]), "
    "try(cast('99999999999' AS integer))": "null|null|3|null|null|null",
    "array_agg(try(6 / n) ORDER BY n) FROM (VALUES 0, 1, 2) AS t(n)": "[null, 6, 3]",
    # more texts
    f"listagg(s, '-') WITHIN GROUP (ORDER BY n DESC), listagg(s) WITHIN GROUP (ORDER BY n) FROM {ROWS}": "c-b-a|abc",
    "listagg(s, ',') WITHIN GROUP (ORDER BY s), listagg(s, ',') WITHIN GROUP (ORDER BY s) FILTER (WHERE s > 'z'), "
    "listagg(s, ',') WITHIN GROUP (ORDER BY n DESC) FILTER (WHERE n > 1) "
    "FROM (VALUES (1, 'b'), (2, NULL), (3, 'a'), (4, '')) AS t(n, s)": ",a,b|null|,a",
    "concat_ws(',', 'a', NULL, '', 'b'), concat_ws(NULL, 'a'), concat_ws('-', NULL, NULL), concat_ws('-', 'a')": (
        "a,,b|null||a"
    ),
    "chr(65), chr(8364), chr(NULL), codepoint('€'), codepoint('A')": "A|€|null|8364|65",
    "translate('abcd', 'ac', 'z'), translate('aa', 'aa', 'bc'), translate('a', '', 'b'), translate(NULL, 'a', 'b')": (
        "zbd|bb|a|null"
    ),
    "to_hex(to_utf8('é')), lower(to_hex(md5(to_utf8('abc')))), to_hex(md5(NULL)), to_utf8('ab')": (
        "C3A9|900150983cd24fb0d6963f7d28e17f72|null|61 62"
    ),
    "from_base('7f', 16), from_base('0FFFFFFFFFFFFFF', 16), from_base('00', 16), from_base(NULL, 16), "
    "sum(cast(from_base(s, 16) AS decimal(38, 0))) FROM (VALUES 'FFFFFFFFFFFFFFF', 'FFFFFFFFFFFFFFF') AS t(s)": (
        "127|72057594037927935|0|null|2305843009213693950"
    ),
    "to_hex(sha256(to_utf8('abc')))": "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
    "json_array_length('[1, [2, 3], null]'), json_array_length('[]'), json_array_length('{}'), "
    "json_array_length('[1'), json_array_length(NULL)": "3|0|null|null|null",
    # more arrays
    "array_join(ARRAY[1, NULL, 2], ','), array_join(ARRAY[1, NULL], ',', 'N/A'), array_join(ARRAY[NULL], '=')": (
        "1,2|1,N/A|"
    ),
    "array_join(ARRAY['', NULL, ''], ','), array_join(NULL, ','), array_join(ARRAY[1], NULL), "
    "array_join(ARRAY[1], ',', NULL), array_join(ARRAY[DECIMAL '1.50', DECIMAL '2.25'], ';'), "
    "array_join(ARRAY[1e7, 2e0], ' '), "
    "array_join(ARRAY[true, false], ' '), array_join(ARRAY[DATE '2024-05-07'], '')": (
        ",|null|null|null|1.50;2.25|1.0E7 2.0E0|true false|2024-05-07"
    ),
    f"array_join(array_agg(s ORDER BY s DESC), '|') FROM {ROWS}": "c|b|a",
    "array_distinct(ARRAY[3, NULL, 1, 3, NULL, 1]), array_distinct(NULL), array_sort(ARRAY['b', NULL, 'a', 'B']), "
    "array_sort(NULL)": "[3, null, 1]|null|[B, a, b, null]|null",
    "array_max(ARRAY[1, 3, 2]), array_min(ARRAY['b', 'a']), array_max(ARRAY[1, NULL]), array_min(ARRAY[1, NULL]), "
    "array_max(NULL)": "3|a|null|null|null",
    "slice(ARRAY[1, 2, 3, 4], 2, 2), slice(ARRAY[1, 2, 3, 4], -3, 2), slice(ARRAY[1, 2], 2, 9), slice(ARRAY[1], 3, 1), "
    "slice(ARRAY[1, 2], -3, 2), slice(ARRAY[1, 2], 1, 0), slice(split(NULL, '-'), 1, 1), "
    "slice(ARRAY[1, 2, 3], -2, 2)": ("[2, 3]|[2, 3]|[2]|[]|[]|[]|null|[2, 3]"),
    "flatten(ARRAY[ARRAY[1, NULL], NULL, ARRAY[2]]), flatten(NULL)": "[1, null, 2]|null",
    "ARRAY[1, 2][2], split('a-b', '-')[1], map(ARRAY['a'], ARRAY[1])['a'], ARRAY[ARRAY[1, 2]][1][2]": "2|a|1|2",
    "cast(NULL AS varchar) || 'a', split(NULL, '-')[3]": "null|null",
    f"every(n > 0), every(n > 1), every(n > 2) FILTER (WHERE n > 2) FROM {ROWS}": "true|false|true",
    # groups of groups
    f"{GROUPS} ROLLUP (k, l))": ("a:x:1 a:y:1 b:x:1 b:1 a:2 3"),
    f"{GROUPS} CUBE (k, l))": ("a:x:1 a:y:1 b:x:1 b:1 y:1 a:2 x:2 3"),
    f"{GROUPS} GROUPING SETS ((k), (l), ()))": ("b:1 y:1 a:2 x:2 3"),
    # clauses and operators
    "array_agg(n ORDER BY n) FROM (SELECT 1 AS n UNION SELECT 1 UNION ALL SELECT 2) AS t WHERE n < 9": "[1, 2]",
    "array_agg(n) FROM (SELECT 1 EXCEPT SELECT 2) AS t(n)": "[1]",
    "array_agg(n) FROM (SELECT 2 INTERSECT SELECT 2) AS t(n)": "[2]",
    "n FROM (VALUES 1, 2) AS t(n) ORDER BY n DESC FETCH FIRST 1 ROW ONLY": "2",
    "a.n, m FROM (WITH w AS (SELECT 1 AS n) SELECT n FROM w) AS a LEFT JOIN (VALUES 2) AS b(m) ON a.n = m": "1|null",
    "n, m FROM (VALUES 1) AS t(n) CROSS JOIN LATERAL (SELECT n + 1 AS m)": "1|2",
    "count(DISTINCT n) FROM (VALUES 1, 1, 2) AS t(n) HAVING count(*) >= 3": "2",
    "n, sum(n) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM (VALUES 1, 2, 3) AS t(n) "
    "ORDER BY n DESC LIMIT 1": "3|5",
    "lag(s) IGNORE NULLS OVER (ORDER BY n), lag(s) RESPECT NULLS OVER (ORDER BY n) "
    "FROM (VALUES (1, 'a'), (2, NULL), (3, 'c')) AS t(n, s) ORDER BY n DESC LIMIT 1": "a|null",
    "CASE WHEN NULL THEN 1 ELSE 2 END, CASE 3 WHEN 3 THEN 'x' END, NULL IS NULL, NOT true, "
    "true AND NULL, true OR NULL": ("2|x|true|false|null|true"),
    "1 <> 2, 1 <= 1, 2 >= 3, NULL IS DISTINCT FROM 1, NULL IS NOT DISTINCT FROM NULL, EXISTS (SELECT 1 WHERE false)": (
        "true|true|false|true|true|false"
    ),
    "'a_c' LIKE 'a$_%' ESCAPE '$', 'abc' LIKE 'a$_%' ESCAPE '$', 'abc' NOT LIKE 'a_'": "true|false|true",
    f"{NOON} AT TIME ZONE 'UTC', date_trunc('hour', {NOON})": (
        "2024-05-07 12:34:56.000 UTC|2024-05-07 12:00:00.000 UTC"
    ),
    "k, v FROM UNNEST(ARRAY[ROW(1, 'a')]) AS t(k, v)": "1|a",
    # arithmetic on what is grouped by
    f"n % 2 + 1, (n % 2 + 1) * 2, count(*) FROM {ROWS} GROUP BY n % 2, n % 2 + 1 ORDER BY 1 LIMIT 1": "1|2|1",
    "truncate(x) + 1, sign(x) * 2, week(y) + 1 FROM (VALUES (DECIMAL '1.5', DATE '2024-05-07')) AS t(x, y) "
    "GROUP BY truncate(x), sign(x), week(y)": "2|2|20",
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
