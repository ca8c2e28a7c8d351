"""Who calls, as one short text: the issuer of the token and the client, `<issuer>#<client>`.

Both come from outside, and the id of a client can be any text. So each is percent-encoded but for harmless characters,
and bounded: no line of a log, no JSON and no query that it becomes part of can be broken by it.
"""

import hashlib
import re
from urllib.parse import quote

MAX_LENGTH = 256  # of an issuer, and of a client

_HARMLESS = "._~:/@+=,-"  # besides A-Z, a-z and 0-9
_PART = rf"[A-Za-z0-9%{_HARMLESS}]{{1,{MAX_LENGTH}}}"
_IDENTIFIER = re.compile(_PART)
_CALLER = re.compile(f"{_PART}#{_PART}")
_DIGEST_LENGTH = 64
_SHORTEST_CUT = MAX_LENGTH - 2  # where an escape was cut off too
_CUT_ESCAPE = re.compile(r"%.?$")


def escaped(identifier: str) -> str:
    """An issuer or a client id in harmless characters. Distinct ones stay distinct, also those that are too long."""
    text = quote(identifier, safe=_HARMLESS, errors="surrogatepass")
    if len(text) < _SHORTEST_CUT:  # a text of the length of a shortened one is shortened too, so that none is another's
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{_CUT_ESCAPE.sub('', text[: MAX_LENGTH - _DIGEST_LENGTH - 1])}~{digest}"


def caller_text(issuer: str, client_id: str) -> str | None:
    """The text of a caller; None where the authorizer does not say who it is.

    What the authorizer says is escaped, unless it is an answer that the gateway has kept from an authorizer before.
    """
    if not issuer or not client_id:
        return None
    return "#".join(part if _IDENTIFIER.fullmatch(part) else escaped(part) for part in (issuer, client_id))


def is_caller_text(text: str) -> bool:
    """Whether `caller_text` can have made it."""
    return _CALLER.fullmatch(text) is not None
