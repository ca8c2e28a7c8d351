"""The figures of all marts: those that are proven as they are now, others as they were kept.

Small marts are read whole. The others share the room that is left on the page.
"""

from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from txplatform.contracts.model import Contract
from txplatform.dashboards.html.data import NotComputed, Withheld
from txplatform.dashboards.html.figures import Figures
from txplatform.dashboards.html.grain import Athena, large_figures, small_figures
from txplatform.dashboards.html.proven import ProvenFigures
from txplatform.errors import QueryError
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.marts.model import Mart

_MOST_ROWS = 80_000  # of all marts on the page
_SMALL = 4_000  # rows of a mart that is not counted first, where there are not too many marts
_FEWEST = 1_000
_P = ParamSpec("_P")
_T = TypeVar("_T")


def mart_figures(
    athena: Athena, contracts: Mapping[str, Contract], proven: set[str], kept: Mapping[str, ProvenFigures]
) -> dict[str, dict[str, Figures | NotComputed]]:
    """By entity and mart, in their order."""
    found: dict[str, dict[str, Figures | NotComputed]] = {name: {} for name in contracts}
    large: list[Mart] = []
    room = _MOST_ROWS
    shown = [mart for contract in contracts.values() for mart in marts(contract, contracts)]
    small = max(_FEWEST, min(_SMALL, _MOST_ROWS // max(len(shown), 1)))
    for mart in shown:
        result = _not_proven(mart, proven, kept.get(mart.entity))
        if result is None:
            result = _tried(small_figures, athena, contracts[mart.entity], mart, small)
        if result is None:
            large.append(mart)
        found[mart.entity][mart.name] = result or NotComputed("")
        room -= result.rows if isinstance(result, Figures) else 0
    for place, mart in enumerate(large):
        most = max(small, room // (len(large) - place))
        result = _tried(large_figures, athena, contracts[mart.entity], mart, most)
        found[mart.entity][mart.name] = result
        room -= result.rows if isinstance(result, Figures) else 0
    return found


def _tried(read: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T | NotComputed:
    try:
        return read(*arguments, **named)
    except QueryError as error:
        return NotComputed(str(error))


def _not_proven(mart: Mart, proven: set[str], kept: ProvenFigures | None) -> Figures | Withheld | None:
    """What stands for a mart of which an entity is not proven: what was kept, unless it had other columns then."""
    unproven = [name for name in (mart.entity, *mart.reads) if name not in proven]
    if not unproven:
        return None
    found = kept.marts.get(mart.name) if kept else None
    fits = found and set(found.grain) <= set(mart.dimensions) and set(found.scales) <= set(mart.measures)
    return found if found and fits else Withheld(f"{unproven[0]} is not proven")
