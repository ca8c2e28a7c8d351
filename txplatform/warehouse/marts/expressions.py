"""Measures in the dialects of their readers: in a mart's statement, over the rows of a mart, and in QuickSight.

A figure is the same everywhere because sums and counts are made once, in the mart, and everyone after it adds these up
or divides them.
"""

from collections.abc import Mapping

from txplatform.contracts.model import Contract, FieldType
from txplatform.warehouse.marts.measures import Condition, Count, Figure, Measure, Ratio, Sum, Total


def scale_of(measure: Measure, contract: Contract) -> int:
    """Digits after the point."""
    match measure.form:
        case Count():
            return 0
        case Sum(field):
            return contract[field].scale or 0
        case Ratio(scale=scale) | Total(scale) | Figure(scale):
            return scale


def type_of(measure: Measure, contract: Contract) -> str:
    """The type of the measure's column, in SQL (Trino)."""
    scale = scale_of(measure, contract)
    whole = scale == 0 and not (isinstance(measure.form, Sum) and _is_decimal(measure.form, contract))
    return "bigint" if whole else f"decimal(38, {scale})"


def over_records(measure: Measure, contract: Contract) -> str | None:
    """The expression over the records of an entity; None of a ratio, and of what a mart's own statement computes."""
    match measure.form:
        case Count(where):
            return f"count(*){_filter(where)}"
        case Sum(field, where):
            return f"CAST(coalesce(sum({field}){_filter(where)}, 0) AS {type_of(measure, contract)})"
        case Ratio() | Total() | Figure():
            return None


def over_rows(measure: Measure, contract: Contract) -> str | None:
    """The expression over rows that have the measure; None of a ratio, and of a figure that must not be added."""
    return f"CAST(coalesce(sum({measure.name}), 0) AS {type_of(measure, contract)})" if measure.additive else None


def in_a_row(measure: Measure, measures: Mapping[str, Measure], contract: Contract) -> str:
    """A measure out of one row: a ratio of two columns, or the column.

    Athena rounds a quotient of decimals half up to the greater scale of both, which is the dividend's here.
    """
    if not isinstance(measure.form, Ratio):
        return measure.name
    numerator, denominator, scale = measure.form.numerator, measure.form.denominator, measure.form.scale
    divisor_scale = scale_of(measures[denominator], contract)
    dividend = f"CAST({numerator} AS decimal(38, {scale}))"
    divisor = f"nullif(CAST({denominator} AS decimal(38, {divisor_scale})), 0)"
    return f"CAST({dividend} / {divisor} AS decimal(38, {scale})) AS {measure.name}"


def in_quicksight(measure: Measure) -> str | None:
    """The calculated field over a data set of a mart that has the measure; None of a figure that must not be added."""
    match measure.form:
        case Ratio(numerator, denominator):
            top, bottom = f"sum({{{numerator}}})", f"sum({{{denominator}}})"
            return f"ifelse({bottom} = 0, NULL, {top} / {bottom})"
        case Figure():
            return None
        case Count() | Sum() | Total():
            return f"sum({{{measure.name}}})"


def _is_decimal(form: Sum, contract: Contract) -> bool:
    return contract[form.field].type is FieldType.DECIMAL


def _filter(where: Condition) -> str:
    conditions = [f"{field} IN ({', '.join(map(_literal, values))})" for field, values in where.items()]
    return f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
