"""What the reasons of refused rows look like, and the words for what each rule of a contract requires.

A message never holds a value, so nothing personal leaves the payload.
"""

from collections.abc import Sequence

import polars as pl

from txplatform.contracts.model import Field

_MOST_OPTIONS = 10  # values of an enumeration that a message names
VIOLATIONS_SCHEMA = pl.Schema({"position": pl.UInt32, "field": pl.String, "rule": pl.String, "message": pl.String})


def _one_of(options: Sequence[str]) -> str:
    """What an enumeration asks for, in the words of `lambdas.shared.validation`."""
    more = f" and {len(options) - _MOST_OPTIONS} more" if len(options) > _MOST_OPTIONS else ""
    return f"must be one of {', '.join(options[:_MOST_OPTIONS])}{more}"


def rule_messages(field: Field) -> dict[str, str]:
    """What each rule of a field requires, whether the field has it or not."""
    return {
        "required": "must be present",
        "enum": _one_of(field.enum),
        "pattern": f"must match {field.pattern}",
        "min_length": f"must have at least {field.min_length} characters",
        "max_length": f"must have at most {field.max_length} characters",
        "minimum": f"must be at least {field.earliest or field.minimum}",
        "maximum": f"must be at most {field.latest or field.maximum}",
        "max_items": f"must have at most {field.max_items} values",
    }
