"""Functions on texts and bytes in Python, called by DuckDB for what is not null.

https://trino.io/docs/current/functions/string.html, https://trino.io/docs/current/functions/binary.html.
"""

import binascii
import hashlib
import zlib
from base64 import b64decode
from collections.abc import Callable
from typing import Any

from txplatform.local.aws.athena import characters
from txplatform.local.aws.athena.kinds import RefusedError


def hamming_distance(one: str, other: str) -> int:
    """Return at how many places two texts of one length differ."""
    if len(one) != len(other):
        raise _refused("The input strings to hamming_distance function must have the same length")
    return sum(a != b for a, b in zip(one, other, strict=True))


def levenshtein_distance(one: str, other: str) -> int:
    """Return how many characters are to be put in, left out or changed."""
    before = list(range(len(other) + 1))
    for row, a in enumerate(one, 1):
        now = [row]
        for column, b in enumerate(other, 1):
            now.append(min(now[-1] + 1, before[column] + 1, before[column - 1] + (a != b)))
        before = now
    return before[-1]


def luhn_check(digits: str) -> bool:
    """Say whether digits, the last of which checks the others, are a valid number."""
    if not digits.isascii() or not digits.isdigit():
        raise (
            _refused(f"Invalid input for luhn_check: {digits}") if digits else _not_known("luhn_check of an empty text")
        )
    doubled = [int(digit) * (2 if position % 2 else 1) for position, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def split_to_map(text: str, entries: str, pairs: str) -> dict[str, str]:
    """Return the pairs that a text lists."""
    if not entries or not pairs or entries == pairs:
        raise _refused("the delimiters of split_to_map must differ and not be empty")
    made: dict[str, str] = {}
    for entry in text.removesuffix(entries).split(entries) if text else []:
        key, *rest = entry.split(pairs)
        if len(rest) != 1:
            raise _refused(f"Key-value delimiter must appear exactly once in each entry. Bad input: '{entry}'")
        if key in made:
            raise _refused(f"Duplicate keys ({key}) are not allowed")
        made[key] = rest[0]
    return made


def from_utf8(value: bytes) -> str:
    """Return bytes as a text."""
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise _not_known("from_utf8 of bytes that are no UTF-8") from error


def from_base64(text: str) -> bytes:
    """Return the bytes of a text in base 64."""
    try:
        return b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise _refused(f"not valid base64: {text}") from error


def from_hex(text: str) -> bytes:
    """Return the bytes of a text in base 16."""
    try:
        return binascii.unhexlify(text)
    except (ValueError, binascii.Error) as error:
        raise _refused(f"not valid hex: {text}") from error


def _refused(message: str) -> RefusedError:
    return RefusedError("INVALID_FUNCTION_ARGUMENT", message)


def _not_known(what: str) -> RefusedError:
    return RefusedError("NOT_SUPPORTED", f"{what} is not supported locally")


def split(text: str, delimiter: str, limit: int) -> list[str]:
    """Return the parts of a text, at most so many, the last of which is the rest."""
    if limit <= 0:
        raise _refused("Limit must be positive")
    if not delimiter:
        raise _refused("The delimiter may not be the empty string")
    return text.split(delimiter, limit - 1)


def position(text: str, part: str, instance: int) -> int:
    """Return where the n-th occurrence of a part begins, counted from 1, or the n-th last; 0 without one."""
    if instance == 0:
        raise _refused("'instance' must be a positive or negative number.")
    if not part:
        return 1
    places = [at + 1 for at in range(len(text) - len(part) + 1) if text.startswith(part, at)]
    places = places if instance > 0 else places[::-1]
    return places[abs(instance) - 1] if abs(instance) <= len(places) else 0


FUNCTIONS: dict[str, tuple[Callable[..., Any], list[str], str]] = {
    "crc32": (lambda value: zlib.crc32(value), ["BLOB"], "BIGINT"),
    "from_base64": (from_base64, ["VARCHAR"], "BLOB"),
    "from_hex": (from_hex, ["VARCHAR"], "BLOB"),
    "from_utf8": (from_utf8, ["BLOB"], "VARCHAR"),
    "hamming_distance": (hamming_distance, ["VARCHAR", "VARCHAR"], "BIGINT"),
    "levenshtein_distance": (levenshtein_distance, ["VARCHAR", "VARCHAR"], "BIGINT"),
    "lower_characters": (characters.lower, ["VARCHAR"], "VARCHAR"),
    "luhn_check": (luhn_check, ["VARCHAR"], "BOOLEAN"),
    "reverse_characters": (characters.reverse, ["VARCHAR"], "VARCHAR"),
    "sha512": (lambda value: hashlib.sha512(value).digest(), ["BLOB"], "BLOB"),
    "split_at_most": (split, ["VARCHAR", "VARCHAR", "BIGINT"], "VARCHAR[]"),
    "split_to_map": (split_to_map, ["VARCHAR", "VARCHAR", "VARCHAR"], "MAP(VARCHAR, VARCHAR)"),
    "strpos": (position, ["VARCHAR", "VARCHAR", "BIGINT"], "BIGINT"),
    "upper_characters": (characters.upper, ["VARCHAR"], "VARCHAR"),
}
