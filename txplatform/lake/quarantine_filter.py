"""Which quarantined rows are meant: by rule, field, lane, day, origin and id."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

from pyiceberg.expressions import AlwaysTrue, And, BooleanExpression, EqualTo, GreaterThanOrEqual, In, LessThanOrEqual

from txplatform.contracts.names import Lane
from txplatform.contracts.render.columns import DAY, LANE

QUARANTINE_ID = "quarantine_id"


@dataclass(frozen=True, slots=True)
class QuarantineFilter:
    """What a quarantined row must match, all of it; an empty set and None match everything.

    Of `rules` and `fields`, one reason must match both. `origin` is a part of the URI of the object that the row came
    from. Days are those of the files, and of the ingestion of changes.
    """

    rules: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    lane: Lane | None = None
    first: date | None = None
    last: date | None = None
    origin: str | None = None
    ids: frozenset[str] = frozenset()

    @property
    def condition(self) -> BooleanExpression:
        """What a scan of the table can leave out by its statistics; `matches` has the rest."""
        return reduce(And, self._conditions(), AlwaysTrue())

    def matches(self, source: str, reasons: Sequence[Mapping[str, str]]) -> bool:
        """Say whether a row that meets the condition is meant."""
        if self.origin is not None and self.origin not in source:
            return False
        if not self.rules and not self.fields:
            return True
        return any(
            (not self.rules or reason["rule"] in self.rules) and (not self.fields or reason["field"] in self.fields)
            for reason in reasons
        )

    def _conditions(self) -> Iterator[BooleanExpression]:
        expression: Any
        for expression, name, value in (
            (EqualTo, LANE, self.lane and str(self.lane)),
            (GreaterThanOrEqual, DAY, self.first and self.first.isoformat()),
            (LessThanOrEqual, DAY, self.last and self.last.isoformat()),
            (In, QUARANTINE_ID, set(self.ids)),
        ):
            if value:
                yield expression(name, value)


EVERY_ROW = QuarantineFilter()
