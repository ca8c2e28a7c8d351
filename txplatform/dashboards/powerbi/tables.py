"""The table of a mart: its dimensions, its figures hidden behind measures, and how it is refreshed."""

from txplatform.contracts.model import Contract
from txplatform.dashboards.powerbi.athena import view_source
from txplatform.dashboards.powerbi.dax import in_dax
from txplatform.dashboards.powerbi.model import Column, ModelMeasure, Table
from txplatform.dashboards.powerbi.types import DOUBLE_DIGITS, column_type
from txplatform.warehouse.marts.dictionary import measures
from txplatform.warehouse.marts.measures import Ratio
from txplatform.warehouse.marts.model import Mart, MartColumn

DAY = "day"
_RANGE_TYPES = ("date", "timestamp(6)")


def mart_table(mart: Mart, contract: Contract, related: frozenset[str]) -> Table:
    """The table of a mart, whose columns in `related` stand in tables of dimensions that it shares with others."""
    known = measures(contract)
    ratios = {name for name in mart.measures if isinstance(known[name].form, Ratio)}  # made of their parts, by DAX
    columns = tuple(_column(mart, column, related) for column in mart.columns if column.name not in ratios)
    shown = tuple(
        ModelMeasure(
            name=measure_name(known[name].title, mart.name),
            title=known[name].title,
            expression=in_dax(known[name], mart, known),
            description=known[name].description,
            format=known[name].format,
        )
        for name in mart.measures
    )
    ranged = _range_column(mart)
    return Table(mart.name, mart.description, columns, view_source(mart.name, columns, ranged), shown,
                 range_column=ranged)  # fmt: skip


def measure_name(title: str, mart: str) -> str:
    """The name of a measure, which no other of the model has."""
    return f"{title} ({mart})"


def _column(mart: Mart, column: MartColumn, related: frozenset[str]) -> Column:
    kind = column_type(mart.name, column.name, column.trino_type)
    described = column.description
    if kind.approximate:
        described += f" Held as a double here: the first {DOUBLE_DIGITS} digits are right."
    hidden = column.name in mart.measures or column.name in related
    return Column(column.name, kind, described, source=column.name, hidden=hidden)


def _range_column(mart: Mart) -> str:
    """The dimension by which the mart is refreshed in parts: its day, else a time of its grain; empty without one."""
    found = [column.name for column in mart.columns if column.name in mart.grain and column.trino_type in _RANGE_TYPES]
    return DAY if DAY in found else next(iter(found), "")
