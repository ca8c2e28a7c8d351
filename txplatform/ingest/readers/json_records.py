"""The records of a JSON file as lines of their own: of JSON lines, of one array, of a document, or of objects that are
written over several lines.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import polars as pl

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers import text
from txplatform.ingest.readers.compression import begin_of, decompressed
from txplatform.ingest.readers.json_document import list_items
from txplatform.ingest.readers.json_stream import JsonStream
from txplatform.ingest.readers.text import Block, text_blocks

_LINE_ENDS = str.maketrans("\n\r", "  ")  # between the tokens of a value; inside a text they are escaped
_SPACE = b" \t\n\r"


def object_lines(content: BinaryIO, path: Sequence[str] = (), *, keep_arrays: bool = False) -> Iterator[pl.DataFrame]:
    """The records (`row`, `text`, `decodes`) of a file, as many as are read at once: see `object_parts`."""
    for part in object_parts(content, path, keep_arrays=keep_arrays):
        yield part.lines() if isinstance(part, Block) else part


def object_parts(
    content: BinaryIO, path: Sequence[str] = (), *, keep_arrays: bool = False
) -> Iterator[Block | pl.DataFrame]:
    """The same, with the lines of JSON lines in blocks that are not split yet.

    The row of a line, and of an object over several lines, is the line's number, that of a list's item its own number.
    The names of a `path` lead to the list in a document. With `keep_arrays`, lines that are an array each stay lines.
    Raise RejectedError where the file cannot be read to its end.
    """
    head = begin_of(decompressed(content), text.LONGEST_LINE if keep_arrays else 1).removeprefix(b"\xef\xbb\xbf")
    head = head.lstrip(_SPACE)
    content.seek(0)
    if path or (head.startswith(b"[") and not (keep_arrays and _is_array_of_its_own(head))):
        yield from _lines(list_items(JsonStream(decompressed(content)), path))
    elif head.startswith(b"{") and not _is_value(head.partition(b"\n")[0]) and _spans_lines(content):
        yield from _lines(_objects(JsonStream(decompressed(content))))
    else:
        yield from text_blocks(content)


def _is_array_of_its_own(head: bytes) -> bool:
    """Whether the first line is a whole array, and others follow."""
    line, _, rest = head.partition(b"\n")
    return bool(rest.strip()) and _is_value(line)


def _is_value(line: bytes) -> bool:
    try:
        json.loads(line, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def _spans_lines(content: BinaryIO) -> bool:
    """Whether the file begins with a value that is written over several lines."""
    try:
        return "\n" in JsonStream(decompressed(content)).value()
    except RejectedError:
        return False
    finally:
        content.seek(0)


def _objects(stream: JsonStream) -> Iterator[tuple[int, str]]:
    while not stream.at_end():
        yield stream.line(), stream.value()


def _lines(values: Iterable[tuple[int, str]]) -> Iterator[pl.DataFrame]:
    """Values with their numbers as lines, so many at a time; one batch without any where there are none."""
    rows, texts, size, found = list[int](), list[str](), 0, False
    for row, value in values:
        rows.append(row)
        texts.append(value.translate(_LINE_ENDS))
        size += len(value)
        if size >= text.BLOCK:
            yield _frame(rows, texts)
            rows, texts, size, found = [], [], 0, True
    if rows or not found:
        yield _frame(rows, texts)


def _frame(rows: list[int], texts: list[str]) -> pl.DataFrame:
    """The lines, with replacement characters for what is no UTF-8 (`surrogateescape`)."""
    whole = "".join(texts)
    decodes: list[bool] = [True] * len(texts)
    try:
        whole.encode()
    except UnicodeEncodeError:
        replaced = [each.encode(errors="surrogateescape").decode(errors="replace") for each in texts]
        decodes = [old == new for old, new in zip(texts, replaced, strict=True)]
        texts = replaced
    return pl.DataFrame(
        {"row": rows, "text": texts, "decodes": decodes},
        schema={"row": pl.Int64, "text": pl.String, "decodes": pl.Boolean},
    )
