"""Validates a record against its contract and reports every violation, not the first.

A record passes as canonical values; what breaks a rule is named by field, rule and a message that never holds
the value of a personal field. The JSON Schema of the registry checks the canonical record; what it cannot say
(exact types, the calendar, ranges of decimals, sizes) is checked here. The file lane validates rows by the same
rules: docs/concepts/two-engines.md.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple, cast

import jsonschema_rs

from lambdas.shared.canonical import canonical_value, shown
from lambdas.shared.errors import Violation
from lambdas.shared.former_names import under_present_names
from lambdas.shared.nested import canonical_nested, out_of_range, plain, stored_bytes
from lambdas.shared.places import place_of
from lambdas.shared.record_key import MAX_BYTES, record_key
from lambdas.shared.record_rules import broken_rules
from lambdas.shared.schema import EntitySchema, Record, Scalar
from lambdas.shared.unknown_fields import sort_out

_MAX_CHARACTER_BYTES = 4
_OBJECTS = (dict, Mapping)  # the most frequent first
_NONE: frozenset[str] = frozenset()
MAX_RECORD_BYTES = 350_000  # an item holds 400 KB with its attribute names and our own attributes

_RULES = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "exclusiveMinimum": "minimum",
    "exclusiveMaximum": "maximum",
    "maxItems": "max_items",
    "maxProperties": "max_items",
}
_MOST_OPTIONS = 10  # values of an enumeration that a message names
_SAYS = {
    "pattern": "does not match its pattern",
    "minLength": "is too short",
    "maxLength": "is too long",
    "minimum": "is too small",
    "maximum": "is too great",
    "type": "is of another type",
    "maxItems": "holds too many values",
    "maxProperties": "holds too many values",
}


class Checked(NamedTuple):
    """The canonical values of a record, as far as it has any, its key (empty without one), and all it violates.

    `removed` are the fields that a partial update removes, and the personal fields that a whole record does not have,
    which it takes away from what is stored. `ignored` is how many unknown names were left out.
    """

    record: Record
    key: str
    violations: tuple[Violation, ...]
    removed: frozenset[str] = frozenset()
    ignored: int = 0


def check_upsert(schema: EntitySchema, record: object) -> Checked:
    """Validate a whole record."""
    fields = _fields(schema, record)
    if fields is None:
        return _no_object()
    unknown = None
    if not fields.keys() <= schema.fields.keys():
        unknown = sort_out(schema, fields)
        fields = unknown.fields
    values, violations = _canonical(schema, fields)
    if schema.backfills:
        values = {**{name: value for name, value in schema.backfills.items() if fields.get(name) is None}, **values}
    if unknown is not None:
        violations += unknown.violations
    violations += _missing(values, violations, schema.needed)
    violations += _broken_by_schema(schema, values, {item.field for item in violations} if violations else _NONE)
    violations += _out_of_range(schema, values)
    violations += broken_rules(schema.rules, values, violations) if schema.rules else ()
    return _checked(schema, values, violations, schema.erased_by(values), 0 if unknown is None else unknown.ignored)


def check_patch(schema: EntitySchema, record: object) -> Checked:
    """Validate what a partial update brings: key, version, and the fields that it changes, null for one it removes.

    What it does not name is not asked for: only the record that it is merged into can tell whether all is there. The
    same holds of the members of an object.
    """
    given = _fields(schema, record)
    if given is None:
        return _no_object()
    fields, unknown, ignored = sort_out(schema, given, partial=True)
    values, violations = _canonical(schema, fields, partial=True)
    violations += unknown
    removed = {name for name, value in fields.items() if value is None and name in schema.fields}
    needed = {*schema.needed, *schema.backfills}  # a record that lacks a backfilled field is read as if it had it
    lasting = [name for name in removed if name in needed]
    violations += _missing(values, violations, [*schema.essential, *sorted(lasting)])
    absent = schema.fields.keys() - values.keys()
    broken = absent | {item.field for item in violations} if schema.nested else absent
    violations += _broken_by_schema(schema, values, broken, partial=True)
    violations += _out_of_range(schema, values)
    violations += broken_rules(schema.rules, values, violations, partial=True) if schema.rules else ()
    return _checked(schema, values, violations, frozenset(removed), ignored)


def check_value(schema: EntitySchema, name: str, given: object) -> tuple[Scalar, Sequence[Violation]]:
    """The canonical form of one value, and what it violates of the field's own rules."""
    value = canonical_value(schema.fields[name], given)
    if isinstance(value, Violation):
        return "", [value]
    broken = _broken_by_schema(schema, {name: value}, set()) + _out_of_range(schema, {name: value})
    return value, [violation for violation in broken if violation.field == name]


def check_delete(schema: EntitySchema, record: object) -> Checked:
    """Validate what a deletion needs: key, version and, where it is given, the partition field. The rest is ignored."""
    fields = _fields(schema, record)
    if fields is None:
        return _no_object()
    kept = {name: fields[name] for name in (*schema.essential, schema.partition_field) if name in fields}
    values, violations = _canonical(schema, kept)
    violations += _missing(values, violations, schema.essential)
    return _checked(schema, values, violations)


def _fields(schema: EntitySchema, record: object) -> Mapping[str, Any] | None:
    if not isinstance(record, _OBJECTS):
        return None
    return under_present_names(schema, cast("Mapping[str, Any]", record))


def _no_object() -> Checked:
    return Checked({}, "", (Violation("", "type", "the record must be a JSON object"),))


def _canonical(
    schema: EntitySchema, fields: Mapping[str, Any], *, partial: bool = False
) -> tuple[dict[str, Any], list[Violation]]:
    values: dict[str, Any] = {}
    violations: list[Violation] = []
    for name in filter(fields.__contains__, schema.scalars):
        rule, given = schema.scalars[name], fields[name]
        if given is None:
            continue
        if rule.type == "string" and type(given) is str and given.isascii():  # most values, canonical as they are
            values[name] = given
            continue
        value = canonical_value(rule, given)
        if isinstance(value, Violation):
            violations.append(value)
        else:
            values[name] = value
    for name, rule in schema.nested.items():
        if fields.get(name) is not None:
            value = canonical_nested(rule, fields[name], violations, partial=partial)
            if value is not None:
                values[name] = value
    return values, violations


def _missing(values: Record, violations: Iterable[Violation], names: Iterable[str]) -> list[Violation]:
    if all(map(values.__contains__, names)):
        return []
    absent = [name for name in names if name not in values]
    broken = {item.field for item in violations}
    absent = [name for name in dict.fromkeys(absent) if name not in broken]
    return [Violation(name, "required", "must be present") for name in absent]


def _broken_by_schema(
    schema: EntitySchema, values: Record, broken: Set[str], *, partial: bool = False
) -> list[Violation]:
    """What the JSON Schema finds, but for what is known to be `broken`."""
    if schema.nested:
        values = plain(values)
    if schema.validator.is_valid(values):
        return []
    found: dict[tuple[str, str], Violation] = {}
    for error in schema.validator.iter_errors(values):
        path = error.instance_path
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
            if partial and path and not any(isinstance(step, int) for step in path):
                continue
            keyword, message = "required", "must be present"
            field, _ = place_of(schema, [*path, error.kind.property])
        else:
            field, of = place_of(schema, path) if path else ("", None)
            keyword = str(error.schema_path[-1])
            message = _said(error.kind, keyword)
            if of is not None:
                message += shown(of, error.instance)
        rule = _RULES.get(keyword, keyword)
        if not (field in broken and (rule == "required" or len(path) > 1)):
            found.setdefault((field, rule), Violation(field, rule, message))
    return list(found.values())


def _said(kind: jsonschema_rs.ValidationErrorKind, keyword: str) -> str:
    """The words for a broken rule; of an enumeration those of `txplatform.ingest.rules`, with the contract's values."""
    if not isinstance(kind, jsonschema_rs.ValidationErrorKind.Enum):
        return _SAYS.get(keyword, "does not fit the schema")
    options = [str(option) for option in kind.options]
    more = f" and {len(options) - _MOST_OPTIONS} more" if len(options) > _MOST_OPTIONS else ""
    return f"must be one of {', '.join(options[:_MOST_OPTIONS])}{more}"


def _out_of_range(schema: EntitySchema, values: Record) -> list[Violation]:
    violations: list[Violation] = []
    for rule in schema.bounded:
        value = values.get(rule.name)
        if value is not None and not (rule.earliest and rule.latest and rule.earliest <= value <= rule.latest):
            violations += out_of_range(rule, value, rule.name)
    return violations


def _checked(
    schema: EntitySchema,
    values: Record,
    violations: list[Violation],
    removed: frozenset[str] = frozenset(),
    ignored: int = 0,
) -> Checked:
    broken = {item.field for item in violations} if violations else _NONE
    empty = [name for name in schema.key if values.get(name) == "" and name not in broken]
    violations += [Violation(name, "min_length", "a key must not be empty") for name in empty]
    version = values.get(schema.version_field)
    if isinstance(version, int) and version < 0 and schema.version_field not in broken:
        violations.append(Violation(schema.version_field, "minimum", "a version must not be negative"))
    key = record_key(schema.key, values) if all(map(values.__contains__, schema.key)) else ""
    if _MAX_CHARACTER_BYTES * len(key) > MAX_BYTES and len(key.encode()) > MAX_BYTES:
        violations.append(Violation("", "key_too_long", f"the key must not exceed {MAX_BYTES} bytes"))
        key = ""  # an answer that repeated it could exceed what an answer may
    if _is_too_large(schema, values):
        violations.append(Violation("", "record_too_large", f"the record must not exceed {MAX_RECORD_BYTES} bytes"))
    return Checked(values, key, tuple(violations), removed, ignored)


def _is_too_large(schema: EntitySchema, values: Record) -> bool:
    """Whether the record takes more than it may; most are so small that their characters need not be encoded."""
    if not schema.nested and _MAX_CHARACTER_BYTES * sum(map(len, map(str, values.values()))) <= MAX_RECORD_BYTES:
        return False
    texts = sum(len(value.encode()) for value in values.values() if isinstance(value, str))
    return texts + sum(stored_bytes(values[name]) for name in schema.nested if name in values) > MAX_RECORD_BYTES
