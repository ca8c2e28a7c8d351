"""A field of a line of delimited text as the text of its value that DuckDB casts, by Hive's rules; null for no value.

Numbers out of range and words that are no value are null; a malformed date or decimal fails the query. Source:
https://github.com/trinodb/trino/tree/master/lib/trino-hive-formats/src/main/java/io/trino/hive/formats/encodings/text.
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from txplatform.local.aws.athena.kinds import RefusedError

_Type = exp.DataType.Type
_BITS = {_Type.TINYINT: 8, _Type.SMALLINT: 16, _Type.INT: 32, _Type.BIGINT: 64}
_BINARY = (_Type.BINARY, _Type.VARBINARY, _Type.BLOB)
_WHOLE = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?")
_FLOATING = re.compile(r"[+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?")

Value = Callable[[str], str | None]


def separators(options: Mapping[str, str]) -> list[str]:
    """Return what stands between fields, and between values ever deeper inside of them; raise RefusedError."""
    if "escape.delim" in options:
        raise RefusedError("NOT_SUPPORTED", "ESCAPED BY is not supported locally")
    fields = options.get("field.delim") or options.get("serialization.format") or "\x01"
    given = [fields, options.get("collection.delim", "\x02"), options.get("mapkey.delim", "\x03")]
    made = [chr(int(text)) if text.isdecimal() else text[0] for text in given]  # a number is a character's code
    return [*made, *map(chr, range(4, 9))]


def reader(column: str, between: Sequence[str], null: str) -> Value:
    """Return what reads a field of a type, by DuckDB's name."""
    return _nullable(_value(exp.DataType.build(column, dialect="duckdb"), between[1:], null), null)


def _nullable(read: Value, null: str) -> Value:
    return lambda text: None if text == null else read(text)


def _value(kind: exp.DataType, between: Sequence[str], null: str) -> Value:
    match kind.this:
        case _Type.ARRAY | _Type.LIST:
            item = _inner(kind.expressions[0], between[1:], null)
            return lambda text: f"[{', '.join(map(item, text.split(between[0]))) if text else ''}]"
        case _Type.MAP:
            key, value = (_inner(of, between[2:], null) for of in kind.expressions)
            return lambda text: _map(text, between, key, value)
        case _Type.STRUCT:
            fields = [(field.name, _inner(field.kind, between[1:], null)) for field in kind.expressions]
            return lambda text: _struct(text.split(between[0]), fields)
    return lambda text: _scalar(kind, text)


def _inner(kind: exp.DataType, between: Sequence[str], null: str) -> Callable[[str], str]:
    """Return what writes a value inside of another, in quotes."""
    read, nested = _value(kind, between, null), kind.this in (_Type.ARRAY, _Type.LIST, _Type.MAP, _Type.STRUCT)

    def write(text: str) -> str:
        value = None if text == null else read(text)
        if value is None:
            return "NULL"
        return value if nested else _quoted(value)

    return write


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _map(text: str, between: Sequence[str], key: Callable[[str], str], value: Callable[[str], str]) -> str:
    found: dict[str, str] = {}
    for entry in text.split(between[0]) if text else ():
        name, separator, of = entry.partition(between[1])
        found.setdefault(key(name), value(of) if separator else "NULL")
    return "{" + ", ".join(f"{name}={of}" for name, of in found.items() if name != "NULL") + "}"


def _struct(texts: Sequence[str], fields: Sequence[tuple[str, Callable[[str], str]]]) -> str:
    written = (write(texts[at]) if at < len(texts) else "NULL" for at, (_, write) in enumerate(fields))
    return "{" + ", ".join(f"{_quoted(name)}: {of}" for (name, _), of in zip(fields, written, strict=True)) + "}"


def _scalar(kind: exp.DataType, text: str) -> str | None:
    if kind.this in exp.DataType.TEXT_TYPES:
        return text
    if kind.this in _BINARY:
        return _binary(text)
    if not text:
        return None
    match kind.this:
        case _Type.BOOLEAN:
            return text.lower() if text.lower() in ("true", "false") else None
        case _Type.FLOAT | _Type.DOUBLE:
            return text.strip() if _FLOATING.fullmatch(text.strip()) else None
        case _Type.DATE if _DATE.fullmatch(text):
            return text
        case _Type.TIMESTAMP | _Type.TIMESTAMPNTZ:
            return _moment(text)
        case _Type.DECIMAL:
            return _decimal(kind, text)
    if kind.this in _BITS:
        return _whole(text, _BITS[kind.this])
    raise _bad(text, kind)


def _whole(text: str, bits: int) -> str | None:
    if not _WHOLE.fullmatch(text):
        return None
    number = int(text.partition(".")[0])
    return str(number) if -(2 ** (bits - 1)) <= number < 2 ** (bits - 1) else None


def _moment(text: str) -> str | None:
    if not _MOMENT.fullmatch(text):
        return None
    try:
        datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - a timestamp has no zone
    except ValueError:
        return None
    return text[:26]


def _decimal(kind: exp.DataType, text: str) -> str:
    precision, scale = (int(parameter.name) for parameter in kind.expressions)
    try:
        value = Decimal(text)
        exponent = value.as_tuple().exponent
    except InvalidOperation as error:
        raise _bad(text, kind) from error
    if not isinstance(exponent, int) or -exponent > scale or (value and value.adjusted() >= precision - scale):
        raise _bad(text, kind)
    return format(value, "f")


def _binary(text: str) -> str:
    try:
        return "".join(f"\\x{byte:02X}" for byte in base64.b64decode(text, validate=True))
    except ValueError as error:
        raise RefusedError("HIVE_BAD_DATA", "a field of a binary column is not in base64") from error


def _bad(text: str, kind: exp.DataType) -> RefusedError:
    return RefusedError("HIVE_BAD_DATA", f"Error parsing field value {text[:40]!r} as {kind.sql('trino').lower()}")
