"""The page of an entity: what to filter by, cards and a line of its mart by day, and a table of each of its marts."""

from collections.abc import Mapping, Sequence
from typing import Any

from txplatform.contracts.model import Contract
from txplatform.dashboards.powerbi import visuals
from txplatform.dashboards.powerbi.dax import CURRENCY
from txplatform.dashboards.powerbi.fields import Shown
from txplatform.dashboards.powerbi.identifiers import report_name
from txplatform.dashboards.powerbi.tables import DAY, measure_name
from txplatform.dashboards.powerbi.visuals import Place
from txplatform.warehouse.marts.dictionary import measures
from txplatform.warehouse.marts.measures import Figure
from txplatform.warehouse.marts.model import Mart

SCHEMA = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition/page/2.0.0/schema.json"
WIDTH = 1280
_GAP, _SLICER, _CARD, _CHART = 16, 88, 104, 320
_MOST_CARDS = 6


def entity_page(
    contract: Contract, marts: Sequence[Mart], shared: Mapping[tuple[str, str], tuple[str, str]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The page and its visuals; `shared` are the columns that stand for dimensions which several marts have."""
    placed, top = _head(contract, _main(marts), shared)
    for mart in marts:
        place = Place(_GAP, top, WIDTH - 2 * _GAP, _CHART)
        fields = [*_dimensions(mart, shared), *_figures(contract, mart, mart.measures)]
        placed.append(visuals.table(report_name(mart.name, "table"), place, fields, mart.description))
        top += _CHART + _GAP
    page = {
        "$schema": SCHEMA,
        "name": report_name(contract.name),
        "displayName": contract.title,
        "displayOption": "FitToWidth",
        "height": top,
        "width": WIDTH,
    }
    return page, [_in_order(visual, number) for number, visual in enumerate(placed)]


def _head(
    contract: Contract, mart: Mart, shared: Mapping[tuple[str, str], tuple[str, str]]
) -> tuple[list[dict[str, Any]], int]:
    """The visuals of the main mart, and where they end."""
    by_name = {shown.title: shown for shown in _dimensions(mart, shared)}
    filters = [by_name[name] for name in (DAY, CURRENCY) if name in by_name]
    known = measures(contract)
    summed = [name for name in mart.measures if not isinstance(known[name].form, Figure)]  # a figure is of a row alone
    cards = _figures(contract, mart, summed)[:_MOST_CARDS]
    placed = [
        visuals.slicer(report_name(mart.name, "filter", shown.title), place, shown)
        for shown, place in zip(filters, _row(len(filters), _GAP, _SLICER), strict=True)
    ]
    top = _GAP + (_SLICER + _GAP if filters else 0)
    places = _row(len(cards), top, _CARD)
    for number, (shown, place) in enumerate(zip(cards, places, strict=True)):
        placed.append(visuals.card(report_name(mart.name, "card", str(number)), place, shown))
    top += _CARD + _GAP
    if DAY in by_name:
        place = Place(_GAP, top, WIDTH - 2 * _GAP, _CHART)
        by = [by_name[CURRENCY]] if CURRENCY in by_name else []
        placed.append(visuals.line(report_name(mart.name, "line"), place, by_name[DAY], _drawn(contract, mart), by))
        top += _CHART + _GAP
    return placed, top


def _main(marts: Sequence[Mart]) -> Mart:
    """The mart by day that has the fewest dimensions, else the first."""
    daily = [mart for mart in marts if DAY in mart.dimensions]
    return min(daily or marts[:1], key=lambda mart: len(mart.dimensions))


def _drawn(contract: Contract, mart: Mart) -> Shown:
    """What the line shows: the first value of money, else the first figure."""
    known = measures(contract)
    money = [n for n, name in enumerate(mart.measures) if known[name].unit == "currency" and known[name].additive]
    return _figures(contract, mart, mart.measures)[money[0] if money else 0]


def _dimensions(mart: Mart, shared: Mapping[tuple[str, str], tuple[str, str]]) -> list[Shown]:
    columns = [(shared.get((mart.name, name), (mart.name, name)), name) for name in mart.dimensions]
    return [Shown("Column", table, column, name) for (table, column), name in columns]


def _figures(contract: Contract, mart: Mart, names: Sequence[str]) -> list[Shown]:
    titles = [measures(contract)[name].title for name in names]
    return [Shown("Measure", mart.name, measure_name(title, mart.name), title) for title in titles]


def _row(count: int, y: int, height: int) -> list[Place]:
    width = (WIDTH - _GAP) // max(count, 1) - _GAP
    return [Place(_GAP + number * (width + _GAP), y, width, height) for number in range(count)]


def _in_order(visual: dict[str, Any], number: int) -> dict[str, Any]:
    return {**visual, "position": {**visual["position"], "z": number, "tabOrder": number}}
