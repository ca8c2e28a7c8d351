"""Rows as lines of text, JSON or delimited, of the types whose texts are known to be Hive's; all others are refused."""

import gzip
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.hive_files import Encode
from txplatform.local.aws.athena.java_numbers import java_double
from txplatform.local.aws.athena.rewriting import refuse

_WHOLE = ("tinyint", "smallint", "integer", "bigint")
_NULL = r"\N"


def json_lines(kinds: Sequence[str], codec: str) -> Encode:
    """Return what writes an object a line; decimals are numbers of all their digits."""
    return _lines(kinds, codec, lambda names, texts: f"{{{', '.join(_members(names, texts, kinds))}}}")


def delimited(kinds: Sequence[str], codec: str, delimiter: str) -> Encode:
    """Return what writes values between delimiters; a text that holds one, or breaks a line, is refused."""
    if len(delimiter) != 1:
        raise StatementError("INVALID_TABLE_PROPERTY", "line 1:1: field_delimiter must be a single character")

    def line(_: Sequence[str], texts: Sequence[str | None]) -> str:
        if any(text is not None and (delimiter in text or "\n" in text or text == _NULL) for text in texts):
            raise refuse("UNLOAD as TEXTFILE of a text with the delimiter, or a line break, in it")
        return delimiter.join(_NULL if text is None else text for text in texts)

    return _lines(kinds, codec, line)


def _lines(kinds: Sequence[str], codec: str, line: Callable[[Sequence[str], Sequence[str | None]], str]) -> Encode:
    if codec.upper() not in ("GZIP", "NONE"):
        raise refuse(f"compression {codec!r} of lines of text")
    texts = [_writer(kind) for kind in kinds]

    def encode(rows: pa.Table) -> tuple[bytes, str]:
        columns = [
            [None if value is None else write(value) for value in column.to_pylist()]
            for write, column in zip(texts, rows.columns, strict=True)
        ]
        body = "".join(f"{line(rows.column_names, row)}\n" for row in zip(*columns, strict=True)).encode()
        return (body, "") if codec.upper() == "NONE" else (gzip.compress(body), ".gz")

    return encode


def _writer(kind: str) -> Callable[[Any], str]:
    if kind in ("varchar", "date", *_WHOLE):
        return str
    if kind == "boolean":
        return lambda value: str(value).lower()
    if kind == "double":
        return java_double
    if kind.startswith("decimal"):
        return lambda value: format(Decimal(value), "f")
    raise refuse(f"UNLOAD of a column of type {kind} as text")


def _members(names: Sequence[str], texts: Sequence[str | None], kinds: Sequence[str]) -> list[str]:
    bare = [kind in (*_WHOLE, "boolean") or kind.startswith(("decimal", "double")) for kind in kinds]
    return [
        f"{json.dumps(name, ensure_ascii=False)}: {_member(text, is_bare)}"
        for name, text, is_bare in zip(names, texts, bare, strict=True)
    ]


def _member(text: str | None, bare: bool) -> str:
    if text is None:
        return "null"
    if bare and text.endswith(("NaN", "Infinity")):
        raise refuse(f"UNLOAD of {text} as JSON")
    return text if bare else json.dumps(text, ensure_ascii=False)
