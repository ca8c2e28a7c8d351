"""By what the page has the figures of a mart: all its dimensions, or as many as keep the page small.

A mart that is too large is read by fewer: hours become days, then the dimension with the most values is left out, then
the next. Its sums stay exact. Figures that must not be added are left out with it.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from txplatform.contracts.model import Contract
from txplatform.dashboards.html.figures import Figures, figures_of
from txplatform.errors import QueryError
from txplatform.warehouse.marts.dictionary import measures
from txplatform.warehouse.marts.expressions import scale_of
from txplatform.warehouse.marts.measures import Ratio
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.marts.rollup import rolled_up

if TYPE_CHECKING:
    import pyarrow as pa

_DATE, _TIME = "date", "timestamp(6)"


class Athena(Protocol):
    """The query service, as far as the dashboard needs it."""

    def arrow(self, sql: str, /) -> "pa.Table": ...


def small_figures(athena: Athena, contract: Contract, mart: Mart, most: int = 4_000) -> Figures | None:
    """The figures of a mart by all its dimensions, None where it has more than `most` rows."""
    scales = scales_of(contract, mart, additive=False)
    table = athena.arrow(f"SELECT {', '.join([*mart.dimensions, *scales])} FROM {mart.name} LIMIT {most + 1}")
    return None if table.num_rows > most else figures_of(table, {name: name for name in mart.dimensions}, scales)


def large_figures(athena: Athena, contract: Contract, mart: Mart, most: int) -> Figures:
    """The figures of a mart by the most of its dimensions that give no more than `most` rows; raise QueryError."""
    counts = ", ".join(f"count(DISTINCT {name}) AS {name}" for name in mart.dimensions)
    [found] = athena.arrow(f"SELECT count(*) AS whole, {counts} FROM {mart.name}").to_pylist()
    whole = found.pop("whole")
    for grain in _grains(mart, found):
        if _rows(athena, mart, grain) <= most:
            return _figures(athena, contract, mart, grain, whole)
    raise QueryError(f"{mart.name} has more than {most:,} rows by each of its dimensions")


def scales_of(contract: Contract, mart: Mart, *, additive: bool) -> dict[str, int]:
    """The measures of a mart with their digits; ratios are made of them by whoever reads several rows."""
    known = {name: measures(contract)[name] for name in mart.measures}
    shown = [item for item in known.values() if item.additive or not (additive or isinstance(item.form, Ratio))]
    return {item.name: scale_of(item, contract) for item in shown}


def _figures(athena: Athena, contract: Contract, mart: Mart, grain: Mapping[str, str], whole: int) -> Figures:
    left_out = [name for name in mart.dimensions if grain.get(name) != name]
    scales = scales_of(contract, mart, additive=bool(left_out))
    if left_out:
        table = athena.arrow(rolled_up(contract, mart.name, tuple(grain.values()), tuple(scales)))
    else:
        table = athena.arrow(f"SELECT {', '.join([*grain, *scales])} FROM {mart.name}")
    return figures_of(table, grain, scales, left_out, whole)


def _grains(mart: Mart, widths: Mapping[str, int]) -> Iterator[dict[str, str]]:
    """Ever fewer dimensions, by name, as SQL."""
    types = {column.name: column.trino_type for column in mart.columns}
    grain = {name: name for name in mart.dimensions}
    yield dict(grain)
    times = [name for name in grain if types[name] == _TIME]
    if times:
        grain |= {name: f"CAST({name} AS {_DATE})" for name in times}
        yield dict(grain)
    for name in sorted(grain, key=lambda name: (types[name] in (_DATE, _TIME), -widths[name], name))[:-1]:
        del grain[name]
        yield dict(grain)


def _rows(athena: Athena, mart: Mart, grain: Mapping[str, str]) -> int:
    items = ", ".join(f"{sql} AS {name}" for name, sql in grain.items())
    [row] = athena.arrow(f"SELECT count(*) AS rows FROM (SELECT DISTINCT {items} FROM {mart.name}) grain").to_pylist()
    return row["rows"]
