"""Figures of a mart in the form in which the page holds them: by columns, compact, and exact to the last digit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_EXACT = Context(prec=76)


@dataclass(frozen=True, slots=True)
class Figures:
    """A row for each value of the dimensions, in their order.

    A dimension has its `words`, sorted, and of each row the place of its word among them. A measure has its `scale` and
    one text of integers, each the figure times ten to that power, empty where there is no figure. `grain` has the
    dimensions as SQL. Of those that are `left_out`, the mart had `whole` rows. Figures are those of `as_of`, when they
    were last proven; None where that is the time of the page.
    """

    rows: int
    grain: Mapping[str, str]
    words: Mapping[str, Sequence[str | None]]
    places: Mapping[str, Sequence[int]]
    scales: Mapping[str, int]
    values: Mapping[str, str]
    left_out: Sequence[str] = ()
    whole: int = 0
    as_of: datetime | None = None


def figures_of(
    table: "pa.Table", grain: Mapping[str, str], scales: Mapping[str, int], left_out: Sequence[str] = (), whole: int = 0
) -> Figures:
    """Take the rows of a result, whose columns are the dimensions and then the measures."""
    named = table.rename_columns([*grain, *scales])
    ordered = named.sort_by([(name, "ascending") for name in grain]) if grain else named
    columns = {name: ordered.column(name).to_pylist() for name in named.column_names}
    words: dict[str, list[str | None]] = {}
    places: dict[str, list[int]] = {}
    for name in grain:
        known = sorted({value for value in columns[name] if value is not None})
        known += [None] if None in columns[name] else []
        index = {value: place for place, value in enumerate(known)}
        words[name] = [None if value is None else as_text(value) for value in known]
        places[name] = [index[value] for value in columns[name]]
    values = {name: " ".join(_scaled(value, scale) for value in columns[name]) for name, scale in scales.items()}
    return Figures(ordered.num_rows, dict(grain), words, places, dict(scales), values, tuple(left_out), whole)


def as_text(value: Any) -> str:
    """A value of a result as the page shows it; times are UTC."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "milliseconds").removesuffix(".000")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _scaled(value: Decimal | int | None, scale: int) -> str:
    if value is None:
        return ""
    scaled = _EXACT.scaleb(Decimal(value), scale)
    assert scaled == scaled.to_integral_value(context=_EXACT), f"{value} has more than {scale} digits"
    return f"{scaled:.0f}"
