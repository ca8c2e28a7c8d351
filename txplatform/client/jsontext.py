"""JSON without loss: numbers with a point come in as Decimal, and decimals go out with all their digits.

The fields of a record that are decimals go out as texts, as the API writes them. Within a field they go out as numbers:
in a JSON value a text would be another value.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast

_LONGEST_NUMBER = 1_000  # characters; the API refuses a whole body for a longer one, and a text for its own sake


def loads(text: bytes) -> Any:
    """Parse one JSON text; raise ValueError, whatever the text is."""
    try:
        return json.loads(text, parse_float=Decimal)
    except (RecursionError, ArithmeticError) as error:
        raise ValueError("the text cannot be read as JSON") from error


def dumps(value: Any) -> bytes:
    """One line of JSON. Raise TypeError for a float: it has no exact decimal form, so the caller must choose one."""
    return _written(value).encode()


def fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a record, of which the decimals are texts."""
    return {name: exact(value) if isinstance(value, Decimal) else value for name, value in record.items()}


def _written(value: Any) -> str:
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value).items()
        return f"{{{','.join(f'{_encoded(name)}:{_written(held)}' for name, held in entries)}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_written, cast('list[Any]', value)))}]"
    text = exact(value)
    is_number = isinstance(value, Decimal) and value.is_finite() and len(text) <= _LONGEST_NUMBER
    return text if is_number else _encoded(text)


def _encoded(value: Any) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def exact(value: Any) -> Any:
    """Return a scalar as the API writes it; raise TypeError for one without an exact form."""
    if isinstance(value, float):
        raise TypeError("a float has no exact decimal form: send a Decimal, a text or an integer")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a datetime without a zone names no moment")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return value.isoformat() if isinstance(value, date) else value
