"""The calculated fields of an entity's analysis, one for each measure of a mart, and how they are shown."""

from collections.abc import Mapping
from typing import Any

from txplatform.warehouse.marts.expressions import in_quicksight
from txplatform.warehouse.marts.measures import Measure
from txplatform.warehouse.marts.model import Mart


def field_name(measure: Measure) -> str:
    """The name of a measure's calculated field, which no column has."""
    return f"{measure.title} of the selection"


def shown(mart: Mart, known: Mapping[str, Measure]) -> list[Measure]:
    """The measures that have a calculated field, in the order of the mart."""
    return [known[name] for name in mart.measures if in_quicksight(known[name])]


def calculated(mart: Mart, known: Mapping[str, Measure]) -> list[dict[str, Any]]:
    """The calculated fields over the data set of a mart."""
    return [
        {"DataSetIdentifier": mart.name, "Name": field_name(measure), "Expression": in_quicksight(measure)}
        for measure in shown(mart, known)
    ]


def formats(mart: Mart, known: Mapping[str, Measure]) -> list[dict[str, Any]]:
    """The number formats of the calculated fields, as the dictionary has them."""
    return [
        {
            "Column": {"DataSetIdentifier": mart.name, "ColumnName": field_name(measure)},
            "FormatConfiguration": {"NumberFormatConfiguration": {"FormatConfiguration": _format(measure.format)}},
        }
        for measure in shown(mart, known)
    ]


def _format(text: str) -> dict[str, Any]:
    digits = len(text.removesuffix(" %").partition(".")[2])
    shape = {
        "DecimalPlacesConfiguration": {"DecimalPlaces": digits},
        "SeparatorConfiguration": {"ThousandsSeparator": {"Symbol": "COMMA", "Visibility": "VISIBLE"}},
    }
    return {f"{'Percentage' if text.endswith('%') else 'Number'}DisplayFormatConfiguration": shape}
