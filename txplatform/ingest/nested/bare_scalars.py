"""Puts the bare numbers and booleans of JSON text in quotes, so that no parser passes a number through a float.

Regular expressions consume every string and hence never look inside one. What JSON's grammar does not call a number is
quoted in part, and is not JSON any more. With a mark in front of each, they are distinct from strings: see marks.py.
"""

import polars as pl

_STRING = r'"(?:[^"\\]|\\.)*"'
NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+\-]?[0-9]+)?"
_SCALAR = f"{NUMBER}|true|false"
# 1: a quote, 2: the rest of a key and its colon, 3: a bare scalar, 4: any other string, or a key with a string, which
# is one match the fewer. One of 1-3 or 4 is empty.
_MEMBERS = rf'(")((?:[^"\\]|\\.)*"\s*:\s*)({_SCALAR})|({_STRING}(?:\s*:\s*{_STRING})?)'
# 1: a string, 2: a bare scalar, which is an element of a list once those of members are in quotes.
_ELEMENTS = rf"({_STRING})|({_SCALAR})"
_SIGN = "\x01"  # JSON text holds no control character: text that does is left as it is, and not JSON


def in_quotes(texts: pl.Series, mark: str = "") -> pl.Series:
    """Return JSON texts whose scalars, null apart, are all strings; those that were none before begin with the mark.

    The mark must not stand in the texts.
    """
    quoted = texts.str.replace_all(_MEMBERS, f"${{1}}${{2}}${{1}}{mark}${{3}}${{1}}${{4}}")
    if mark:  # it stands before any other string too
        quoted = quoted.str.replace_all(f'{mark}"', '"', literal=True)
    lists = quoted.str.contains("[", literal=True) & ~quoted.str.contains(_SIGN, literal=True)
    places = lists.fill_null(value=False).arg_true()
    places = places.filter(has_bare_scalar(quoted.gather(places)))
    if places.is_empty():
        return quoted
    elements = (
        quoted.gather(places)
        .str.replace_all(_ELEMENTS, f"${{1}}{_SIGN}{mark}${{2}}{_SIGN}")
        .str.replace_all(f"{_SIGN}{mark}{_SIGN}", "", literal=True)
        .str.replace_all(_SIGN, '"', literal=True)
    )
    return quoted.scatter(places, elements)


def has_bare_scalar(texts: pl.Series) -> pl.Series:
    """Say of each JSON text whether it holds a number or a boolean without quotes."""
    return texts.str.replace_all(_STRING, "").str.contains("[0-9tf]")


def count_parts(quoted: pl.Expr) -> pl.Expr:
    """Count the strings of texts made by `in_quotes`, without the names of null members, and the lists."""
    bare = quoted.str.replace_all(_STRING, '""')
    parts = bare.str.count_matches('""', literal=True) + bare.str.count_matches("[", literal=True)
    return parts - bare.str.count_matches(r'""\s*:\s*null')
