"""Functions of Trino on times of day, intervals and zones that DuckDB lacks or computes otherwise, as macros."""

ALL = (
    "athena_months(i) AS CAST(datepart('year', i) * 12 + datepart('month', i) AS BIGINT)",
    """athena_of_milliseconds(n) AS
        to_days(CAST(n // 86400000 AS INTEGER)) + to_milliseconds(n % 86400000)""",
    # texts of intervals: of months where they have some, or are known to be such
    """athena_of_months_text(n) AS
        concat(CASE WHEN n < 0 THEN '-' ELSE '' END, abs(n) // 12, '-', abs(n) % 12)""",
    "athena_two(n) AS lpad(CAST(n AS VARCHAR), 2, '0')",
    """athena_of_milliseconds_text(n) AS
        concat(CASE WHEN n < 0 THEN '-' ELSE '' END, abs(n) // 86400000, ' ', athena_two(abs(n) // 3600000 % 24), ':',
            athena_two(abs(n) // 60000 % 60), ':', athena_two(abs(n) // 1000 % 60), '.',
            lpad(CAST(abs(n) % 1000 AS VARCHAR), 3, '0'))""",
    """athena_interval_text(i, in_months) AS
        CASE WHEN i IS NULL THEN NULL
             WHEN in_months OR athena_months(i) <> 0 THEN athena_of_months_text(athena_months(i))
             ELSE athena_of_milliseconds_text(epoch_ms(i)) END""",
    """athena_interval_part(i, part) AS
        CASE part WHEN 'year' THEN athena_months(i) // 12 WHEN 'month' THEN athena_months(i) % 12
             WHEN 'day' THEN epoch_ms(i) // 86400000 WHEN 'hour' THEN epoch_ms(i) // 3600000 % 24
             WHEN 'minute' THEN epoch_ms(i) // 60000 % 60 WHEN 'second' THEN epoch_ms(i) // 1000 % 60
             ELSE epoch_ms(i) % 1000 END""",
    """athena_scaled(i, f) AS
        CASE WHEN isfinite(f) IS FALSE
             THEN cast_to_type(athena_fail('INVALID_FUNCTION_ARGUMENT: Cannot multiply an interval by NaN'), i)
             WHEN athena_months(i) <> 0 THEN to_months(CAST(trunc(athena_months(i) * f) AS INTEGER))
             ELSE athena_of_milliseconds(CAST(trunc(epoch_ms(i) * f) AS BIGINT)) END""",
    "athena_interval_times(i, f) AS athena_scaled(i, CAST(f AS DOUBLE))",
    """athena_interval_divide(i, f) AS
        CASE WHEN CAST(f AS DOUBLE) = 0 OR isnan(CAST(f AS DOUBLE))
             THEN cast_to_type(athena_fail('INVALID_FUNCTION_ARGUMENT: Cannot divide an interval by NaN or 0'), i)
             WHEN athena_months(i) <> 0 THEN to_months(CAST(trunc(athena_months(i) / CAST(f AS DOUBLE)) AS INTEGER))
             ELSE athena_of_milliseconds(CAST(trunc(epoch_ms(i) / CAST(f AS DOUBLE)) AS BIGINT)) END""",
    """athena_added(x, i) AS
        CASE WHEN typeof(x) = 'DATE' AND epoch_ms(i) % 86400000 <> 0
             THEN cast_to_type(
                athena_fail('INVALID_FUNCTION_ARGUMENT: Cannot add hour, minutes or seconds to a date'), i)
             ELSE i END""",
    """athena_time_difference(a, b) AS
        to_microseconds(date_sub('microsecond', b, a))""",
    """athena_time_trunc(unit, x) AS
        make_time(datepart('hour', x), CASE unit WHEN 'hour' THEN 0 ELSE datepart('minute', x) END,
            CASE unit WHEN 'second' THEN CAST(datepart('second', x) AS DOUBLE) ELSE 0.0 END)""",
    "athena_parse_datetime(x, p) AS CAST(athena_date_parse(x, p) AS TIMESTAMPTZ)",
    "athena_parse_duration(x) AS athena_of_milliseconds(athena_duration_milliseconds(x))",
    "athena_current_timezone() AS 'UTC'",
    # zones by name, or by minutes east of UTC
    "athena_local(x, zone) AS timezone(zone, CAST(x AS TIMESTAMPTZ))",
    "athena_local_by(x, n) AS timezone('UTC', CAST(x AS TIMESTAMPTZ)) + to_minutes(n)",
    "athena_instant(t, zone) AS timezone(zone, CAST(t AS TIMESTAMP))",
    "athena_instant_by(t, n) AS timezone('UTC', CAST(t AS TIMESTAMP) - to_minutes(n))",
    """athena_offset_part(t, utc, part) AS
        CASE part WHEN 'timezone_hour' THEN date_sub('minute', utc, t) // 60
             ELSE date_sub('minute', utc, t) % 60 END""",
    """athena_of_minutes_text(n) AS
        CASE WHEN n = 0 THEN 'Z'
             ELSE concat(CASE WHEN n < 0 THEN '-' ELSE '+' END, athena_two(abs(n) // 60), ':',
                athena_two(abs(n) % 60)) END""",
    "athena_offset_text(t, utc) AS athena_of_minutes_text(date_sub('minute', utc, t))",
    """athena_time_text(x, n) AS
        substring(strftime(DATE '1970-01-01' + x, '%H:%M:%S.%f'), 1, CASE WHEN n = 0 THEN 8 ELSE 9 + n END)""",
)
