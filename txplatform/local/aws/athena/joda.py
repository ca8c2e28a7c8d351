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


def to_strftime(pattern: str) -> str:
    """Return DuckDB's pattern; raise StatementError for one that is not known to mean the same."""
    made, position = "", 0
    while position < len(pattern):
        piece = _PIECE.match(pattern, position)
        if piece is None or (piece[2] and piece[0] not in _STRFTIME):
            raise refuse(f"the date pattern {pattern!r}")
        literal = piece[0] if piece[1] is None else piece[1].replace("''", "'") or "'"
        made += _STRFTIME[piece[0]] if piece[2] else literal.replace("%", "%%")
        position = piece.end()
    return made
