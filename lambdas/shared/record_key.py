"""The text under which a record is stored and addressed: its key fields, in order, in one string."""

import hashlib
import re
from collections.abc import Sequence

from lambdas.shared.schema import EntitySchema, Record, Scalar

MAX_BYTES = 2048  # of a DynamoDB partition key

# `?` too: an HTTP API cuts the path at a decoded question mark.
_ESCAPES = {"%": "%25", "#": "%23", "/": "%2F", "?": "%3F"}  # the percent sign first
_TABLE = str.maketrans(_ESCAPES)
_ESCAPED = re.compile(f"[{''.join(_ESCAPES)}]")


def record_key(key: Sequence[str], record: Record) -> str:
    """Join the values of the key fields with `#`, escaping what would make the text ambiguous. Distinct keys differ."""
    texts = [_text(record[name]) for name in key]
    return "#".join([text if _ESCAPED.search(text) is None else text.translate(_TABLE) for text in texts])


def key_values(text: str) -> list[str]:
    """The values, as texts, that `record_key` joined."""
    values = text.split("#")
    for plain, escaped in reversed(_ESCAPES.items()):
        values = [value.replace(escaped, plain) for value in values]
    return values


def shown_key(schema: EntitySchema, key: str) -> str:
    """A key as a log may show it: one that holds a personal field is hashed."""
    return hashed_key(key) if any(schema.fields[name].personal for name in schema.key) else key


def hashed_key(key: str) -> str:
    """What stands for a key where the key itself may not: the same for the same key."""
    return f"sha256:{hashlib.sha256(key.encode(errors='surrogatepass')).hexdigest()}"


def _text(value: Scalar) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
