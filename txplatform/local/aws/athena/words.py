"""Functions on words, called by DuckDB for what is not null: https://trino.io/docs/current/functions/string.html."""

import unicodedata
from collections.abc import Callable
from typing import Any

from txplatform.local.aws.athena.kinds import RefusedError

_FORMS = ("NFC", "NFD", "NFKC", "NFKD")
_CODES = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "01230120022455012623010202", strict=True))
_SILENT = "HW"


def normalize(text: str, form: str) -> str:
    """Return a text in one of the forms of Unicode."""
    if form not in _FORMS:
        raise RefusedError("SYNTAX_ERROR", f"mismatched input '{form}'")
    return unicodedata.normalize(form, text)  # type: ignore[arg-type]


def soundex(text: str) -> str:
    """Return a character and three digits that words which sound alike have in common."""
    signs = [sign for sign in text.upper() if sign.isalpha()]
    if any(sign not in _CODES for sign in signs):
        raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"The character is not mapped: {text}")
    if not signs:
        return ""
    made, last = signs[0], _CODES[signs[0]]
    for sign in signs[1:]:
        if sign in _SILENT:
            continue
        code = _CODES[sign]
        if code not in ("0", last):
            made += code
        last = code
    return made[:4].ljust(4, "0")


FUNCTIONS: dict[str, tuple[Callable[..., Any], list[str], str]] = {
    "normalize": (normalize, ["VARCHAR", "VARCHAR"], "VARCHAR"),
    "soundex": (soundex, ["VARCHAR"], "VARCHAR"),
}
