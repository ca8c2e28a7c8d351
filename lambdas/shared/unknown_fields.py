"""What becomes of the names of a record that its contract does not have: refused, left out, or kept in one field."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from lambdas.shared.errors import Violation
from lambdas.shared.places import HIDDEN, unknown_name
from lambdas.shared.schema import REST, EntitySchema, FieldRule


class SortedOut(NamedTuple):
    """The fields that the contract has, what is wrong with the others, and how many of them were left out."""

    fields: Mapping[str, Any]
    violations: Sequence[Violation] = ()
    ignored: int = 0


def sort_out(schema: EntitySchema, fields: Mapping[str, Any], *, partial: bool = False) -> SortedOut:
    """Do with unknown names what the contract says.

    A null counts as absent, but in a partial update, where it removes what was kept under the name.
    """
    known = {name: value for name, value in fields.items() if name in schema.fields}
    unknown = {name: value for name, value in fields.items() if name not in schema.fields}
    if not unknown:
        return SortedOut(fields)
    match schema.unknown_fields:
        case "refuse":
            return SortedOut(fields, [unknown_field(name) for name in unknown])
        case "ignore":
            return SortedOut(known, ignored=len(unknown))
        case "keep":
            if partial:
                return _keep(known, unknown)
            given = {name: value for name, value in known.items() if name != REST or value is not None}
            return _keep(given, {name: value for name, value in unknown.items() if value is not None})


def unknown_field(name: str) -> Violation:
    """The violation of a name that is none of the contract's, shown as far as a message may repeat it."""
    return Violation(unknown_name(name), "unknown_field", "the contract has no such field")


def unknown_member(rule: FieldRule, name: str, place: str) -> Violation:
    """The same of a name in an object, which is not shown where the object is personal."""
    shown = HIDDEN if rule.personal else unknown_name(name)
    return Violation(f"{place}.{shown}", "unknown_field", "the contract has no such field")


def _keep(known: dict[str, Any], unknown: Mapping[str, Any]) -> SortedOut:
    if not unknown:
        return SortedOut(known)
    rest = known.get(REST, {})
    if not isinstance(rest, dict):
        return SortedOut(known, [Violation(REST, "type", "must be an object, to hold the unknown fields beside it")])
    held = cast("dict[str, Any]", rest)
    twice = [name for name in unknown if name in held]
    message = f"stands beside '{REST}', which holds it too"
    violations = [Violation(unknown_name(name), "unknown_field", message) for name in twice]
    return SortedOut({**known, REST: {**held, **unknown}}, violations)
