"""Moments that a statement names outside of its rows: FOR TIMESTAMP AS OF.

https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-time-travel-and-version-travel-queries.html
"""

import datetime as dt
import re

from sqlglot import exp

from txplatform.local.aws.athena.rewriting import refuse

_UTC = re.compile(r"(?P<moment>\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?)\s*(?:UTC|Z|\+00:00)?")


def milliseconds(expression: exp.Expr) -> int:
    """Return milliseconds since 1970 of a literal in UTC, of the present, or of one of these and an interval."""
    return int(_moment(expression).timestamp() * 1000)


def _moment(expression: exp.Expr) -> dt.datetime:
    match expression.unnest():
        case exp.CurrentTimestamp():
            return dt.datetime.now(dt.UTC)
        case exp.Cast() as cast if cast.this.is_string and (found := _UTC.fullmatch(cast.this.name)):
            return dt.datetime.fromisoformat(found["moment"]).replace(tzinfo=dt.UTC)
        case exp.Add() | exp.Sub() as shifted if isinstance(shifted.expression.unnest(), exp.Interval):
            interval = shifted.expression.unnest()
            unit, count = interval.text("unit").lower(), interval.name
            if unit in ("second", "minute", "hour", "day") and count.lstrip("+-").isdigit():
                size = dt.timedelta(**{f"{unit}s": int(count)})
                return _moment(shifted.this) + (size if isinstance(shifted, exp.Add) else -size)
    raise refuse(f"FOR TIMESTAMP AS OF {expression.sql('trino')[:60]}")
