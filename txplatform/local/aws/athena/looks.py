"""What Athena writes of a query's columns beside their types, found by looks: digits, zones, kinds of intervals."""

from dataclasses import dataclass, replace

from sqlglot import exp

from txplatform.local.aws.athena import chars, intervals, lengths, origins, precisions, zoned, zones
from txplatform.local.aws.athena.precisions import MICROSECONDS
from txplatform.local.aws.athena.rewriting import refuse


@dataclass(frozen=True, slots=True)
class Look:
    """Digits of a second, the time zone, and the name of the type where DuckDB does not tell it."""

    digits: int = MICROSECONDS
    zone: str = zones.UTC
    kind: str = ""


def of_columns(tree: exp.Expr) -> list[Look]:
    """Return the looks of a query's columns; those of columns that are not to be seen are missing at the end."""
    digits, columns, limited = precisions.of_columns(tree), origins.outputs(tree), lengths.of_columns(tree)
    if columns is None:
        found = [Look(count) for count in digits]
    else:
        has_intervals = tree.find(exp.Interval) is not None
        found = [_of(items, count, has_intervals) for items, count in zip(columns, digits, strict=True)]
    found += [Look()] * (max(limited, default=-1) + 1 - len(found))
    return [replace(look, kind=limited[at]) if at in limited else look for at, look in enumerate(found)]


def _of(items: list[exp.Expr], digits: int, has_intervals: bool) -> Look:
    in_months = has_intervals and any(intervals.kind(item) == intervals.MONTHS for item in items)
    return Look(digits, zoned.common(items), intervals.MONTHS if in_months else "")


def refuse_hidden(query: exp.Expr) -> None:
    """Raise StatementError for a column whose look is lost where its query is stored, or stands in another one."""
    for item in (item for items in origins.outputs(query) or () for item in items):
        if chars.length_of(item) is not None:
            raise refuse(f"{item.sql('trino')[:60]}: CHAR as a column of a table or a view")
