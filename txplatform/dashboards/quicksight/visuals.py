"""The visuals of a mart's sheet: its first measure over time or by a dimension, and a table of all."""

from collections.abc import Mapping
from typing import Any

from txplatform.dashboards.quicksight.fields import field_name, shown
from txplatform.warehouse.marts.measures import Measure
from txplatform.warehouse.marts.model import Mart, MartColumn

_CURRENCY = "currency"
_GRANULARITY = {"date": "DAY", "timestamp(6)": "HOUR"}


def visuals(mart: Mart, known: Mapping[str, Measure]) -> list[dict[str, Any]]:
    """A chart where a measure can be added, and the table."""
    measures = shown(mart, known)
    columns = {column.name: column for column in mart.columns}
    dimensions = [columns[name] for name in mart.dimensions]
    table = {
        "VisualId": f"{mart.name}-table",
        "Title": _title(mart.description),
        "ChartConfiguration": {
            "FieldWells": {
                "TableAggregatedFieldWells": {
                    "GroupBy": [_dimension(mart, column, "table") for column in dimensions],
                    "Values": [_measure(mart, measure, "table") for measure in measures],
                }
            }
        },
    }
    return [*([_chart(mart, dimensions, measures[0])] if measures else []), {"TableVisual": table}]


def _chart(mart: Mart, dimensions: list[MartColumn], measure: Measure) -> dict[str, Any]:
    """Over time where there is a time, else by the first dimension; amounts of currencies are kept apart."""
    time = next((column for column in dimensions if column.trino_type in _GRANULARITY), None)
    category = time or next((column for column in dimensions if column.name != _CURRENCY), dimensions[0])
    colors = [column for column in dimensions if column.name == _CURRENCY and column is not category]
    wells = {
        "Category": [_dimension(mart, category, "chart")],
        "Values": [_measure(mart, measure, "chart")],
        "Colors": [_dimension(mart, column, "chart") for column in colors],
    }
    kind = "LineChart" if time else "BarChart"
    visual = {
        "VisualId": f"{mart.name}-chart",
        "Title": _title(measure.title),
        "ChartConfiguration": {"FieldWells": {f"{kind}AggregatedFieldWells": wells}},
    }
    return {f"{kind}Visual": visual}


def _dimension(mart: Mart, column: MartColumn, place: str) -> dict[str, Any]:
    field = {
        "FieldId": f"{mart.name}.{column.name}.{place}",
        "Column": {"DataSetIdentifier": mart.name, "ColumnName": column.name},
    }
    if column.trino_type in _GRANULARITY:
        return {"DateDimensionField": {**field, "DateGranularity": _GRANULARITY[column.trino_type]}}
    return {f"{'Numerical' if column.trino_type == 'bigint' else 'Categorical'}DimensionField": field}


def _measure(mart: Mart, measure: Measure, place: str) -> dict[str, Any]:
    column = {"DataSetIdentifier": mart.name, "ColumnName": field_name(measure)}
    return {"NumericalMeasureField": {"FieldId": f"{mart.name}.{measure.name}.{place}", "Column": column}}


def _title(text: str) -> dict[str, Any]:
    return {"Visibility": "VISIBLE", "FormatText": {"PlainText": text}}
