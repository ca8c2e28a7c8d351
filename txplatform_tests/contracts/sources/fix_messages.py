"""FIX messages for tests, with body length and checksum as they have to be."""

from collections.abc import Iterable

SOH = "\x01"
Fields = Iterable[tuple[int, object]]


def fix_message(fields: Fields, separator: str = SOH, version: str = "FIX.4.4") -> str:
    """A whole message of these fields, the first of them tag 35; none of their values holds the separator."""
    body = "".join(f"{tag}={value}{SOH}" for tag, value in fields)
    message = f"8={version}{SOH}9={len(body.encode())}{SOH}{body}"
    return f"{message}10={sum(message.encode()) % 256:03d}{SOH}".replace(SOH, separator)
