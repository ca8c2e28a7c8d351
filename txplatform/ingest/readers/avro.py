"""Avro object container files to lines of JSON, exact to the digit, which are then read as JSON lines are."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO, cast
from uuid import UUID

import fastavro
import polars as pl

from txplatform.contracts.model import Field
from txplatform.errors import PlatformError
from txplatform.ingest.batch import RawBatch, RejectedError
from txplatform.ingest.readers import text
from txplatform.ingest.readers.avro_blocks import blocks, read_header
from txplatform.ingest.readers.avro_schema import prepared
from txplatform.ingest.readers.doubles import INEXACT, is_exact
from txplatform.ingest.readers.json_lines import Finish, batches_of_lines
from txplatform.ingest.readers.text import broken_lines

_Record = tuple[int, str, str | None]  # its number, its text, and why it is no row, if so


def avro_lines(content: BinaryIO) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """The records as lines (`row`, `text`, `decodes`), numbered from 1, and those without an exact text as broken rows.

    Raise RejectedError where the file cannot be read to its end.
    """
    row = 0
    try:
        meta, mark = read_header(content)
        written = meta["avro.schema"].decode()
        schema, may_round = (
            prepared(json.loads(written)),
            '"double"' in written or '"float"' in written,
        )
        found, size = list[_Record](), 0
        for count, data in blocks(content, meta.get("avro.codec", b"null").decode(), mark):
            block = io.BytesIO(data)
            for _ in range(count):
                row += 1
                found.append((row, *_text(fastavro.schemaless_reader(block, schema, None), may_round=may_round)))
                size += len(found[-1][1])
                if size >= text.BLOCK:
                    yield _lines(found)
                    found, size = [], 0
            if block.read(1):
                raise ValueError("a block holds more than its records")
        if found or not row:
            yield _lines(found)
    except (RejectedError, MemoryError, PlatformError):
        raise
    except Exception as error:  # hostile bytes may break the library in any way
        problem = f"the file cannot be read as Avro after {max(0, row - 1)} records: {type(error).__name__}"
        raise RejectedError("file.unreadable", problem) from error


def read_avro(
    content: BinaryIO,
    columns: Iterable[str],
    nested: Mapping[str, Field],
    *,
    keep_rest: bool = False,
    finish: Finish | None = None,
) -> Iterator[RawBatch]:
    """Read the named columns of the records, as `read_json_lines` does."""
    for lines, broken in avro_lines(content):
        for batch in batches_of_lines([lines], columns, nested, keep_rest=keep_rest, finish=finish):
            yield replace(batch, broken=pl.concat([batch.broken, broken]))


def _text(record: Any, *, may_round: bool) -> tuple[str, str | None]:
    """The JSON text of a record, and why it is not exact, if it is not."""
    reasons: list[str] = []

    def of_type(value: Any) -> str:
        match value:
            case Decimal():
                return format(value, "f")
            case datetime():
                return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
            case date() | time():
                return value.isoformat()
            case UUID():
                return str(value)
            case _:
                reasons.append("bytes have no text form: deliver a text, or a decimal")
                return cast("bytes", value).hex()

    made = json.dumps(record, default=of_type, ensure_ascii=False)
    if may_round and not _is_exact(record):
        reasons.append(INEXACT)
    return made, reasons[0] if reasons else None


def _is_exact(value: Any) -> bool:
    match value:
        case float():
            return is_exact(value)
        case dict():
            return all(map(_is_exact, cast("dict[str, Any]", value).values()))
        case list():
            return all(map(_is_exact, cast("list[Any]", value)))
        case _:
            return True


def _lines(records: list[_Record]) -> tuple[pl.DataFrame, pl.DataFrame]:
    lines = pl.DataFrame(records, schema={"row": pl.Int64, "text": pl.String, "reason": pl.String}, orient="row")
    sound = pl.col("reason").is_null()
    broken = lines.filter(~sound)
    return (
        lines.filter(sound).select("row", "text", pl.lit(value=True).alias("decodes")),
        broken_lines(broken, "type", "").with_columns(broken["reason"].alias("message")),
    )
