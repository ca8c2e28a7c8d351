"""Measures of the dictionary in DAX, over the rows of a mart.

Sums are those of the mart's counts and sums. A figure that must not be added is shown where one row is left. What is
measured in a currency is shown where the rows have one currency: a sum of euros and yen is nothing.
"""

from collections.abc import Mapping

from txplatform.dashboards.powerbi.identifiers import dax_column
from txplatform.dashboards.powerbi.types import DOUBLE_DIGITS
from txplatform.warehouse.marts.measures import Figure, Measure, Ratio
from txplatform.warehouse.marts.model import Mart

CURRENCY = "currency"
_IN_A_CURRENCY = ("currency", "price")  # units of measures


def in_dax(measure: Measure, mart: Mart, known: Mapping[str, Measure]) -> str:
    """The expression of a measure over the table of a mart."""
    expression = _expression(measure, mart, known)
    if measure.unit in _IN_A_CURRENCY and CURRENCY in mart.dimensions:
        return f"IF(HASONEVALUE({dax_column(mart.name, CURRENCY)}), {expression})"
    return expression


def _expression(measure: Measure, mart: Mart, known: Mapping[str, Measure]) -> str:
    match measure.form:
        case Ratio(numerator, denominator, scale):
            quotient = f"DIVIDE({_sum(known[numerator], mart)}, {_sum(known[denominator], mart)})"
            # A quotient is a double here: beyond its digits there is nothing to round.
            return f"ROUND({quotient}, {scale})" if scale <= DOUBLE_DIGITS else quotient
        case Figure():
            table = "'" + mart.name.replace("'", "''") + "'"
            return f"IF(COUNTROWS({table}) = 1, MAX({dax_column(mart.name, measure.name)}))"
        case _:
            return _sum(measure, mart)


def _sum(measure: Measure, mart: Mart) -> str:
    return f"SUM({dax_column(mart.name, measure.name)})"
