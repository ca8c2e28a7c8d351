"""Division, remainder and averages as macros: DuckDB divides decimals as doubles.

A quotient of decimals is rounded half up, https://trino.io/docs/current/functions/decimal.html. That of two doubles
differs from it by less than 1e-15 of itself, so where it stands farther than 4e-15 of itself from the middle between
two results, it is rounded to the right one. Near the middle whole numbers decide: below 1e15, doubles hold them,
their sums and which of two integers a quotient lies between. Beyond that it is left to the integers of Python.
"""

ALL = (
    r"""athena_scale(kind) AS CAST(coalesce(nullif(regexp_extract(kind, ',\s*(\d+)\)', 1), ''), '0') AS INTEGER)""",
    "athena_power(n) AS CAST(power(10, n) AS DOUBLE)",
    "athena_shifted(x, n) AS abs(CAST(x AS DOUBLE)) * athena_power(n)",
    "athena_is_clear(y) AS abs(y - round(y)) + abs(y) * 4e-15 < 0.5",
    """athena_whole_quotient(x, a, b) AS sign(x) * floor((2 * round(a) + round(b)) / (2 * round(b)))""",
    """athena_divide_once(a, b, sample) AS
        CASE WHEN typeof(sample) LIKE 'DECIMAL%' THEN cast_to_type(
                 athena_quotient(CAST(a AS VARCHAR), CAST(b AS VARCHAR), athena_scale(typeof(sample))), sample)
             WHEN typeof(sample) IN ('DOUBLE', 'FLOAT') THEN cast_to_type(CAST(a AS DOUBLE) / CAST(b AS DOUBLE), sample)
             WHEN b = 0 THEN cast_to_type(athena_fail('DIVISION_BY_ZERO: Division by zero'), sample)
             ELSE cast_to_type(a // b, sample) END""",
    """athena_divide(a, b, sample) AS
        CASE WHEN typeof(sample) LIKE 'DECIMAL%'
                  AND athena_is_clear(
                      CAST(a AS DOUBLE) / CAST(b AS DOUBLE) * athena_power(athena_scale(typeof(sample))))
             THEN cast_to_type(CAST(a AS DOUBLE) / CAST(b AS DOUBLE), sample)
             WHEN typeof(sample) LIKE 'DECIMAL%' AND b <> 0 AND athena_shifted(b, athena_scale(typeof(b))) < 1e15
                  AND athena_shifted(a, athena_scale(typeof(sample)) + athena_scale(typeof(b))) < 1e15
             THEN cast_to_type(athena_whole_quotient(CAST(a AS DOUBLE) / CAST(b AS DOUBLE),
                 athena_shifted(a, athena_scale(typeof(sample)) + athena_scale(typeof(b))),
                 athena_shifted(b, athena_scale(typeof(b)))) / athena_power(athena_scale(typeof(sample))), sample)
             ELSE athena_divide_once(a, b, sample) END""",
    """athena_modulo(a, b, sample) AS
        CASE WHEN typeof(sample) LIKE 'DECIMAL%' THEN athena_remainder(CAST(a AS VARCHAR), CAST(b AS VARCHAR))
             WHEN typeof(sample) IN ('DOUBLE', 'FLOAT') THEN CAST(CAST(a AS DOUBLE) % CAST(b AS DOUBLE) AS VARCHAR)
             WHEN b = 0 THEN athena_fail('DIVISION_BY_ZERO: Division by zero')
             ELSE CAST(a % b AS VARCHAR) END""",
    """athena_average(total, number, sample) AS
        CASE WHEN typeof(sample) LIKE 'DECIMAL%' THEN CASE WHEN number > 0 THEN cast_to_type(athena_quotient(
                CAST(total AS VARCHAR), CAST(number AS VARCHAR), athena_scale(typeof(sample))), sample) END
             ELSE cast_to_type(CAST(total AS DOUBLE) / CAST(number AS DOUBLE), sample) END""",
)
