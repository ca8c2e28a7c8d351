"""Renders rules over several fields: as conditions on the columns of a batch, and for the registry document.

A condition is null or true where the rule says nothing of a row. The functions have an engine of their own for the
documents (lambdas/shared/record_rules.py); a property test holds both to one meaning.
"""

from collections.abc import Callable
from functools import reduce
from itertools import combinations
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any

from txplatform.contracts.model import Contract
from txplatform.contracts.quality import RecordRule

if TYPE_CHECKING:
    import polars as pl

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_MOST_DIGITS = 38


def rule_document(rule: RecordRule) -> dict[str, Any]:
    """Render what the functions read of a rule."""
    optional = {"values": list(rule.values), "operator": rule.operator}
    given = {name: value for name, value in optional.items() if value}
    said = {"rule": rule.rule, "field": rule.subject, "message": rule.text}
    return {**said, "kind": rule.kind, "fields": list(rule.fields), **given}


def rule_conditions(contract: Contract, subject: str) -> dict[str, "pl.Expr"]:
    """Return what has to hold by the rules that are reported at one field, under the names of the rules."""
    return {rule.rule: _holds(contract, rule) for rule in contract.quality.rules if rule.subject == subject}


def _holds(contract: Contract, rule: RecordRule) -> "pl.Expr":
    import polars as pl

    columns = [pl.col(name) for name in rule.fields]
    match rule.kind:
        case "sum":
            total, *terms = _exact(contract, rule)
            return reduce(lambda one, other: one + other, terms) == total
        case "order":
            pairs = [_before(contract, one, other) for one, other in combinations(rule.fields, 2)]
            return pl.all_horizontal(pair.fill_null(value=True) for pair in pairs)
        case "present":
            return columns[1].is_not_null() | ~columns[0].is_in(rule.values).fill_null(value=False)
        case "compare":
            return _OPERATORS[rule.operator](*columns)  # decimals of different scales compare exactly


def _before(contract: Contract, one: str, other: str) -> "pl.Expr":
    import polars as pl

    left, right = pl.col(one), pl.col(other)
    if contract[one].type is contract[other].type:
        return left <= right
    return left.cast(pl.Date) <= right.cast(pl.Date)


def _exact(contract: Contract, rule: RecordRule) -> list["pl.Expr"]:
    """The numbers as decimals of one scale; reading the contract has seen that a sum of them fits."""
    import polars as pl

    scale = max(contract[name].scale or 0 for name in rule.fields)
    return [pl.col(name).cast(pl.Decimal(_MOST_DIGITS, scale)) for name in rule.fields]
