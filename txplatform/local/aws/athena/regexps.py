"""Regular expressions of Trino, which reads them in Java's syntax, by Python's `re` where the two agree.

https://trino.io/docs/current/functions/regexp.html; replacements as in trino's JoniRegexpFunctions. Pure functions;
a pattern that `re` may read otherwise is refused.
"""

import re
from functools import lru_cache

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


def like(text: str, pattern: str) -> bool:
    """Say whether a text contains the pattern."""
    return _compiled(pattern).search(text) is not None


def extract(text: str | None, pattern: str | None, group: int | None) -> str | None:
    """Return a group of the first match: null without one, or where the group took no part in it."""
    if text is None or pattern is None or group is None:
        return None
    looks = _compiled(pattern)
    if not 0 <= group <= looks.groups:
        raise RefusedError(
            "INVALID_FUNCTION_ARGUMENT", f"Pattern has {looks.groups} groups. Cannot access group {group}"
        )
    found = looks.search(text)
    return found[group] if found else None


def replace(text: str, pattern: str, replacement: str) -> str:
    """Replace every match, empty ones too; $1 and ${name} are groups, a backslash takes the next character as it is."""
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
