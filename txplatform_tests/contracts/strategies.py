"""Hypothesis strategies derived from contracts: canonical records that satisfy one, and values that break one rule."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from typing import Any

from hypothesis import strategies as st

from lambdas.shared.json_value import Json
from txplatform.contracts.model import Contract, Field, FieldType

_MOST_ITEMS = 3
_LONGEST = 40  # characters of a free text, unless the contract asks for more: keeps examples readable
_EXACT = Context(prec=80)  # a bound and a step of its scale may take more digits than the default context keeps
_FIRST, _LAST = "1970-01-01", "2099-12-31"
_CHARACTERS = st.characters(exclude_categories=["Cs"])


def records(contract: Contract) -> st.SearchStrategy[dict[str, Any]]:
    """Records in canonical form that satisfy the contract; optional fields come and go."""
    return _members(contract.fields).map(lambda record: _by_rules(contract, record))


def _by_rules(contract: Contract, record: dict[str, Any]) -> dict[str, Any]:
    """The record as the rules over several fields want it, of the forms that the shipped contracts have."""
    for rule in contract.quality.rules:
        first, *others = rule.fields
        match rule.kind:
            case "sum" if record.keys() >= set(rule.fields):
                record |= {
                    others[0]: record[first],
                    **{name: _written(contract[name], Decimal(0)) for name in others[1:]},
                }
            case "order":
                there = [name for name in rule.fields if name in record]
                record |= dict(zip(there, sorted(record[name] for name in there), strict=True))
            case "present" if record.get(first) in rule.values:
                record.setdefault(others[0], contract[others[0]].example)
            case _:
                continue
    return record


def _members(fields: Sequence[Field]) -> st.SearchStrategy[dict[str, Any]]:
    required = {field.name: values(field) for field in fields if field.required}
    optional = {field.name: values(field) for field in fields if not field.required}
    return st.fixed_dictionaries(required, optional=optional)


def json_values() -> st.SearchStrategy[Any]:
    """JSON of any kind, with numbers that a double cannot hold."""
    numbers = st.integers(-(10**25), 10**25) | st.decimals(
        allow_nan=False, allow_infinity=False, places=12, min_value=-(10**20), max_value=10**20
    )
    texts = st.text(_CHARACTERS, max_size=9)
    return st.recursive(
        st.none() | st.booleans() | numbers | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=6,
    )


def values(field: Field) -> st.SearchStrategy[Any]:
    """Canonical values of one field."""
    match field.type:
        case FieldType.STRING:
            return _strings(field)
        case FieldType.INTEGER:
            low = -(2**63) if field.minimum is None else int(field.minimum)
            return st.integers(low, 2**63 - 1 if field.maximum is None else int(field.maximum))
        case FieldType.DECIMAL:
            return _decimals(field)
        case FieldType.BOOLEAN:
            return st.booleans()
        case FieldType.DATE:
            return _days(field).map(date.isoformat)
        case FieldType.TIMESTAMP:
            moments = st.builds(datetime.combine, _days(field), st.times())
            return moments.map(lambda moment: moment.isoformat(timespec="microseconds") + "Z")
        case FieldType.OBJECT:
            return _members(field.fields)
        case FieldType.ARRAY:
            assert field.element is not None
            return st.lists(values(field.element), max_size=min(_MOST_ITEMS, field.max_items or 0))
        case FieldType.MAP:
            assert field.element is not None
            most = min(_MOST_ITEMS, field.max_items or 0)
            return st.dictionaries(st.text(_CHARACTERS, min_size=1, max_size=9), values(field.element), max_size=most)
        case FieldType.JSON:
            return json_values().filter(lambda value: value is not None)


def _days(field: Field) -> st.SearchStrategy[date]:
    """Days within the bounds of a field, which are at a day's start and end where it is a timestamp."""
    first, last = field.earliest or _FIRST, field.latest or _LAST
    return st.dates(*(date.fromisoformat(bound[:10]) for bound in (first, last)))


def violations(field: Field) -> dict[str, st.SearchStrategy[Any]]:
    """Canonical values that break a rule, for every rule of a field that a value of its type can break."""
    broken: dict[str, st.SearchStrategy[Any]] = {}
    if field.enum:
        broken["enum"] = st.text(_CHARACTERS, max_size=_LONGEST).filter(lambda text: text not in field.enum)
    if field.pattern is not None:
        pattern = re.compile(field.pattern)
        # Also what an unanchored match would let through: a good value with something after it.
        texts = st.text(_CHARACTERS, max_size=_LONGEST) | _strings(field).map(lambda text: f"{text}\n")
        broken["pattern"] = texts.filter(lambda text: not pattern.fullmatch(text))
    if field.min_length:
        broken["min_length"] = st.text(_CHARACTERS, max_size=field.min_length - 1)
    if field.max_length is not None:
        length = field.max_length + 1
        broken["max_length"] = st.text(_CHARACTERS, min_size=length, max_size=length + 3)
    if field.minimum is not None:
        step = Decimal(1).scaleb(-(field.scale or 0))
        broken["minimum"] = st.integers(1, 10**6).map(
            lambda steps: _written(field, _EXACT.subtract(field.minimum, steps * step))
        )
    if field.maximum is not None:
        step = Decimal(1).scaleb(-(field.scale or 0))
        broken["maximum"] = st.integers(1, 10**6).map(
            lambda steps: _written(field, _EXACT.add(field.maximum, steps * step))
        )
    return broken


def typed(field: Field, value: Any) -> Any:
    """The Python value that a canonical one stands for in the lake: Decimal, date, aware datetime.

    An object has all of its members, None for those that are absent; a JSON value is its text.
    """
    if value is None:
        return None
    match field.type:
        case FieldType.DECIMAL:
            return Decimal(value)
        case FieldType.DATE:
            return date.fromisoformat(value)
        case FieldType.TIMESTAMP:
            return datetime.fromisoformat(value).astimezone(UTC)
        case FieldType.OBJECT:
            return {member.name: typed(member, value.get(member.name)) for member in field.fields}
        case FieldType.ARRAY:
            assert field.element is not None
            return [typed(field.element, item) for item in value]
        case FieldType.MAP:
            assert field.element is not None
            return {name: typed(field.element, item) for name, item in value.items()}
        case FieldType.JSON:
            return Json.of(value).text
        case _:
            return value


def typed_record(contract: Contract, record: dict[str, Any]) -> dict[str, Any]:
    """A whole record as Python values, with None for what it leaves out."""
    return {field.name: typed(field, record.get(field.name)) for field in contract.fields}


def _strings(field: Field) -> st.SearchStrategy[str]:
    if field.enum:
        return st.sampled_from(field.enum)
    low, high = field.min_length or 0, field.max_length if field.max_length is not None else _LONGEST
    if field.pattern is not None:
        fitting = st.from_regex(re.compile(field.pattern), fullmatch=True)
        return fitting.filter(lambda text: low <= len(text) <= high)
    return st.text(_CHARACTERS, min_size=low, max_size=max(low, min(high, _LONGEST)))


def _decimals(field: Field) -> st.SearchStrategy[str]:
    assert field.precision is not None
    scale = field.scale or 0
    most = 10**field.precision - 1
    low = -most if field.minimum is None else _steps(field.minimum, scale)
    high = most if field.maximum is None else _steps(field.maximum, scale)
    return st.integers(low, high).map(lambda steps: _decimal_text(steps, scale))


def _steps(bound: Decimal, scale: int) -> int:
    return int(bound.scaleb(scale))


def _decimal_text(steps: int, scale: int) -> str:
    digits = str(abs(steps)).rjust(scale + 1, "0")
    text = f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits
    return f"-{text}" if steps < 0 else text


def _written(field: Field, value: Decimal) -> Any:
    return int(value) if field.type is FieldType.INTEGER else f"{value:.{field.scale}f}"
