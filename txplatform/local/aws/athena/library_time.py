"""Functions on dates and timestamps: https://trino.io/docs/current/functions/datetime.html."""

from txplatform.local.aws.athena.signatures import MOMENT, NUMBER, TEXT, Function, function, on_page

_WHOLE = {"week": "weekofyear", "week_of_year": "weekofyear", "day_of_year": "dayofyear", "doy": "dayofyear",
          "day_of_month": "dayofmonth", "year_of_week": "isoyear", "yow": "isoyear"}  # fmt: skip

FUNCTIONS: dict[str, Function] = on_page(
    "datetime",
    {
        **{name: function(target, (MOMENT,), result="BIGINT") for name, target in _WHOLE.items()},
        "current_timezone": function("athena_current_timezone", (), result=TEXT),
        "date_format": function("athena_date_format", (MOMENT, TEXT), result=TEXT),
        "date_parse": function("athena_date_parse", (TEXT, TEXT), result="TIMESTAMP"),
        "format_datetime": function("strftime", (MOMENT, TEXT), result=TEXT),
        "from_iso8601_date": function("athena_from_iso8601_date", (TEXT,), result="DATE"),
        "from_iso8601_timestamp": function("athena_from_iso8601_timestamp", (TEXT,), result="TIMESTAMP WITH TIME ZONE"),
        "from_unixtime": function("athena_from_unixtime", (NUMBER,), result="TIMESTAMP WITH TIME ZONE"),
        "human_readable_seconds": function("athena_human_readable_seconds", (NUMBER,), result=TEXT),
        "last_day_of_month": function("athena_last_day_of_month", (MOMENT,), result="DATE"),
        "millisecond": function("athena_millisecond", (f"{MOMENT}|TIME|INTERVAL",), result="BIGINT"),
        "parse_datetime": function("athena_parse_datetime", (TEXT, TEXT), result="TIMESTAMP WITH TIME ZONE"),
        "parse_duration": function("athena_parse_duration", (TEXT,), result="INTERVAL"),
        "timezone_hour": function("athena_timezone", (MOMENT,), result="BIGINT"),
        "timezone_minute": function("athena_timezone", (MOMENT,), result="BIGINT"),
        "to_iso8601": function("athena_to_iso8601", (MOMENT,), result=TEXT),
        "to_milliseconds": function("epoch_ms", ("INTERVAL",), result="BIGINT"),
        "to_unixtime": function("athena_to_unixtime", (MOMENT,), result="DOUBLE"),
    },
)
