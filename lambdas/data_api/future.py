"""Refuses versions that are further ahead of now than the contract allows.

The greatest version wins, so one of the year 9999 would lock its record: every real change after it would be stale.
"""

from datetime import datetime

from lambdas.shared.errors import Violation
from lambdas.shared.schema import EntitySchema
from lambdas.shared.timestamps import timestamp_text
from lambdas.shared.validation import Checked


def check_future(schema: EntitySchema, checked: Checked, now: datetime) -> Checked:
    """The same, with the violation `version_in_future` more where the version is; a counter has no moment."""
    field = schema.version_field
    version = checked.record.get(field)
    if not isinstance(version, str):
        return checked
    latest = timestamp_text(now + schema.future_skew)
    if version <= (latest[:10] if schema.fields[field].type == "date" else latest):
        return checked
    message = f"must not be more than {schema.future_skew} ahead of now"
    violation = Violation(field, "version_in_future", message)
    return checked._replace(violations=(*checked.violations, violation))
