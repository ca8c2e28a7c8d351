"""Files of lines of text, as Hive's SerDes read them: delimited text and OpenCSV, each line to the texts of its fields.

https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html,
https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html and, for what a field that is no value of its type becomes,
https://github.com/trinodb/trino/tree/master/lib/trino-hive-formats.
"""

import csv
import gzip
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from txplatform.local.aws.athena import line_values
from txplatform.local.aws.athena.kinds import RefusedError

_ENDS = re.compile(r"\r\n|\n|\r")
_GZIP = b"\x1f\x8b"

Fields = list[str | None]


def specification(serde: str, options: Mapping[str, str], columns: Sequence[str]) -> str:
    """Return what `rows` takes: the SerDe's parameters, and the columns' types by DuckDB's names."""
    return json.dumps({"serde": serde, "options": dict(options), "columns": list(columns)})


def rows(content: bytes, specified: str) -> list[Fields]:
    """Return the fields of a file's lines as texts of DuckDB; raise RefusedError where Athena would fail."""
    if content[:2] == _GZIP:
        content = gzip.decompress(content)
    read, skipped = _reader(specified)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise RefusedError("NOT_SUPPORTED", "a file of text that is not UTF-8 is not supported locally") from error
    lines = _ENDS.split(text)
    return [read(line) for line in lines[skipped : len(lines) - (not lines[-1])]]


@lru_cache(maxsize=64)
def _reader(specified: str) -> tuple[Callable[[str], Fields], int]:
    """Return what reads a line, and how many lines come before the first one."""
    given = json.loads(specified)
    options, columns = given["options"], given["columns"]
    read = _csv(options, columns) if given["serde"] == "csv" else _delimited(options, columns)
    return read, int(options.get("skip.header.line.count") or 0)


def _delimited(options: Mapping[str, str], columns: Sequence[str]) -> Callable[[str], Fields]:
    separators = line_values.separators(options)
    values = [
        line_values.reader(column, separators, options.get("serialization.null.format", r"\N")) for column in columns
    ]

    def read(line: str) -> Fields:
        fields = line.split(separators[0])
        return [value(field) for value, field in zip(values, fields, strict=False)]

    return read


def _csv(options: Mapping[str, str], columns: Sequence[str]) -> Callable[[str], Fields]:
    form: dict[str, Any] = {
        "delimiter": options.get("separatorChar", ","),
        "quotechar": options.get("quoteChar", '"'),
        "escapechar": options.get("escapeChar", "\\"),
    }

    def read(line: str) -> Fields:
        found = next(csv.reader([line], **form), [""])
        return list(found[: len(columns)])

    return read
