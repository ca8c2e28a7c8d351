"""Regular expressions of Trino, which reads them in Java's syntax, by Python's `re` where the two agree.

https://trino.io/docs/current/functions/regexp.html; replacements as in trino's JoniRegexpFunctions. Pure functions;
a pattern that `re` may read otherwise is refused.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import Any

from txplatform.local.aws.athena.kinds import RefusedError

_PIECE = re.compile(
    r"\\(?P<escape>.?)|\(\?(?P<group><?[=!]|[:>]|<[A-Za-z]\w*>|[ims]+\)|.)|(?P<other>\{,|&&|.)", re.DOTALL
)
_ESCAPES = frozenset("dDwWsSbBAtnrfz123456789xu")
_GROUPS = re.compile(r"<?[=!]|[:>]|<[A-Za-z]\w*>|[ims]+\)")
_REFERENCE = re.compile(r"\\(?P<literal>.?)|\$(?:\{(?P<name>\w+)\}|(?P<number>[0-9]))?|[^\\$]+", re.DOTALL)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    made, in_class = "", False
    for piece in _PIECE.finditer(pattern):
        text, escape, group = piece[0], piece["escape"], piece["group"]
        if escape is not None and (escape.isalnum() or not escape) and escape not in (_ESCAPES - set("bz" * in_class)):
            raise _unsupported(pattern)
        if group is not None and not in_class and not _GROUPS.fullmatch(group):
            raise _unsupported(pattern)
        if text == "&&" or (in_class and text.startswith("[")) or (text == "{," and not in_class):
            raise _unsupported(pattern)
        in_class = text == "[" or (in_class and text != "]")
        named = group is not None and not in_class and group.endswith(">") and group != ">"
        made += f"(?P{group}" if named else r"\Z" if text == r"\z" else text
    try:
        return re.compile(made)
    except re.error as error:
        raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"{error}: {pattern}") from error


def _unsupported(pattern: str) -> RefusedError:
    return RefusedError("NOT_SUPPORTED", f"the regular expression {pattern!r} is not supported locally")


def like(text: str | None, pattern: str | None) -> bool | None:
    """Say whether a text contains the pattern."""
    if text is None or pattern is None:
        return None
    return _compiled(pattern).search(text) is not None


def extract(text: str | None, pattern: str | None, group: int | None) -> str | None:
    """Return a group of the first match: null without one, or where the group took no part in it."""
    if text is None or pattern is None or group is None:
        return None
    looks = _compiled(pattern)
    _check_group(looks, group)
    found = looks.search(text)
    return found[group] if found else None


def _check_group(looks: re.Pattern[str], group: int) -> None:
    if not 0 <= group <= looks.groups:
        raise RefusedError(
            "INVALID_FUNCTION_ARGUMENT", f"Pattern has {looks.groups} groups. Cannot access group {group}"
        )


def replace(text: str | None, pattern: str | None, replacement: str | None) -> str | None:
    """Replace every match, empty ones too; $1 and ${name} are groups, a backslash takes the next character as it is."""
    if text is None or pattern is None or replacement is None:
        return None
    looks = _compiled(pattern)
    parts = _parts(replacement, looks)

    def made(found: re.Match[str]) -> str:
        return "".join(part if isinstance(part, str) else found[part] or "" for part in parts)

    return looks.sub(made, text)


def _parts(replacement: str, looks: re.Pattern[str]) -> list[str | int]:
    """Return the texts of a replacement, and the numbers of groups between them."""
    parts: list[str | int] = []
    position = 0
    while position < len(replacement):
        found = _REFERENCE.match(replacement, position)
        assert found is not None
        position = found.end()
        name, number = found["name"], found["number"]
        if name and name in looks.groupindex:
            parts.append(looks.groupindex[name])
        elif number and int(number) <= looks.groups:
            group = int(number)
            while position < len(replacement) and replacement[position] in "0123456789":
                longer = group * 10 + int(replacement[position])
                if longer > looks.groups:
                    break
                group, position = longer, position + 1
            parts.append(group)
        elif found[0].startswith("$") or found[0] == "\\":
            raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"Illegal replacement sequence: {replacement}")
        else:
            parts.append(found["literal"] or found[0])
    return parts


def extract_all(text: str | None, pattern: str | None, group: int | None) -> list[str | None] | None:
    """Return a group of every match."""
    if text is None or pattern is None or group is None:
        return None
    looks = _compiled(pattern)
    _check_group(looks, group)
    return [found[group] for found in looks.finditer(text)]


def count(text: str | None, pattern: str | None) -> int | None:
    """Return how many matches there are."""
    if text is None or pattern is None:
        return None
    return sum(1 for _ in _compiled(pattern).finditer(text))


def position(text: str | None, pattern: str | None, start: int | None, occurrence: int | None) -> int | None:
    """Return where the n-th match from a place on begins, counted from 1; -1 without one."""
    if text is None or pattern is None or start is None or occurrence is None:
        return None
    for number, name in ((start, "start position"), (occurrence, "occurrence")):
        if number < 1:
            raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"{name} cannot be smaller than 1, but got {number}")
    if start > len(text):
        return -1
    found = next(islice(_compiled(pattern).finditer(text, start - 1), occurrence - 1, None), None)
    return found.start() + 1 if found else -1


def pieces(text: str | None, pattern: str | None) -> list[dict[str, Any]] | None:
    """Return what stands before each match, and its groups; the last piece, after all of them, has no groups."""
    if text is None or pattern is None:
        return None
    made, end = list[dict[str, Any]](), 0
    for found in _compiled(pattern).finditer(text):
        made.append({"before": text[end : found.start()], "groups": list(found.groups())})
        end = found.end()
    return [*made, {"before": text[end:], "groups": None}]


def split(text: str | None, pattern: str | None) -> list[str] | None:
    """Return what stands between the matches."""
    if text is None or pattern is None:
        return None
    looks, parts, end = _compiled(pattern), [], 0
    for found in looks.finditer(text):
        if found.start() == found.end():
            raise _unsupported(pattern)
        parts.append(text[end : found.start()])
        end = found.end()
    return [*parts, text[end:]]


FUNCTIONS: dict[str, tuple[Callable[..., Any], list[str], str]] = {
    "regexp_like": (like, ["VARCHAR", "VARCHAR"], "BOOLEAN"),
    "regexp_extract": (extract, ["VARCHAR", "VARCHAR", "BIGINT"], "VARCHAR"),
    "regexp_extract_all": (extract_all, ["VARCHAR", "VARCHAR", "BIGINT"], "VARCHAR[]"),
    "regexp_replace": (replace, ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR"),
    "regexp_count": (count, ["VARCHAR", "VARCHAR"], "BIGINT"),
    "regexp_pieces": (pieces, ["VARCHAR", "VARCHAR"], "STRUCT(before VARCHAR, groups VARCHAR[])[]"),
    "regexp_position": (position, ["VARCHAR", "VARCHAR", "BIGINT", "BIGINT"], "INTEGER"),
    "regexp_split": (split, ["VARCHAR", "VARCHAR"], "VARCHAR[]"),
}
