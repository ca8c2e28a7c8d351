"""JSON merge patch (RFC 7396) of a record: named fields change, null removes one, the others stay.

The same holds within objects, maps and JSON objects; arrays are replaced whole.
"""

from collections.abc import Mapping
from typing import Any, cast

from lambdas.shared.errors import InvalidRecordError, Violation
from lambdas.shared.json_value import Json
from lambdas.shared.jsonio import loads
from lambdas.shared.schema import REST, EntitySchema, Record


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
