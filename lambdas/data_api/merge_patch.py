"""JSON merge patch (RFC 7396) of a record: named fields change, null removes one, the others stay."""

from typing import Any, cast

from lambdas.shared.errors import InvalidRecordError, Violation
from lambdas.shared.schema import EntitySchema, Record
from lambdas.shared.validation import unknown_field


def apply_merge_patch(record: Record, patch: object) -> dict[str, Any]:
    """The record as the patch makes it, still to be validated; raise InvalidRecordError for what is no object.

    A record holds no objects, so no value is merged into another: one that is an object is refused by validation.
    """
    if not isinstance(patch, dict):
        raise InvalidRecordError([Violation("", "type", "a merge patch of a record must be a JSON object")])
    changes = cast("dict[str, Any]", patch)
    kept = {name: value for name, value in record.items() if name not in changes}
    return kept | {name: value for name, value in changes.items() if value is not None}


def check_removed(schema: EntitySchema, patch: object) -> None:
    """Raise InvalidRecordError for nulls of fields that the contract does not have: merging would drop them unseen."""
    changes = cast("dict[str, Any]", patch) if isinstance(patch, dict) else {}
    unknown = [name for name, value in changes.items() if value is None and name not in schema.fields]
    if unknown:
        raise InvalidRecordError([unknown_field(name) for name in unknown])
