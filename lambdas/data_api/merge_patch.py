"""JSON merge patch (RFC 7396) of a record: named fields change, null removes one, the others stay."""

from typing import Any, cast

from lambdas.shared.errors import InvalidRecordError, Violation
from lambdas.shared.schema import Record


def apply_merge_patch(record: Record, patch: object) -> dict[str, Any]:
    """The record as the patch makes it, still to be validated; raise InvalidRecordError for what is no object.

    A record holds no objects, so no value is merged into another: one that is an object is refused by validation.
    """
    if not isinstance(patch, dict):
        raise InvalidRecordError([Violation("", "type", "a merge patch of a record must be a JSON object")])
    changes = cast("dict[str, Any]", patch)
    kept = {name: value for name, value in record.items() if name not in changes}
    return kept | {name: value for name, value in changes.items() if value is not None}
