"""JSON without loss: numbers with a point come in as Decimal, and decimals go out as texts, as the API takes them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast


def loads(text: bytes) -> Any:
    """Parse one JSON text; raise ValueError, whatever the text is."""
    try:
        return json.loads(text, parse_float=Decimal)
    except (RecursionError, ArithmeticError) as error:
        raise ValueError("the text cannot be read as JSON") from error


def dumps(value: Any) -> bytes:
    """One line of JSON. Raise TypeError for a float: it has no exact decimal form, so the caller must choose one."""
    return json.dumps(exact(value), separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()


def exact(value: Any) -> Any:
    """Return a value as the API writes it; raise TypeError for one without an exact form."""
    if isinstance(value, dict):
        return {name: exact(held) for name, held in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [exact(held) for held in cast("list[Any]", value)]
    if isinstance(value, float):
        raise TypeError("a float has no exact decimal form: send a Decimal, a text or an integer")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a datetime without a zone names no moment")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return value.isoformat() if isinstance(value, date) else value
