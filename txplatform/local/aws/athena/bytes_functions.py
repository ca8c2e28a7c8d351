"""Functions on bytes, called by DuckDB for what is not null: https://trino.io/docs/current/functions/binary.html."""

import base64
import hmac
import struct
from collections.abc import Callable
from typing import Any

from txplatform.local.aws.athena.kinds import RefusedError

_LENGTHS = {">q": 8, ">i": 4, ">d": 8, ">f": 4}


def _signed(name: str) -> Callable[[bytes, bytes], bytes]:
    return lambda value, key: hmac.digest(key, value, name)


def _packed(layout: str) -> Callable[[Any], bytes]:
    return lambda value: struct.pack(layout, value)


def _unpacked(layout: str) -> Callable[[bytes], Any]:
    def read(value: bytes) -> Any:
        if len(value) != _LENGTHS[layout]:
            reason = f"expected {_LENGTHS[layout]}-byte input, but got instead: {len(value)}"
            raise RefusedError("INVALID_FUNCTION_ARGUMENT", reason)
        return struct.unpack(layout, value)[0]

    return read


def from_url(text: str) -> bytes:
    """Return the bytes of a text in base 64 for URLs."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"not valid base64: {text}") from error


def from_base32(text: str) -> bytes:
    """Return the bytes of a text in base 32."""
    try:
        return base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError as error:
        raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"not valid base32: {text}") from error


def fill(value: bytes, size: int, by: bytes, left: bool) -> bytes:
    """Cut bytes to a size, or fill them up on one side."""
    if not 0 <= size < 2**31 or not by:
        raise RefusedError(
            "INVALID_FUNCTION_ARGUMENT", "Target length must be in the range [0..2147483647], and padding"
        )
    more = size - len(value)
    if more <= 0:
        return value[:size]
    filling = (by * (more // len(by) + 1))[:more]
    return filling + value if left else value + filling


def cut(value: bytes, start: int, length: int) -> bytes:
    """Return a part of bytes, its place counted from 1, or from the end if negative; nothing beyond both ends."""
    if start == 0 or abs(start) > len(value) or length < 1:
        return b""
    first = start - 1 if start > 0 else len(value) + start
    return value[first : first + length]


FUNCTIONS: dict[str, tuple[Callable[..., Any], list[str], str]] = {
    **{f"hmac_{name}": (_signed(name), ["BLOB", "BLOB"], "BLOB") for name in ("md5", "sha1", "sha256", "sha512")},
    "lpad_bytes": (lambda value, size, by: fill(value, size, by, True), ["BLOB", "BIGINT", "BLOB"], "BLOB"),
    "reverse_bytes": (lambda value: value[::-1], ["BLOB"], "BLOB"),
    "rpad_bytes": (lambda value, size, by: fill(value, size, by, False), ["BLOB", "BIGINT", "BLOB"], "BLOB"),
    "substr_bytes": (cut, ["BLOB", "BIGINT", "BIGINT"], "BLOB"),
    "from_base32": (from_base32, ["VARCHAR"], "BLOB"),
    "from_base64url": (from_url, ["VARCHAR"], "BLOB"),
    "from_big_endian_32": (_unpacked(">i"), ["BLOB"], "INTEGER"),
    "from_big_endian_64": (_unpacked(">q"), ["BLOB"], "BIGINT"),
    "to_base32": (lambda value: base64.b32encode(value).decode(), ["BLOB"], "VARCHAR"),
    "to_base64url": (lambda value: base64.urlsafe_b64encode(value).decode(), ["BLOB"], "VARCHAR"),
    "to_big_endian_32": (_packed(">i"), ["INTEGER"], "BLOB"),
    "to_big_endian_64": (_packed(">q"), ["BIGINT"], "BLOB"),
    "to_ieee754_64": (_packed(">d"), ["DOUBLE"], "BLOB"),
}
