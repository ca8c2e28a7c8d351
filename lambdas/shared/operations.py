"""What a source asks for: a whole record, changes of one, or a deletion, aligned and validated in one place."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

from lambdas.shared.alignment import align
from lambdas.shared.schema import EntitySchema
from lambdas.shared.validation import Checked, check_delete, check_patch, check_upsert

Operation = Literal["upsert", "patch", "delete"]

OPERATIONS: Mapping[str, Callable[[EntitySchema, object], Checked]] = {
    "upsert": check_upsert,
    "patch": check_patch,
    "delete": check_delete,
}


def check_operation(schema: EntitySchema, operation: Operation, given: object) -> Checked:
    """Align and validate what a source sent."""
    if isinstance(given, dict):
        given = align(schema, cast("dict[str, Any]", given), partial=operation == "patch")
    return OPERATIONS[operation](schema, given)
