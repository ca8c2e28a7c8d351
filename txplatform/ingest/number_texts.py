"""Numbers as texts of files write them, brought into plain notation: `1.234,50` is `1234.50` where it is declared."""

import re

import polars as pl

from txplatform.contracts.model import TextConventions

NOT_A_NUMBER = ""  # no cast accepts it
_EXPONENT = r"([eE][+-]?[0-9]{1,4})?"
_BLANKS = " \u00a0\u202f\u2009"


def plain_numbers(texts: pl.Expr, conventions: TextConventions, *, as_written: bool) -> pl.Expr:
    """The numbers of texts in plain notation. A text of another form is left, or made no number.

    Texts that are not `as_written` come from a format that has numbers of its own: these have a point and no groups.
    """
    loose = conventions.loose_numbers
    point, group = (conventions.decimal_char, conventions.group_char) if as_written else (".", None)
    if point == "." and group is None and not loose:
        return texts
    groups = re.escape(_BLANKS if group == " " else group or "")
    digits = rf"(?:[0-9]+|[0-9]{{1,3}}(?:[{groups}][0-9]{{3}})+)" if group else "[0-9]+"
    sign = "[+-]?" if loose else "-?"
    decimals = rf"(?:[{point}][0-9]+)?"
    number = rf"(?:{digits}{decimals}|{digits}[{point}]|[{point}][0-9]+)" if loose else f"{digits}{decimals}"
    stripped = texts.str.strip_chars()
    bare = stripped.str.replace_all(f"[{groups}]", "") if group else stripped
    if point != ".":
        bare = bare.str.replace(point, ".", literal=True)
    if loose:
        bare = bare.str.strip_prefix("+").str.replace(r"^(-?)\.", "${1}0.").str.replace(r"\.($|[eE])", "${1}")
    form = stripped.str.contains(f"^{sign}{number}{_EXPONENT}$")
    misread = NOT_A_NUMBER if point != "." or group else None
    return pl.when(form).then(bare).when(texts.is_not_null()).then(texts if misread is None else pl.lit(misread))
