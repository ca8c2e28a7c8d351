"""Tells in texts what was a text at its source from what was a number or a boolean there.

JSON is read as strings, so that no digit is lost. One that was a bare number or boolean begins with the mark BARE, one
that was a string and could be taken for something else with the mark TEXT. Both are noncharacters, which are not meant
for interchange; texts that hold one all the same are written anew, one by one, as are those beyond the limits that the
functions set for JSON.
"""

from typing import Any, cast

import polars as pl

from txplatform.ingest.nested.bare_scalars import in_quotes
from txplatform.ingest.nested.json_text import MAX_NUMBER_LENGTH, Number, as_string, parsed

BARE, TEXT = "\ufdd0", "\ufdd1"
UNFIT = f"{BARE}?"  # what no field takes
_MAX_DEPTH = 64  # of the functions' reader
_DOUBTFUL = rf'\\u(?i:d[89a-f]|fdd[01])|[{BARE}{TEXT}]|"\s*[\[{{]|[eE][+\-]?[0-9]{{9}}'
_LONG_NUMBER = rf"[0-9.eE+\-]{{{MAX_NUMBER_LENGTH + 1}}}"


def marked(texts: pl.Series, *, otherwise: str | None = None) -> pl.Series:
    """The JSON texts with all scalars as marked strings. One that is not JSON is `otherwise`, or as it is."""
    quoted = in_quotes(texts, BARE)
    doubtful = _doubtful(texts).fill_null(value=False).arg_true()
    if doubtful.is_empty():
        return quoted
    written = [_rewritten(text, text if otherwise is None else otherwise) for text in texts.gather(doubtful)]
    return quoted.scatter(doubtful, pl.Series(written, dtype=pl.String))


def unmarked(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The texts without their marks, and which of them were bare."""
    bare, text = (values.str.starts_with(mark) for mark in (BARE, TEXT))
    if bare.any():
        values = values.str.strip_prefix(BARE)
    return (values.str.strip_prefix(TEXT) if text.any() else values), bare.fill_null(value=False)


def without_marks(texts: pl.Series) -> pl.Series:
    """Marked JSON texts without their marks. Of a text that holds such a character itself, no character is lost."""
    return texts.str.replace_all(rf'([\[{{:,]")[{BARE}{TEXT}]', "${1}")


def as_values(texts: pl.Series) -> pl.Series:
    """The JSON that marked texts stand for, with bare numbers and booleans; no JSON where one has no exact value."""
    named = texts.str.replace_all(rf'([{{,]")[{BARE}{TEXT}]((?:[^"\\]|\\.)*":)', "${1}${2}")
    return without_marks(named.str.replace_all(rf'([\[:,])"{BARE}([^"]*)"', "${1}${2}"))


def begins_like_a_mark(name: str) -> bool:
    """Whether a text begins with a character that is a mark in marked JSON."""
    return name.startswith((BARE, TEXT))


def marked_text(value: Any, depth: int = _MAX_DEPTH) -> str:
    """The marked text of a parsed value; raise ValueError where it is nested too deep, or a name is not Unicode."""
    match value:
        case None:
            return "null"
        case bool():
            return f'"{BARE}{"true" if value else "false"}"'
        case str():
            return as_string(_marked_string(value))
        case dict() | list():
            if not depth:
                raise ValueError(f"nested more than {_MAX_DEPTH} deep")
            if isinstance(value, list):
                return f"[{','.join(marked_text(item, depth - 1) for item in cast('list[Any]', value))}]"
            members = cast("dict[str, Any]", value).items()
            return f"{{{','.join(f'{as_string(name)}:{marked_text(item, depth - 1)}' for name, item in members)}}}"
        case Number():
            return f'"{BARE}{value.text}"'
        case _:
            return f'"{BARE}{value}"'


def _marked_string(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return UNFIT
    return f"{TEXT}{text}" if text.lstrip().startswith(("[", "{", BARE, TEXT)) else text


def _rewritten(text: str, otherwise: str) -> str:
    try:
        return marked_text(parsed(text))
    except (ValueError, ArithmeticError, RecursionError):
        return otherwise


def _doubtful(texts: pl.Series) -> pl.Series:
    """Which texts could hold a mark, half of a surrogate pair, text that looks like JSON, or more than is read."""
    deep = texts.str.count_matches(r"[\[{]") > _MAX_DEPTH
    doubtful = deep | texts.str.contains(_DOUBTFUL)
    long = (texts.str.len_bytes() > MAX_NUMBER_LENGTH).fill_null(value=False).arg_true()
    if long.is_empty():
        return doubtful
    found = long.filter(texts.gather(long).str.contains(_LONG_NUMBER))
    return doubtful.scatter(found, values=True) if found.len() else doubtful
