"""Shows personal values in part, as SQL: of a text of six characters or more two, of anything else nothing."""

from txplatform.contracts.model import FieldType

_MASK = "'••••'"
_SHOWN_FROM = 6  # characters


def masked(kind: FieldType, value: str) -> str:
    """The expression that stands in the place of a value; absent values stay absent."""
    if kind is not FieldType.STRING:
        return f"CASE WHEN {value} IS NOT NULL THEN {_MASK} END"
    shown = f"CASE WHEN length({value}) >= {_SHOWN_FROM} THEN substr({value}, length({value}) - 1) ELSE '' END"
    return f"CASE WHEN {value} IS NOT NULL THEN concat({_MASK}, {shown}) END"
