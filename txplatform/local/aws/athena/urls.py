"""Parts of URLs, and texts as parts of them: https://trino.io/docs/current/functions/url.html. Pure functions.

A URL is read as Java's URI reads it: null for another text.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, quote, unquote, unquote_to_bytes, urlsplit

from txplatform.local.aws.athena.kinds import RefusedError

_URI = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?:[^\x00-\x20\"<>\\^`{|}#%\x7f]|%[0-9A-Fa-f]{2})*"
    r"(?:#(?:[^\x00-\x20\"<>\\^`{|}#%\x7f]|%[0-9A-Fa-f]{2})*)?"
)
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]+\]")


def _split(url: str) -> SplitResult | None:
    if _URI.fullmatch(url) is None or not url.isascii() or "[" in url.partition("//")[2].partition("/")[2]:
        return None
    return urlsplit(url)


def _is_opaque(parts: SplitResult) -> bool:
    return bool(parts.scheme) and not parts.netloc and not parts.path.startswith("/")


def _decoded(text: str) -> str:
    return unquote(text, errors="replace")


def protocol(url: str) -> str | None:
    found = _split(url)
    return None if found is None else url.partition(":")[0] if found.scheme else ""


def _authority(found: SplitResult) -> tuple[str, str]:
    """Return host and port as they are written, "" for an authority that names no server."""
    server = found.netloc.rpartition("@")[2]
    host, colon, port = server.rpartition(":") if re.search(r":\d*$", server) else (server, "", "")
    return (host, port if colon else "") if _HOST.fullmatch(host) else ("", "")


def host(url: str) -> str | None:
    found = _split(url)
    return None if found is None else _authority(found)[0]


def port(url: str) -> int | None:
    found = _split(url)
    digits = _authority(found)[1] if found else ""
    return int(digits) if digits else None


def path(url: str) -> str | None:
    found = _split(url)
    return None if found is None else "" if _is_opaque(found) else _decoded(found.path)


def query(url: str) -> str | None:
    found = _split(url)
    return None if found is None else "" if _is_opaque(found) else _decoded(found.query)


def fragment(url: str) -> str | None:
    found = _split(url)
    return None if found is None else _decoded(found.fragment)


def parameter(url: str, name: str) -> str | None:
    """Return the first value of a parameter, "" for one without a value."""
    found = _split(url)
    if found is None or _is_opaque(found) or not found.query:
        return None
    for pair in found.query.split("&"):
        key, _, value = pair.partition("=")
        if _form_decoded(key) == name and pair:
            return _form_decoded(value)
    return None


def encode(text: str) -> str:
    """Escape a text for a query."""
    return quote(text, safe=" -_.*").replace("~", "%7E").replace(" ", "+")


def decode(text: str) -> str:
    """Return the text that is escaped so; fail for another escape."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"URLDecoder: Illegal hex characters in escape pattern: {text}")
    return _form_decoded(text)


def _form_decoded(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode(errors="replace")


FUNCTIONS: dict[str, tuple[Callable[..., Any], list[str], str]] = {
    "url_decode": (decode, ["VARCHAR"], "VARCHAR"),
    "url_encode": (encode, ["VARCHAR"], "VARCHAR"),
    "url_extract_fragment": (fragment, ["VARCHAR"], "VARCHAR"),
    "url_extract_host": (host, ["VARCHAR"], "VARCHAR"),
    "url_extract_parameter": (parameter, ["VARCHAR", "VARCHAR"], "VARCHAR"),
    "url_extract_path": (path, ["VARCHAR"], "VARCHAR"),
    "url_extract_port": (port, ["VARCHAR"], "BIGINT"),
    "url_extract_protocol": (protocol, ["VARCHAR"], "VARCHAR"),
    "url_extract_query": (query, ["VARCHAR"], "VARCHAR"),
}
