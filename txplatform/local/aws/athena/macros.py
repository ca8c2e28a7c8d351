"""Functions of Trino that DuckDB lacks or computes otherwise, as macros.

Results leave a macro as texts and get their type from `coercions`, or from an expression that has it.
"""

ALL = (
    # not by the cast alone, which DuckDB leaves out of a comparison
    """athena_total(x) AS
        CASE WHEN typeof(x) = 'HUGEINT' AND NOT x BETWEEN -9223372036854775808 AND 9223372036854775807
             THEN cast_to_type(athena_fail('NUMERIC_VALUE_OUT_OF_RANGE: bigint addition overflow'), x)
             WHEN typeof(x) LIKE 'DECIMAL(38,%' AND length(ltrim(translate(CAST(x AS VARCHAR), '-.', ''), '0')) > 38
             THEN cast_to_type(athena_fail('NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow'), x) ELSE x END""",
    """athena_length(x) AS
        CASE WHEN typeof(x) = 'BLOB' THEN octet_length(CAST(x AS BLOB)) ELSE length(CAST(x AS VARCHAR)) END""",
    "athena_char(x, n) AS rpad(substring(x, 1, n), n, ' ')",
    "athena_decimal(x) AS CASE WHEN x LIKE '.%' THEN '0' || x ELSE replace(x, '-.', '-0.') END",
    "athena_finite(x) AS CASE WHEN isfinite(x) THEN x END",
    """athena_plain(x) AS
        CASE WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN athena_scientific(CAST(x AS VARCHAR))
             WHEN typeof(x) LIKE 'DECIMAL%' THEN athena_decimal(CAST(x AS VARCHAR)) ELSE CAST(x AS VARCHAR) END""",
    """athena_varchar(x) AS
        CASE WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE'
             THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%f') || ' UTC'
             WHEN typeof(x) = 'TIMESTAMP'
             THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%f')
             WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN athena_scientific(CAST(x AS VARCHAR))
             WHEN typeof(x) LIKE 'DECIMAL%' THEN athena_decimal(CAST(x AS VARCHAR))
             WHEN typeof(x) = 'INTERVAL'
             THEN athena_interval_text(TRY_CAST(CAST(x AS VARCHAR) AS INTERVAL), false)
             ELSE CAST(x AS VARCHAR) END""",
    # of a text such as 2024-05-07 12:34:56.123456 UTC
    "athena_to_milliseconds(x) AS date_trunc('milliseconds', x + INTERVAL 500 MICROSECONDS)",
    """athena_digits(x, n) AS
        concat(substring(x, 1, CASE WHEN n = 0 THEN 19 ELSE 20 + n END), substring(x, 27)) || substring(x, 1, 0)""",
    """athena_milliseconds(x) AS
        cast_to_type(date_trunc('milliseconds', x + INTERVAL 500 MICROSECOND), x)""",
    """athena_scalars(x) AS
        CASE WHEN typeof(x) LIKE 'STRUCT(%)[]'
             THEN cast_to_type(athena_fail('SYNTAX_ERROR: Column alias list of UNNEST must name every field'), x)
             ELSE x END""",
    """athena_split_part(x, d, n) AS
        CASE WHEN n < 1 THEN athena_fail('INVALID_FUNCTION_ARGUMENT: Index must be greater than zero')
             ELSE string_split(x, d)[n] END""",
    """athena_split(x, d) AS
        CASE WHEN d = '' THEN [athena_fail('INVALID_FUNCTION_ARGUMENT: The delimiter may not be the empty string')]
             WHEN d IS NOT NULL THEN string_split(x, d) END,
        (x, d, n) AS athena_split_at_most(x, d, n)""",
    # where every character is a byte, DuckDB's own are the same
    "athena_upper(x) AS CASE WHEN strlen(x) = length(x) THEN upper(x) ELSE athena_upper_characters(x) END",
    "athena_lower(x) AS CASE WHEN strlen(x) = length(x) THEN lower(x) ELSE athena_lower_characters(x) END",
    "athena_reverse(x) AS CASE WHEN strlen(x) = length(x) THEN reverse(x) ELSE athena_reverse_characters(x) END",
    """athena_replace(x, s, r) AS
        CASE WHEN s = '' THEN concat(r, array_to_string(list_transform(string_split(nullif(x, ''), ''),
                lambda c: concat(c, r)), '')) || substring(x, 1, 0) || substring(r, 1, 0)
             ELSE replace(x, s, r) END""",
    """athena_padding(n, p) AS
        CASE WHEN n NOT BETWEEN 0 AND 2147483647
             THEN CAST(athena_fail(
                'INVALID_FUNCTION_ARGUMENT: Target length must be in the range [0..2147483647]') AS INTEGER)
             WHEN p = ''
             THEN CAST(athena_fail('INVALID_FUNCTION_ARGUMENT: Padding string must not be empty') AS INTEGER)
             ELSE CAST(n AS INTEGER) END""",
    """athena_replaced(before, groups, made) AS
        CASE WHEN groups IS NULL THEN before
             WHEN made IS NULL THEN athena_fail('NOT_SUPPORTED: a lambda that gives null is not supported locally')
             ELSE before || made END""",
    "athena_lpad(x, n, p) AS lpad(x, athena_padding(n, p), p)",
    "athena_rpad(x, n, p) AS rpad(x, athena_padding(n, p), p)",
    """athena_substring(x, s, n) AS
        CASE WHEN s = 0 OR abs(s) > length(x) OR n < 1 THEN CASE WHEN x IS NOT NULL THEN '' END
             ELSE substring(x, s, n) END""",
    """athena_short(x, n, strict) AS
        CASE WHEN typeof(x) = 'VARCHAR' THEN substring(CAST(x AS VARCHAR), 1, n)
             WHEN length(athena_varchar(x)) <= n THEN athena_varchar(x)
             WHEN x IS NOT NULL AND strict THEN athena_fail(concat('INVALID_CAST_ARGUMENT: Value ', athena_varchar(x),
                ' cannot be represented as varchar(', n, ')')) END""",
    """athena_whole(x) AS
        CASE WHEN typeof(x) IN ('DOUBLE', 'FLOAT')
             THEN cast_to_type(round(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE)), x) ELSE x END""",
    # a double, or the text of one, that no real holds is infinite
    """athena_near(x) AS
        CASE WHEN typeof(x) IN ('DOUBLE', 'VARCHAR') AND abs(TRY_CAST(x AS DOUBLE)) > 3.4028235677973363e38
             THEN cast_to_type(CASE WHEN TRY_CAST(x AS DOUBLE) > 0 THEN 'Infinity' ELSE '-Infinity' END, x)
             ELSE x END""",
    r"""athena_literal(x, p, kind, strict) AS
        CASE WHEN typeof(x) = 'VARCHAR' AND NOT regexp_full_match(CAST(x AS VARCHAR), p)
             THEN CASE WHEN kind IN ('double', 'real')
                            AND regexp_full_match(CAST(x AS VARCHAR), '[\x00-\x20]*(' || p || ')[fFdD]?[\x00-\x20]*')
                       THEN cast_to_type(athena_fail(
                concat('NOT_SUPPORTED: the number ', CAST(x AS VARCHAR), ' is not supported locally')), x)
                       WHEN strict THEN cast_to_type(athena_fail(
                concat('INVALID_CAST_ARGUMENT: Cannot cast to ', kind, ': ', CAST(x AS VARCHAR))), x) END
             ELSE x END""",
    # functions of `library`
    """athena_chr(n) AS
        CASE WHEN n BETWEEN 0 AND 55295 OR n BETWEEN 57344 AND 1114111 THEN chr(CAST(n AS INTEGER))
             WHEN n IS NOT NULL
             THEN athena_fail(concat('INVALID_FUNCTION_ARGUMENT: Not a valid Unicode code point: ', n)) END""",
    "athena_md5(x) AS unhex(md5(x))",
    "athena_sha1(x) AS unhex(sha1(x))",
    "athena_sha256(x) AS unhex(sha256(x))",
    """athena_ln(x) AS
        CASE WHEN x < 0 THEN CAST('NaN' AS DOUBLE) WHEN x = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE ln(x) END""",
    "athena_log(b, x) AS athena_ln(CAST(x AS DOUBLE)) / athena_ln(CAST(b AS DOUBLE))",
    "athena_log2(x) AS athena_ln(x) / ln(2)",
    """athena_log10(x) AS
        CASE WHEN x < 0 THEN CAST('NaN' AS DOUBLE) WHEN x = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE log10(x) END""",
    """athena_sign(x) AS
        CASE WHEN CAST(x AS DOUBLE) = 0 OR isnan(CAST(x AS DOUBLE)) THEN CAST(x AS DOUBLE) ELSE sign(x) END""",
    "athena_truncate(x) AS trunc(x), (x, n) AS trunc(x, CAST(n AS INTEGER))",
    "athena_acos(x) AS CASE WHEN abs(x) > 1 THEN CAST('NaN' AS DOUBLE) ELSE acos(x) END",
    "athena_asin(x) AS CASE WHEN abs(x) > 1 THEN CAST('NaN' AS DOUBLE) ELSE asin(x) END",
    "athena_cos(x) AS CASE WHEN isinf(CAST(x AS DOUBLE)) THEN CAST('NaN' AS DOUBLE) ELSE cos(x) END",
    "athena_sin(x) AS CASE WHEN isinf(CAST(x AS DOUBLE)) THEN CAST('NaN' AS DOUBLE) ELSE sin(x) END",
    "athena_tan(x) AS CASE WHEN isinf(CAST(x AS DOUBLE)) THEN CAST('NaN' AS DOUBLE) ELSE tan(x) END",
    "athena_e() AS exp(1)",
    "athena_nan() AS CAST('NaN' AS DOUBLE)",
    "athena_infinity() AS CAST('Infinity' AS DOUBLE)",
    "athena_is_no_number(x) AS isnan(CAST(x AS DOUBLE))",
    "athena_is_finite(x) AS isfinite(CAST(x AS DOUBLE))",
    "athena_is_infinite(x) AS isinf(CAST(x AS DOUBLE))",
    """athena_bits(kind) AS
        CASE kind WHEN 'TINYINT' THEN 8 WHEN 'SMALLINT' THEN 16 WHEN 'INTEGER' THEN 32 ELSE 64 END""",
    "athena_bitwise_left_shift(x, n) AS athena_left_shift(x, n, athena_bits(typeof(x)))",
    "athena_bitwise_right_shift(x, n) AS athena_right_shift(x, n, athena_bits(typeof(x)))",
    """athena_bitwise_right_shift_arithmetic(x, n) AS
        athena_right_shift_arithmetic(x, n, athena_bits(typeof(x)))""",
    "athena_bitwise_xor(a, b) AS xor(a, b)",
    "athena_bitwise_not(a) AS ~a",
    "athena_bitwise_and(a, b) AS a & b",
    "athena_bitwise_or(a, b) AS a | b",
    """athena_date_format(x, p) AS
        strftime(date_trunc('milliseconds', CAST(x AS TIMESTAMP) + INTERVAL 500 MICROSECOND), p)""",
    "athena_from_iso8601_timestamp(x) AS CAST(athena_iso_timestamp(x) AS TIMESTAMPTZ)",
    "athena_to_unixtime(x) AS epoch(CAST(x AS TIMESTAMP))",
    """athena_from_unixtime(x) AS
        CAST(epoch_ms(CAST(floor(CAST(x AS DOUBLE) * 1000 + 0.5) AS BIGINT)) AS TIMESTAMPTZ)""",
    "athena_millisecond(x) AS datepart('millisecond', x) % 1000",
    """athena_timezone(x) AS
        CASE WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE' THEN 0 * epoch_ms(CAST(x AS TIMESTAMP))
             ELSE CAST(athena_fail('TYPE_MISMATCH: expected a timestamp with time zone') AS BIGINT) END""",
    """athena_to_iso8601(x, n) AS
        CASE WHEN typeof(x) = 'DATE' THEN CAST(CAST(x AS DATE) AS VARCHAR)
             ELSE concat(replace(substring(strftime(CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%f'), 1,
                    CASE WHEN n = 0 THEN 19 ELSE 20 + n END), ' ', 'T'),
                 CASE WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE' THEN 'Z' ELSE '' END)
                 || substring(CAST(x AS VARCHAR), 1, 0) END""",
    "athena_json(x, kind, digits) AS CAST(athena_json_text(x, kind, digits) AS JSON)",
    "athena_json_format(x) AS CAST(x AS VARCHAR)",
    "athena_json_parse(x) AS CAST(athena_json_parse_text(x) AS JSON)",
    "athena_json_extract(x, p) AS CAST(athena_json_extract_text(CAST(x AS VARCHAR), p) AS JSON)",
    "athena_last_day_of_month(x) AS last_day(CAST(x AS DATE))",
    """athena_is_nan(x) AS
        CASE WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN lower(CAST(x AS VARCHAR)) LIKE '%nan' ELSE false END""",
    """athena_sqrt(x) AS
        CASE WHEN x < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt(x) END""",
)
