"""Patterns of format_datetime, which are Joda-Time's, as DuckDB's.

https://trino.io/docs/current/functions/datetime.html#java-date-functions,
https://www.joda.org/joda-time/key_format.html.
"""

import re

from txplatform.local.aws.athena.rewriting import refuse

_STRFTIME = {
    "yyyy": "%Y", "YYYY": "%Y", "yy": "%y", "MM": "%m", "M": "%-m", "MMM": "%b", "MMMM": "%B", "dd": "%d", "d": "%-d",
    "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M", "ss": "%S", "s": "%-S", "SSS": "%g",
    "a": "%p", "E": "%a", "EEE": "%a", "EEEE": "%A", "e": "%u", "D": "%-j", "DDD": "%j", "xxxx": "%G", "ww": "%V",
}  # fmt: skip
_PIECE = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']")


_READ = {
    "yyyy": "%Y", "YYYY": "%Y", "yy": "%y", "MM": "%m", "M": "%m", "MMM": "%b", "MMMM": "%M", "dd": "%d", "d": "%d",
    "HH": "%H", "H": "%H", "hh": "%h", "h": "%h", "mm": "%i", "m": "%i", "ss": "%s", "s": "%s", "a": "%p",
}  # fmt: skip


def to_mysql(pattern: str) -> str:
    """Return the pattern of date_parse that reads the same texts; raise StatementError for one that has none."""
    return _translated(pattern, _READ)


def to_strftime(pattern: str) -> str:
    """Return DuckDB's pattern; raise StatementError for one that is not known to mean the same."""
    return _translated(pattern, _STRFTIME)


def _translated(pattern: str, symbols: dict[str, str]) -> str:
    made, position = "", 0
    while position < len(pattern):
        piece = _PIECE.match(pattern, position)
        if piece is None or (piece[2] and piece[0] not in symbols):
            raise refuse(f"the date pattern {pattern!r}")
        literal = piece[0] if piece[1] is None else piece[1].replace("''", "'") or "'"
        made += symbols[piece[0]] if piece[2] else literal.replace("%", "%%")
        position = piece.end()
    return made
