"""One text for every value, written by Athena for a row of the lake and here for an item of DynamoDB.

Both writings stand side by side, so that neither changes alone. Decimals carry the digits of their scale, moments six
digits of a second, and a zero has no sign. The content of a record puts the length of every text before it, so that no
value can imitate a separator; an absent value is `-`, which is no length. Nested values are in nested_text.py.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

from txplatform.clock import parse_timestamp, timestamp_text
from txplatform.contracts.evolution import backfill_value
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.parity.nested_text import nested_sql, nested_writer
from txplatform.warehouse.statements import quoted

Item = Mapping[str, Mapping[str, Any]]
Texts = tuple[str | None, ...]  # of the fields of a contract, in its order

TAGS = {
    FieldType.INTEGER: "N",
    FieldType.DECIMAL: "N",
    FieldType.BOOLEAN: "BOOL",
    FieldType.OBJECT: "M",
    FieldType.MAP: "M",
    FieldType.ARRAY: "L",
}  # all other types are S
_ESCAPES = {"%": "%25", "#": "%23", "/": "%2F", "?": "%3F"}  # of a record key; the percent sign first
_KEY_TABLE = str.maketrans(_ESCAPES)
_NULL = "-"
_ARGUMENTS = 100


def text_sql(field: Field) -> str:
    """The text of a column of the current view; null stays null."""
    column = quoted(field.name)
    match field.type:
        case FieldType.STRING | FieldType.JSON:
            return column
        case FieldType.OBJECT | FieldType.MAP | FieldType.ARRAY:
            return nested_sql(field, column)
        case _:
            return f"CAST({column} AS varchar)"


def texts_sql(contract: Contract, fields: Sequence[Field] | None = None) -> str:
    """A select list of the texts of all columns, or of those of some fields, each under its `text_name`."""
    chosen = contract.fields if fields is None else fields
    return ", ".join(f"{text_sql(field)} AS {text_name(contract, field)}" for field in chosen)


def text_name(contract: Contract, field: Field) -> str:
    """What the text of a column is called in a statement."""
    return f'"_text{contract.fields.index(field)}"'


def content_sql(contract: Contract) -> str:
    """The content of a row of texts: all of them, each after its length."""
    texts = [text_name(contract, field) for field in contract.fields]
    parts = [f"coalesce(concat(CAST(length({text}) AS varchar), ':', {text}), '{_NULL}')" for text in texts]
    while len(parts) > 1:  # Trino takes 127 arguments
        groups = [parts[start : start + _ARGUMENTS] for start in range(0, len(parts), _ARGUMENTS)]
        parts = [f"concat({', '.join(group)})" if len(group) > 1 else group[0] for group in groups]
    return parts[0]


def key_sql(contract: Contract) -> str:
    """The record key of a row of texts, as the data API stores it under `pk`."""
    parts: list[str] = []
    for field in contract.key_fields:
        text = text_name(contract, field)
        if field.type is FieldType.TIMESTAMP:
            text = f"replace({text}, ' ', 'T') || 'Z'"
        elif field.type is FieldType.STRING:
            for plain, escaped in _ESCAPES.items():
                text = f"replace({text}, '{plain}', '{escaped}')"
        parts.append(text)
    return " || '#' || ".join(parts)


def content(texts: Texts) -> str:
    """The content of a record, as `content_sql` writes it."""
    return "".join([_NULL if text is None else f"{len(text)}:{text}" for text in texts])


class Reader:
    """Writes the texts of one contract's items. An attribute of another type is a KeyError or TypeError."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._fields: Sequence[tuple[str, Callable[[Mapping[str, Any]], str]]] = [
            (field.name, _writer(field)) for field in contract.fields
        ]
        self._former = former_names(contract)
        self._fillers = {
            field.name: _writer(field)({TAGS.get(field.type, "S"): _attribute_value(value)})
            for field in contract.fields
            if (value := backfill_value(field)) is not None
        }
        names = [field.name for field in contract.fields]
        self._key = [(names.index(field.name), field.type is FieldType.TIMESTAMP) for field in contract.key_fields]

    def texts(self, item: Item) -> Texts:
        """The texts of an item's fields."""
        item = self.present(item)
        filler = self._fillers.get
        return tuple([write(item[name]) if name in item else filler(name) for name, write in self._fields])

    def present(self, item: Item) -> Item:
        """The item, each field under the name that it has now; one under two names keeps both, as no API wrote it."""
        if not self._former or self._former.keys().isdisjoint(item):
            return item
        named: dict[str, Mapping[str, Any]] = {}
        for name, value in item.items():
            present = self._former.get(name, name)
            named[name if present in item or present in named else present] = value
        return named

    def key(self, texts: Texts) -> str:
        """The record key of these texts, as `key_sql` writes it; raise TypeError where a part of it is absent."""
        parts: list[str] = []
        for place, is_moment in self._key:
            text = texts[place]
            if text is None:
                raise TypeError("the item has no complete key")
            parts.append(f"{text.replace(' ', 'T')}Z" if is_moment else text.translate(_KEY_TABLE))
        return "#".join(parts)

    def text(self, item: Item, name: str) -> str | None:
        """The text of one field."""
        item = self.present(item)
        return dict(self._fields)[name](item[name]) if name in item else self._fillers.get(name)


def key_texts(key: str) -> list[str]:
    """The parts of a record key, unescaped."""
    parts = key.split("#")
    for plain, escaped in reversed(_ESCAPES.items()):
        parts = [part.replace(escaped, plain) for part in parts]
    return parts


def former_names(contract: Contract) -> Mapping[str, str]:
    """Names that fields had, each with that which the field has now."""
    return {former: field.name for field in contract.fields for former in field.evolution.former_names}


def _attribute_value(value: str | int | bool) -> str | bool:
    return value if isinstance(value, bool) else str(value)


def _writer(field: Field) -> Callable[[Mapping[str, Any]], str]:
    match field.type:
        case FieldType.STRING | FieldType.DATE | FieldType.JSON:
            return _string
        case FieldType.INTEGER:
            return _integer
        case FieldType.BOOLEAN:
            return _boolean
        case FieldType.TIMESTAMP:
            return _timestamp
        case FieldType.DECIMAL:
            return _decimal(field.scale or 0)
        case FieldType.OBJECT | FieldType.MAP | FieldType.ARRAY:
            return nested_writer(field, _writer)


def _string(attribute: Mapping[str, Any]) -> str:
    return attribute["S"]


def _integer(attribute: Mapping[str, Any]) -> str:
    text = attribute["N"]
    return text if text.isdigit() and (text[0] != "0" or text == "0") else _plain(text, 0)


def _boolean(attribute: Mapping[str, Any]) -> str:
    return "true" if attribute["BOOL"] else "false"


def _timestamp(attribute: Mapping[str, Any]) -> str:
    text = attribute["S"]
    if len(text) != 27 or text[10] != "T" or text[26] != "Z":
        with suppress(ValueError, OverflowError):
            text = timestamp_text(parse_timestamp(text))
    return f"{text[:10]} {text[11:26]}" if text[10:11] == "T" and text[-1:] == "Z" else text


def _decimal(scale: int) -> Callable[[Mapping[str, Any]], str]:
    def write(attribute: Mapping[str, Any]) -> str:
        text = attribute["N"]
        whole, _, fraction = text.partition(".")
        if (
            whole.isdigit()
            and (whole[0] != "0" or whole == "0")
            and len(fraction) <= scale
            and (not fraction or fraction.isdigit())
        ):
            return f"{whole}.{fraction:0<{scale}}" if scale else whole
        return _plain(text, scale)

    return write


def _plain(text: str, scale: int) -> str:
    """A number in plain notation with `scale` digits after the point, or more where it has more; text otherwise."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    shown = "".join(map(str, digits))
    if exponent >= 0:
        whole, fraction = shown + "0" * exponent, ""
    else:
        shown = shown.rjust(1 - exponent, "0")
        whole, fraction = shown[:exponent], shown[exponent:]
    fraction = fraction.rstrip("0").ljust(scale, "0")
    plain = (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
    return f"-{plain}" if sign and number else plain
