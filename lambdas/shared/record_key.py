"""The text under which a record is stored and addressed: its key fields, in order, in one string."""

from collections.abc import Sequence

from lambdas.shared.schema import Record, Scalar

MAX_BYTES = 2048  # of a DynamoDB partition key

# `?` too: an HTTP API cuts the path at a decoded question mark.
_ESCAPES = str.maketrans({"%": "%25", "#": "%23", "/": "%2F", "?": "%3F"})


def record_key(key: Sequence[str], record: Record) -> str:
    """Join the values of the key fields with `#`, escaping what would make the text ambiguous. Distinct keys differ."""
    return "#".join(_text(record[name]).translate(_ESCAPES) for name in key)


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
