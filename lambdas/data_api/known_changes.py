"""What a merge patch says of names that the contract does not have, before it is merged: merging would not tell."""

from collections.abc import Iterator
from typing import Any, cast

from lambdas.shared.errors import InvalidRecordError, Violation
from lambdas.shared.former_names import under_present_names
from lambdas.shared.schema import EntitySchema, FieldRule
from lambdas.shared.unknown_fields import sort_out, unknown_field, unknown_member


def known_changes(schema: EntitySchema, patch: object) -> object:
    """The patch with its unknown names where the contract keeps them, or without them where it ignores them.

    Raise InvalidRecordError for nulls of fields and members that the contract does not have: merging would drop them
    unseen.
    """
    if not isinstance(patch, dict):
        return patch
    changes = dict(under_present_names(schema, cast("dict[str, Any]", patch)))
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
