"""Characters by code point, as Java has them and DuckDB has not: case without special cases, order, white space."""

# Character.isWhitespace, which trim goes by: no-break spaces are not of it.
_NO_BREAKS = (0x85, 0xA0, 0x2007, 0x202F)
WHITE_SPACE = "".join(c for c in map(chr, range(0x3001)) if c.isspace() and ord(c) not in _NO_BREAKS)


def upper(text: str) -> str:
    """Return each code point in upper case where that is one code point: Trino leaves a sharp s as it is."""
    return "".join(next((to for to in (c.upper(), c.title()) if len(to) == 1), c) for c in text)


def lower(text: str) -> str:
    """Return each code point in lower case, whatever stands beside it."""
    return "".join(c.lower()[0] for c in text)


def reverse(text: str) -> str:
    """Return the code points from last to first."""
    return text[::-1]
