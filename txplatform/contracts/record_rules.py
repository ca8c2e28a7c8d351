"""Reads the rules over several fields of a record, and refuses those that could not be checked exactly.

The set of forms is closed: the functions and the lake each have an engine for them, and no text of a contract is run.
"""

from collections.abc import Mapping

from txplatform.contracts.keys.quality import RECORD_RULE
from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.quality import RecordRule
from txplatform.contracts.section import Section

MAX_DIGITS = 38  # of a decimal in the lake
_MOST_FIELDS = 8
_NUMBERS = (FieldType.DECIMAL, FieldType.INTEGER)
_TIMES = (FieldType.TIMESTAMP, FieldType.DATE)
_SAMENESS = (FieldType.STRING, FieldType.BOOLEAN)
_FORMS = {"sum": "sum", "order": "order", "when": "present", "left": "compare"}  # by the key that each begins with
_KEYS = {
    "sum": ("sum", "equals"),
    "order": ("order",),
    "present": ("when", "values", "present"),
    "compare": ("left", "operator", "right"),
}

Fields = Mapping[str, Field]


def read_record_rule(name: str, check: Section, fields: Fields) -> RecordRule:
    """Read the implementation of one check of the type `custom`; raise ContractError."""
    rule = check.section("implementation", RECORD_RULE)
    rule.check_keys()
    forms = [form for key, form in _FORMS.items() if rule.has(key)]
    if len(forms) != 1:
        remedy = "write sum and equals, or order, or when, values and present, or left, operator and right"
        raise rule.error(f"'{check.name_of('implementation')}' has {len(forms)} forms of a rule", remedy)
    form = forms[0]
    rule.check_keys(_KEYS[form])
    match form:
        case "sum":
            return _sum(name, rule, fields)
        case "order":
            return RecordRule(name, "order", _several(rule, "order", fields, _TIMES))
        case "present":
            return _present(name, rule, fields)
        case _:
            return _compare(name, rule, fields)


def _named(rule: Section, key: str, name: str, fields: Fields) -> Field:
    if name not in fields:
        raise rule.error(f"'{rule.name_of(key)}' names '{name}', which is not a field", "name a field of the entity")
    return fields[name]


def _several(rule: Section, key: str, fields: Fields, types: tuple[FieldType, ...]) -> tuple[str, ...]:
    listed = rule.texts(key)
    if not 2 <= len(listed) <= _MOST_FIELDS:
        raise rule.error(f"'{rule.name_of(key)}' lists {len(listed)} fields", f"list from 2 to {_MOST_FIELDS}")
    for name in listed:
        _of_type(rule, key, _named(rule, key, name, fields), types)
    return listed


def _of_type(rule: Section, key: str, field: Field, types: tuple[FieldType, ...]) -> None:
    if field.type not in types:
        problem = f"'{rule.name_of(key)}' names '{field.name}', which is of the type {field.type}"
        raise rule.error(problem, f"name fields of the types {' and '.join(types)}")


def _sum(name: str, rule: Section, fields: Fields) -> RecordRule:
    terms = _several(rule, "sum", fields, _NUMBERS)
    total = _named(rule, "equals", rule.text("equals"), fields)
    _of_type(rule, "equals", total, _NUMBERS)
    if total.name in terms:
        raise rule.error(f"'{total.name}' is the sum and a part of it", "name another field as 'equals'")
    numbers = [total, *(fields[term] for term in terms)]
    scale = max(field.scale or 0 for field in numbers)
    digits = max((field.precision or 19) - (field.scale or 0) for field in numbers) + 1 + scale
    if digits > MAX_DIGITS:
        problem = f"a sum of these fields may have {digits} digits, and is exact up to {MAX_DIGITS}"
        raise rule.error(problem, "give the fields smaller decimals, or compare them in an SQL check")
    return RecordRule(name, "sum", (total.name, *terms))


def _present(name: str, rule: Section, fields: Fields) -> RecordRule:
    when = _named(rule, "when", rule.text("when"), fields)
    _of_type(rule, "when", when, (FieldType.STRING,))
    if when.personal:
        raise rule.error(f"'{when.name}' decides and is personal: reasons name its value", "let another field decide")
    values = rule.texts("values")
    unknown = sorted(set(values) - set(when.enum)) if when.enum else []
    if unknown or not values:
        problem = f"'{rule.name_of('values')}' holds '{unknown[0]}'" if unknown else "'values' is empty"
        raise rule.error(problem, f"list values that '{when.name}' may have")
    present = _named(rule, "present", rule.text("present"), fields)
    if present.required or present.name == when.name:
        raise rule.error(f"'{present.name}' is there always", "name an optional field as 'present'")
    return RecordRule(name, "present", (when.name, present.name), values)


def _compare(name: str, rule: Section, fields: Fields) -> RecordRule:
    operator = rule.choice("operator")
    left, right = (_named(rule, key, rule.text(key), fields) for key in ("left", "right"))
    both = {left.type, right.type}
    comparable = both <= set(_NUMBERS) or (len(both) == 1 and both <= set(_TIMES))
    same = len(both) == 1 and both <= set(_SAMENESS) and operator in ("=", "!=")
    if not (comparable or same) or left.name == right.name:
        problem = f"'{left.name}' ({left.type}) {operator} '{right.name}' ({right.type}) does not compare two values"
        raise rule.error(problem, "compare two numbers or times of one type, or texts or booleans by = or !=")
    return RecordRule(name, "compare", (left.name, right.name), operator=operator)
