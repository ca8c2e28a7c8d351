"""Ratios beside the sums that they are made of, and the figures of a mart grouped by some of its dimensions."""

from collections.abc import Sequence

from txplatform.contracts.model import Contract
from txplatform.warehouse.marts.dictionary import measures
from txplatform.warehouse.marts.expressions import in_a_row, over_rows
from txplatform.warehouse.marts.measures import Ratio


def with_ratios(contract: Contract, sql: str, dimensions: Sequence[str], names: Sequence[str]) -> str:
    """The columns of a statement, and the ratios among the named measures, which it lacks, made of its columns."""
    known = measures(contract)
    if not any(name in known and isinstance(known[name].form, Ratio) for name in names):
        return sql
    items = [*dimensions, *(in_a_row(known[name], known, contract) if name in known else name for name in names)]
    return f"SELECT {', '.join(items)}\nFROM (\n{sql}\n) figures"


def rolled_up(contract: Contract, mart: str, dimensions: Sequence[str], names: Sequence[str]) -> str:
    """The figures of a mart by some of its dimensions; its columns are these, then the measures.

    None of the measures may be a mere figure.
    """
    known = measures(contract)
    ratios = [form for name in names if isinstance(form := known[name].form, Ratio)]
    parts = [part for form in ratios for part in (form.numerator, form.denominator)]
    added = dict.fromkeys([*(name for name in names if not isinstance(known[name].form, Ratio)), *parts])
    expressions = {name: over_rows(known[name], contract) for name in added}
    assert all(expressions.values()), f"{names} hold a figure that must not be added"
    items = [*dimensions, *(f"{expression} AS {name}" for name, expression in expressions.items())]
    grouping = ", ".join(str(place) for place in range(1, len(dimensions) + 1))
    sql = f"SELECT {', '.join(items)} FROM {mart}" + (f" GROUP BY {grouping}" if dimensions else "")
    return with_ratios(contract, sql, dimensions, names)
