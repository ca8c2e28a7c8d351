"""JSON merge patch (RFC 7396) of a record: named fields change, null removes one, the others stay.

The same holds within objects, maps and JSON objects; arrays are replaced whole.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from lambdas.shared.errors import InvalidRecordError, Violation
from lambdas.shared.json_value import Json
from lambdas.shared.jsonio import loads
from lambdas.shared.schema import REST, EntitySchema, FieldRule, Record
from lambdas.shared.unknown_fields import sort_out, unknown_field, unknown_member


def apply_merge_patch(schema: EntitySchema, record: Record, patch: object) -> dict[str, Any]:
    """The record as the patch makes it, still to be validated; raise InvalidRecordError for what is no object.

    It is the one that a whole record would be: where no unknown name is kept any more, `rest` is absent.
    """
    if not isinstance(patch, dict):
        raise InvalidRecordError([Violation("", "type", "a merge patch of a record must be a JSON object")])
    changes = cast("dict[str, Any]", patch)
    kept = {name: value for name, value in record.items() if name not in changes}
    made = {name: merged(record.get(name), value) for name, value in changes.items() if value is not None}
    return kept | {name: value for name, value in made.items() if not keeps_nothing(schema, name, value)}


def keeps_nothing(schema: EntitySchema, name: str, value: object) -> bool:
    """Whether a value is that of the field `rest` without any name."""
    return name == REST and schema.unknown_fields == "keep" and value == {}


def merged(target: Any, patch: Any) -> Any:
    """What a patch of one value makes of it; the given ones are not changed."""
    if isinstance(patch, Json):
        patch = loads(patch.text)
    if not isinstance(patch, dict):
        return patch
    if isinstance(target, Json):
        target = loads(target.text)
    made = dict(cast("Mapping[str, Any]", target)) if isinstance(target, Mapping) else {}
    for name, value in cast("dict[str, Any]", patch).items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = merged(made.get(name), value)
    return made


def known_changes(schema: EntitySchema, patch: object) -> object:
    """The patch with its unknown names where the contract keeps them, or without them where it ignores them.

    Raise InvalidRecordError for nulls of fields and members that the contract does not have: merging would drop them
    unseen.
    """
    if not isinstance(patch, dict):
        return patch
    changes = cast("dict[str, Any]", patch)
    violations = [
        unseen for name, rule in schema.nested.items() for unseen in _unknown_nulls(rule, changes.get(name), name)
    ]
    if schema.unknown_fields != "refuse":
        known = sort_out(schema, changes, partial=True)
        changes = dict(known.fields)
        violations += known.violations
    else:
        unknown = [name for name, value in changes.items() if value is None and name not in schema.fields]
        violations += [unknown_field(name) for name in unknown]
    if violations:
        raise InvalidRecordError(violations)
    return changes


def _unknown_nulls(rule: FieldRule, change: object, place: str) -> Iterator[Violation]:
    """The nulls in a change of an object, and of objects in it, under names that the contract does not have."""
    if rule.type != "object" or not isinstance(change, dict):
        return
    for name, value in cast("dict[str, Any]", change).items():
        if name in rule.fields:
            yield from _unknown_nulls(rule.fields[name], value, f"{place}.{name}")
        elif value is None:
            yield unknown_member(rule, name, place)
