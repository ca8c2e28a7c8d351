"""Says of a refused text which declaration of the contract would read it, as nothing is read that is not declared."""

import polars as pl

from txplatform.contracts.model import Field, FieldType

_DAY = r"[0-9]{1,4}[-./ ][0-9]{1,2}[-./ ][0-9]{1,4}"
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_FRACTION = r"(?:\.[0-9]{1,6}0*)?"  # no finer than a field can be
_TIME = rf"[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}{_FRACTION})?"
_MOMENT = rf"{_ISO}[Tt ][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}{_FRACTION}"
_OFFSET = r"[+-][0-9]{2}"  # without its minutes
_MISSING = (r"^(?i:null|none|nil|n/?a|nan|-+|\\n|#n/a|missing|unknown|\(null\))$", "missingValues")
_NUMBERS = (
    _MISSING,
    (r"^[+-]?[0-9]{1,3}(?:[,.'’ \x{00a0}\x{202f}][0-9]{3})+(?:[.,][0-9]+)?$", "groupChar and decimalChar"),
    (r"^[+-]?[0-9]*,[0-9]+$", "decimalChar"),
    (r"^[+-]?(?:[0-9]+\.?|[0-9]*\.[0-9]+)$", "looseNumbers"),
)
_FORMS: dict[FieldType, tuple[tuple[str, str], ...]] = {
    FieldType.INTEGER: _NUMBERS,
    FieldType.DECIMAL: _NUMBERS,
    FieldType.BOOLEAN: (_MISSING,),
    FieldType.DATE: (_MISSING, (rf"^(?:{_DAY}|[0-9]{{8}})$", "dateFormat")),
    FieldType.TIMESTAMP: (
        _MISSING,
        (rf"^{_MOMENT}$", "defaultTimezone"),
        (rf"^{_MOMENT}(?: ?(?:UTC|GMT|{_OFFSET})| (?:Z|{_OFFSET}:?[0-9]{{2}}))$", "looseZones"),
        (r"^[0-9]{10}(?:[0-9]{3})?(?:\.[0-9]+)?$", "timestampFormat, or the field's epoch"),
        (rf"^(?:{_DAY}|[0-9]{{8}})[T ]?(?:{_TIME}|[0-9]{{6}})?(?: ?{_TIME})?$", "timestampFormat"),
    ),
}


def with_hint(field: Field, message: pl.Expr, text: pl.Expr) -> pl.Expr:
    """The message, with the declaration under `files: texts` that would read such a text, if there is one."""
    hint = pl.lit("")
    for pattern, keys in reversed(_FORMS.get(field.type, ())):
        found = text.str.strip_chars().str.contains(pattern)
        hint = pl.when(found).then(pl.lit(f"; declare how files write it: files.texts.{keys}")).otherwise(hint)
    return pl.concat_str(message, hint)
