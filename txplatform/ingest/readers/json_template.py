"""The form that the lines of most JSON files share: the same members in the same order, and nothing nested.

A line that matches a template is JSON that holds no name twice, and which of its values are texts is known by column.
Whatever parsers do not read alike matches none: long numbers and exponents, halves of surrogate pairs.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

_HEX = "[0-9a-fA-F]"
_PAIR = rf"u[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}"
_ESCAPE = rf'["\\/bfnrt]|u(?:[0-9abcefABCEF]{_HEX}|[dD][0-7]){_HEX}{{2}}|{_PAIR}'
_TEXT = r'"[^"\\\x00-\x1f]*"'
_ANY_TEXT = rf'"(?:[^"\\\x00-\x1f]|\\(?:{_ESCAPE}))*"'
_WHOLE = r"0|-?[1-9][0-9]{0,17}"
_NUMBER = r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,30})?(?:[eE][+\-]?[0-9]{1,2})?"
_NAME = re.compile(r"\w[\w .$@/-]*")
_MOST_MEMBERS = 128  # of what is compiled to one expression


class Kind(Enum):
    """What a column may hold besides null, as a regular expression. Every parser has the whole numbers exact."""

    NOTHING = ""
    TEXT = f"|{_ANY_TEXT}"
    WHOLE = f"|true|false|{_WHOLE}"
    NUMBER = f"|true|false|{_NUMBER}"


@dataclass(frozen=True, slots=True)
class Template:
    """The members of each line by their kind, in order; `space` stands after every colon and comma."""

    kinds: Mapping[str, Kind]
    space: str

    def pattern(self, *, escapes: bool = True) -> str:
        """A regular expression of one line; without `escapes`, of one that holds no backslash, which is faster."""
        members = (f'"{re.escape(name)}":{self.space}(?:null{kind.value})' for name, kind in self.kinds.items())
        pattern = rf"\{{{f',{self.space}'.join(members)}\}}"
        return pattern if escapes else pattern.replace(_ANY_TEXT, _TEXT)

    def member(self, name: str) -> tuple[str, str]:
        """What stands before the value of a member that is no text, and a regular expression of both together."""
        begin = f'"{name}":{self.space}'
        return begin, f"{re.escape(begin)}[^,}}]+"


def template_of(lines: Iterable[str], is_empty: Callable[[str], bool]) -> Template | None:
    """The template that the first flat object among the lines has, by all that have its names; None without one.

    What `is_empty` names is to hold nothing.
    """
    kinds, space = dict[str, Kind](), ""
    for line in lines:
        found = _flat(line)
        if found is None or (kinds and found.keys() != kinds.keys()):
            continue
        if not kinds:
            space = " " if line.startswith(f'{{"{next(iter(found))}": ') else ""
        kinds = {name: _both(kinds.get(name, Kind.NOTHING), kind) for name, kind in found.items()}
    if not kinds:
        return None
    for name, kind in kinds.items():
        if is_empty(name):
            kinds[name] = Kind.NOTHING
        elif kind is Kind.NOTHING:  # what comes later is a text, most often
            kinds[name] = Kind.TEXT
    return Template(kinds, space)


def _both(kind: Kind, other: Kind) -> Kind:
    if kind is Kind.NOTHING or (kind, other) == (Kind.WHOLE, Kind.NUMBER):
        return other
    return kind


def _flat(line: str) -> dict[str, Kind] | None:
    """The kind of each member of an object without nested values; None for any other line."""
    try:
        pairs: Any = json.loads(line, object_pairs_hook=tuple, parse_int=_of_number, parse_float=_of_number)
    except (ValueError, RecursionError):
        return None
    if not isinstance(pairs, tuple) or not 0 < len(pairs) <= _MOST_MEMBERS:
        return None
    kinds = {name: _of(value) for name, value in pairs if _NAME.fullmatch(name)}
    held = {name: kind for name, kind in kinds.items() if kind is not None}
    return held if len(held) == len(pairs) else None


def _of(value: Any) -> Kind | None:
    match value:
        case None:
            return Kind.NOTHING
        case Kind():
            return value
        case bool():
            return Kind.WHOLE
        case str():
            return Kind.TEXT
        case _:
            return None


def _of_number(text: str) -> Kind:
    return Kind.WHOLE if re.fullmatch(_WHOLE, text) else Kind.NUMBER
