"""Letters by code point, as Java has them and DuckDB has not: case without special cases, order, white space."""

# Character.isWhitespace, which trim goes by: no-break spaces are not of it.
WHITE_SPACE = "\t\n\x0b\f\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"


def upper(text: str) -> str:
    """Return each code point in upper case where that is one code point: Trino leaves a sharp s as it is."""
    return "".join(next((to for to in (c.upper(), c.title()) if len(to) == 1), c) for c in text)


def lower(text: str) -> str:
    """Return each code point in lower case, whatever stands beside it."""
    return "".join(c.lower()[0] for c in text)


def reverse(text: str) -> str:
    """Return the code points from last to first."""
    return text[::-1]
