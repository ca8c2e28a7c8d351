"""Transforms of numbers, all exact: no float, no rounding."""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, Context, Decimal, Inexact, InvalidOperation
from typing import Any, cast

from lambdas.shared.mapping.currencies import EXPONENTS
from lambdas.shared.mapping.expressions import Expression, Scope
from lambdas.shared.mapping.limits import Meter
from lambdas.shared.mapping.refusals import RefusedError

_MOST_DIGITS = 60  # of a number in arithmetic: more than any contract takes
_EXACT = Context(prec=1000, rounding=ROUND_DOWN, traps=[Inexact, InvalidOperation])
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_WHOLE = re.compile(r"-?[0-9]{1,19}")


def number(value: Any) -> Decimal:
    """A JSON number, or a text in plain notation, as it is; raise RefusedError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise RefusedError("type", "must be a number")
    if isinstance(value, str) and (len(value) > 2 * _MOST_DIGITS or not _PLAIN.fullmatch(value)):
        raise RefusedError("type", "must be a number in plain notation")
    read = Decimal(value)
    if not read.is_finite() or abs(read.adjusted()) >= _MOST_DIGITS or len(read.as_tuple().digits) > _MOST_DIGITS:
        raise RefusedError("range", f"must have at most {_MOST_DIGITS} digits")
    return read


def whole(value: Any) -> int:
    """A whole number; raise RefusedError for anything else."""
    if type(value) is int and -(10**18) < value < 10**18:
        return value
    read = number(value)
    if read != read.to_integral_value():
        raise RefusedError("type", "must be a whole number")
    return int(read)


def integer(value: Any) -> int:
    """A whole number of 64 bits or more, or the text of one."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise RefusedError("type", "must be a whole number")
    return whole(value)


def minor_units(currency: Expression, exponents: Mapping[str, int]) -> Callable[[Any, Scope, Meter], Decimal]:
    """From whole minor units to the currency's own, by ISO 4217 and what differs from it at the source."""
    shifts = {code: -exponent for code, exponent in {**EXPONENTS, **exponents}.items()}
    read, base = currency.read, currency.base

    def step(value: Any, scope: Scope, meter: Meter) -> Decimal:
        units = whole(value)
        code = read(scope[base], meter)
        shift = shifts.get(code.upper()) if isinstance(code, str) else None
        if shift is None:
            raise RefusedError("currency", f"has no known currency at '{currency.text}'")
        return Decimal(units).scaleb(shift, _EXACT)

    return step


def decimal(point: str, groups: str | None) -> Callable[[Any], Decimal]:
    """From a text with this sign before the fraction, and this one between groups of three digits."""
    grouped = "" if groups is None else rf"|[0-9]{{1,3}}(?:{re.escape(groups)}[0-9]{{3}})+"
    pattern = re.compile(rf"[+-]?(?:[0-9]+{grouped})(?:{re.escape(point)}[0-9]+)?")

    def step(value: Any) -> Decimal:
        if not isinstance(value, str):
            return number(value)
        if len(value) > 3 * _MOST_DIGITS or not pattern.fullmatch(value):
            raise RefusedError("format", "must be a number as the mapping writes it")
        return number(value.replace(groups or "", "").replace(point, "."))

    return step


def total(value: Any) -> Decimal | None:
    """The exact sum of a list; None when one of its numbers is null."""
    numbers = _numbers(value)
    if numbers is None:
        return None
    result = Decimal(0)
    for item in numbers:
        result = _EXACT.add(result, item)
    return result


def product(scale: int | None) -> Callable[[Any], Decimal | None]:
    """The exact product of a list, of at most `scale` decimals."""

    def step(value: Any) -> Decimal | None:
        numbers = _numbers(value)
        if numbers is None:
            return None
        result = Decimal(1)
        for item in numbers:
            result = _EXACT.multiply(result, item)
        if scale is not None and result != 0 and -int(result.normalize(_EXACT).as_tuple().exponent) > scale:
            raise RefusedError("scale", f"must have at most {scale} digits after the point")
        return result

    return step


def _numbers(value: Any) -> list[Decimal] | None:
    if not isinstance(value, list):
        raise RefusedError("type", "must be a list of numbers")
    items = cast("list[Any]", value)
    if len(items) > _MOST_FACTORS:
        raise RefusedError("range", f"must be at most {_MOST_FACTORS} numbers")
    return None if any(item is None for item in items) else [number(item) for item in items]


_MOST_FACTORS = 1000
