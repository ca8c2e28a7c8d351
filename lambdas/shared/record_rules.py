"""Rules over several fields of a record, on its canonical values: a closed set of forms, each compiled once.

The file lane has the same rules as expressions over columns (txplatform/contracts/render/record_rules.py). A rule says
nothing of a record in which a field that it compares is absent or has no value of its type.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import combinations
from typing import Any

from lambdas.shared.errors import Violation

_DAY = 10  # characters of a date, with which a timestamp begins
_DIGITS = 80  # of a sum: more than eight values of 38 have
_NUMERIC = ("decimal", "integer")
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Holds = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class RecordRule:
    """A rule over some fields, and the violation, at one of them, where it does not hold."""

    fields: frozenset[str]
    violation: Violation
    holds: Holds

    @classmethod
    def parse(cls, document: Mapping[str, Any], types: Mapping[str, str]) -> "RecordRule":
        """Read a rule of a registry document; `types` are those of the fields."""
        make = {"sum": _sum, "order": _order, "present": _present, "compare": _compare}[document["kind"]]
        violation = Violation(document["field"], document["rule"], document["message"])
        return cls(frozenset(document["fields"]), violation, make(document, document["fields"], types))


def broken_rules(
    rules: Iterable[RecordRule], values: Mapping[str, Any], violations: Iterable[Violation], *, partial: bool = False
) -> list[Violation]:
    """The rules that canonical values break, but for those at a field of which there was no canonical value.

    `violations` are those of single fields. Of a `partial` record, only rules count whose fields are all there.
    """
    if partial:
        rules = [rule for rule in rules if rule.fields <= values.keys()]
    broken = [rule.violation for rule in rules if not rule.holds(values)]
    if not broken:
        return []
    unread = {item.field for item in violations} - values.keys()
    return [violation for violation in broken if violation.field not in unread]


def _sum(_: Mapping[str, Any], fields: Sequence[str], __: Mapping[str, str]) -> Holds:
    total, *terms = fields

    def holds(values: Mapping[str, Any]) -> bool:
        if any(name not in values for name in fields):
            return True
        with localcontext() as context:
            context.prec = _DIGITS
            return sum((Decimal(values[name]) for name in terms), Decimal(0)) == Decimal(values[total])

    return holds


def _order(_: Mapping[str, Any], fields: Sequence[str], types: Mapping[str, str]) -> Holds:
    def before(one: str, other: str, values: Mapping[str, Any]) -> bool:
        by_day = types[one] != types[other]
        return values[one][:_DAY] <= values[other][:_DAY] if by_day else values[one] <= values[other]

    pairs = list(combinations(fields, 2))  # not neighbours alone: days and moments together have no one order
    return lambda values: all(before(one, other, values) for one, other in pairs if one in values and other in values)


def _present(document: Mapping[str, Any], fields: Sequence[str], _: Mapping[str, str]) -> Holds:
    when, present = fields
    deciding = frozenset(document["values"])
    return lambda values: present in values or values.get(when) not in deciding


def _compare(document: Mapping[str, Any], fields: Sequence[str], types: Mapping[str, str]) -> Holds:
    left, right = fields
    compare = _OPERATORS[document["operator"]]
    if types[left] in _NUMERIC:
        return lambda values: (
            left not in values or right not in values or compare(Decimal(values[left]), Decimal(values[right]))
        )
    return lambda values: left not in values or right not in values or compare(values[left], values[right])
