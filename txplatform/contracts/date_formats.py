"""Formats of dates and timestamps, such as `dd.MM.yyyy HH:mm`, as regular expressions with a group for each part.

The characters are those of ODCS (java.time.format.DateTimeFormatter). A year of two digits and a clock of twelve hours
say too little, and are no parts.
"""

import re

PARTS = {
    "yyyy": r"(?P<year>[0-9]{4})",
    "MM": r"(?P<month>0[1-9]|1[0-2])",
    "M": r"(?P<month>0?[1-9]|1[0-2])",
    "dd": r"(?P<day>0[1-9]|[12][0-9]|3[01])",
    "d": r"(?P<day>0?[1-9]|[12][0-9]|3[01])",
}
TIMES = {
    "HH": r"(?P<hour>[01][0-9]|2[0-3])",
    "mm": r"(?P<minute>[0-5][0-9])",
    "ss": r"(?P<second>[0-5][0-9])",
    "XXX": r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})",
}
_TOKEN = re.compile(r"([A-Za-z])\1*|.")
_LITERALS = {False: " -./,", True: " -./,:T"}


def date_format_pattern(pattern: str, *, times: bool) -> str:
    """Return the regular expression of a format of dates, or of timestamps; raise ValueError with what is wrong."""
    parts = PARTS | TIMES if times else PARTS
    made, names = "", set[str]()
    for found in _TOKEN.finditer(pattern):
        token = found[0]
        if times and set(token) == {"S"} and len(token) <= 9:
            part = rf"(?P<fraction>[0-9]{{{len(token)}}})"
        elif token in _LITERALS[times]:
            made += re.escape(token)
            continue
        elif token in parts:
            part = parts[token]
        else:
            raise ValueError(f"'{token}' is no part of it")
        name = part[4 : part.index(">")]
        if name in names:
            raise ValueError(f"it has the {name} twice")
        names.add(name)
        made += part
    needed = {"year", "month", "day"}
    if not needed <= names:
        raise ValueError(f"it lacks the {min(needed - names)}")
    clock = [name in names for name in ("hour", "minute", "second", "fraction")]
    if clock != sorted(clock, reverse=True) or clock[0] != clock[1]:
        raise ValueError("of hour, minute, second and fraction it has a later part without an earlier one")
    return f"^{made}$"
