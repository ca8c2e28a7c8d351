"""Puts the bare numbers and booleans of JSON text in quotes, so that no parser passes a number through a float.

Regular expressions consume every string and hence never look inside one. What JSON's grammar does not call a number is
quoted in part, and is not JSON any more. A number in a text field is thus its digits, as in a CSV file.
"""

import polars as pl

_STRING = r'"(?:[^"\\]|\\.)*"'
NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+\-]?[0-9]+)?"
_SCALAR = f"{NUMBER}|true|false"
# 1: a quote, 2: the rest of a key and its colon, 3: a bare scalar, 4: any other string. One of 1-3 or 4 is empty.
_MEMBERS = rf'(")((?:[^"\\]|\\.)*"\s*:\s*)({_SCALAR})|({_STRING})'
_MEMBERS_IN_QUOTES = "${1}${2}${1}${3}${1}${4}"
# 1: a string, 2: a bare scalar, which is an element of a list once those of members are in quotes.
_ELEMENTS = rf"({_STRING})|({_SCALAR})"
_MARK = "\x01"  # JSON text holds no control character: text that does is left as it is, and not JSON
_ELEMENTS_IN_MARKS = f"${{1}}{_MARK}${{2}}{_MARK}"


def in_quotes(texts: pl.Series) -> pl.Series:
    """Return JSON texts whose scalars, null apart, are all strings."""
    quoted = texts.str.replace_all(_MEMBERS, _MEMBERS_IN_QUOTES)
    lists = quoted.str.contains("[", literal=True) & ~quoted.str.contains(_MARK, literal=True)
    places = lists.fill_null(value=False).arg_true()
    places = places.filter(has_bare_scalar(quoted.gather(places)))
    if places.is_empty():
        return quoted
    elements = (
        quoted.gather(places)
        .str.replace_all(_ELEMENTS, _ELEMENTS_IN_MARKS)
        .str.replace_all(_MARK + _MARK, "", literal=True)
        .str.replace_all(_MARK, '"', literal=True)
    )
    return quoted.scatter(places, elements)


def has_bare_scalar(texts: pl.Series) -> pl.Series:
    """Say of each JSON text whether it holds a number or a boolean without quotes."""
    return texts.str.replace_all(_STRING, "").str.contains("[0-9tf]")


def count_strings(quoted: pl.Expr) -> pl.Expr:
    """Count the strings of texts made by `in_quotes`, names of members included, without the names of null members."""
    bare = quoted.str.replace_all(_STRING, '""')
    return bare.str.count_matches('""', literal=True) - bare.str.count_matches(r'""\s*:\s*null')
