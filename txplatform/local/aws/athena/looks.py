"""What Athena writes of a query's columns beside their types, found by looks: digits, zones, kinds of intervals."""

from dataclasses import dataclass

from sqlglot import exp

from txplatform.local.aws.athena import chars, intervals, origins, precisions, zoned, zones
from txplatform.local.aws.athena.precisions import MICROSECONDS
from txplatform.local.aws.athena.rewriting import refuse


@dataclass(frozen=True, slots=True)
class Look:
    """Digits of a second, the time zone, and whether an interval is one of months."""

    digits: int = MICROSECONDS
    zone: str = zones.UTC
    in_months: bool = False


def of_columns(tree: exp.Expr) -> list[Look]:
    """Return the looks of a query's columns; those of columns that are not to be seen are missing at the end."""
    digits, columns = precisions.of_columns(tree), origins.outputs(tree)
    if columns is None:
        return [Look(count) for count in digits]
    has_intervals = tree.find(exp.Interval) is not None
    return [
        Look(count, zoned.common(items), has_intervals and any(intervals.kind(of) == intervals.MONTHS for of in items))
        for items, count in zip(columns, digits, strict=True)
    ]


def refuse_hidden(query: exp.Expr) -> None:
    """Raise StatementError for a column whose look is lost where its query is stored, or stands in another one."""
    for item in (item for items in origins.outputs(query) or () for item in items):
        if chars.length_of(item) is not None:
            raise refuse(f"{item.sql('trino')[:60]}: CHAR as a column of a table or a view")
