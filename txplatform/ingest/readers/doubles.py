"""The decimals that binary floating point stands for: those of at most 15 significant digits, 6 of single precision.

Each such decimal has a double of its own, and the shortest text of that double is the decimal again. A double of more
digits is the outcome of arithmetic, or of a decimal that was longer: which one is not known.
"""

from decimal import Decimal
from math import isfinite

import polars as pl

INEXACT = (
    "binary floating point holds at most 15 significant digits (6 of single precision): deliver a decimal or a text"
)
_MOST_DIGITS = {pl.Float64: 15, pl.Float32: 6, pl.Float16: 3}


def exact_texts(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The shortest text of each number, and whether that has too many digits, or is no number."""
    text = values.cast(pl.String)
    digits = text.str.replace(r"e.*$", "").str.replace_all(r"[-.]", "").str.strip_chars_start("0")
    digits = digits.str.strip_chars_end("0").str.len_chars()
    inexact = (digits > _MOST_DIGITS[type(values.dtype)]) | ~values.is_finite()
    return text.str.replace(r"\.0$", ""), inexact.fill_null(value=False)


def is_exact(value: float) -> bool:
    """Whether a double stands for one decimal alone."""
    digits = repr(value).partition("e")[0].strip("-").replace(".", "").strip("0")
    return isfinite(value) and len(digits) <= _MOST_DIGITS[pl.Float64]


def exact_text(value: float) -> str:
    """The shortest text of a double, in plain notation."""
    return format(Decimal(repr(value)), "f").removesuffix(".0")
