"""The visuals of a page: slicers, cards, a line by day, tables; each at its place, in the order of reading.

https://developer.microsoft.com/json-schemas/fabric/item/report/definition/visualContainer/2.4.0/schema.json
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from txplatform.dashboards.powerbi.fields import Shown, query

SCHEMA = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition/visualContainer/2.4.0/schema.json"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visual stands on its page, in pixels."""

    x: int
    y: int
    width: int
    height: int


def slicer(name: str, place: Place, column: Shown) -> dict[str, Any]:
    """Filters the page by a column."""
    return _visual(name, place, "slicer", {"Values": [column]}, column.title)


def card(name: str, place: Place, measure: Shown) -> dict[str, Any]:
    """One figure, with all its digits: no thousands or millions."""
    units = {"labels": [{"properties": {"labelDisplayUnits": _literal("1D")}}]}
    return _visual(name, place, "card", {"Values": [measure]}, measure.title, units)


def line(name: str, place: Place, over: Shown, measure: Shown, by: Sequence[Shown]) -> dict[str, Any]:
    """A figure over time, a line for each value of what it is drawn by."""
    return _visual(name, place, "lineChart", {"Category": [over], "Y": [measure], "Series": by}, measure.title)


def table(name: str, place: Place, fields: Sequence[Shown], title: str) -> dict[str, Any]:
    """Figures by dimensions."""
    return _visual(name, place, "tableEx", {"Values": fields}, title)


def _visual(
    name: str,
    place: Place,
    kind: str,
    roles: dict[str, Sequence[Shown]],
    title: str,
    objects: dict[str, Any] | None = None,
) -> dict[str, Any]:
    heading = {"show": _literal("true"), "text": _literal("'" + title.replace("'", "''") + "'")}
    return {
        "$schema": SCHEMA,
        "name": name,
        "position": {"x": place.x, "y": place.y, "z": 0, "width": place.width, "height": place.height},
        "visual": {
            "visualType": kind,
            "query": query(roles),
            **({"objects": objects} if objects else {}),
            "visualContainerObjects": {"title": [{"properties": heading}]},
            "drillFilterOtherVisuals": True,
        },
    }


def _literal(value: str) -> dict[str, Any]:
    return {"expr": {"Literal": {"Value": value}}}
