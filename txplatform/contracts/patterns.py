"""Checks regular expressions: a contract may use what Python, ECMA-262 and Rust read alike, and Rust compiles.

Look-around, references, possessive and atomic parts, flags, anchors, and classes such as `\\d` or nested ones are read
differently or not at all by one of them; anchors are not needed, as the whole value must match anyway.
"""

import re

FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
VERSION = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}")  # of a contract or a source system
MAX_PARTS = 1000  # with every repetition written out; Rust refuses programs of more than 10 MB
_SHOWN = 3

_ESCAPE = r"\\[nrt^$\\.*+?()\[\]{}|/-]"
_TOKEN = re.compile(
    rf"""
    (?P<open>\((?:\?:)?) | (?P<close>\)) | (?P<bar>\|)
    | (?P<repeat>(?:[*+?] | \{{(?P<least>[0-9]{{1,4}})(?:,(?P<most>[0-9]{{0,4}}))?\}})\??)
    | (?P<part>{_ESCAPE} | \[\^?(?:{_ESCAPE}|(?!&&|--|~~)[^\[\]\\])+\] | [^\\^$|?*+()\[\]{{}}])
    """,
    re.VERBOSE,
)


def unportable(pattern: str) -> str | None:
    """Return the first piece of a pattern that is not read alike everywhere, or None where all of it is."""
    sizes = [0]  # of every open group, without its last item
    item: int | None = None  # the size of what a repetition would repeat, if anything
    position = 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None or (token["repeat"] and item is None) or (token["close"] and len(sizes) == 1):
            return pattern[position : position + _SHOWN]
        position = token.end()
        if token["repeat"]:
            sizes[-1] += (item or 0) * max(1, int(token["most"] or token["least"] or 1))
            item = None
        elif token["close"]:
            item = (item or 0) + sizes.pop()
        else:
            sizes[-1] += item or 0
            item = 1 if token["part"] else None
            if token["open"]:
                sizes.append(0)
        if sum(sizes) + (item or 0) > MAX_PARTS:
            return token[0]
    return None
