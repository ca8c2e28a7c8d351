"""The elements of one JSON array as lines of their own. Each is cut out as it was written: no digit is touched."""

import json
import re
from collections.abc import Iterable, Iterator

import polars as pl

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers.text import Block

MOST_BYTES = 1 << 30  # of an array: it is read at once, in several times the memory

_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)  # only where a value ends is of interest
_SPACE = re.compile(r"[ \t\n\r]*")
_LINE_ENDS = str.maketrans("\n\r", "  ")  # between the tokens of an element; inside a text they are escaped


def array_lines(blocks: Iterable[Block]) -> pl.DataFrame:
    """Lines (`row`, `text`, `decodes`) of the elements of an array that was written over these blocks, from 1.

    Raise RejectedError if it is not an array, or too long to be read at once.
    """
    parts, size = list[bytes](), 0
    for block in blocks:
        parts.append(block.content)
        size += len(block.content)
        if size > MOST_BYTES:
            raise RejectedError("file.too_large", f"the array holds more than {MOST_BYTES} bytes: deliver JSON lines")
    content = b"\n".join(parts)
    try:
        texts = [element.translate(_LINE_ENDS) for element in _elements(content.decode(errors="replace"))]
    except (ValueError, RecursionError) as error:
        raise RejectedError("file.unreadable", f"the file is not a JSON array: {type(error).__name__}") from error
    decodes = pl.lit(value=True)
    if not _is_utf8(content):
        decodes = ~pl.col("text").str.contains("\N{REPLACEMENT CHARACTER}", literal=True)
    row = pl.int_range(1, len(texts) + 1, dtype=pl.Int64)
    return pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(
        row.alias("row"), "text", decodes.alias("decodes")
    )


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _elements(text: str) -> Iterator[str]:
    """The text of each element, in order; raise ValueError if the whole is not an array."""
    place = _next(text, 0)
    sound = text.startswith("[", place)
    place = _next(text, place + 1)
    more = sound and not text.startswith("]", place)
    while more:
        _, end = _DECODER.raw_decode(text, place)
        yield text[place:end]
        place = _next(text, end)
        more = text.startswith(",", place)
        if more:
            place = _next(text, place + 1)
    if not sound or not text.startswith("]", place) or _next(text, place + 1) < len(text):
        raise ValueError("the text is not an array")


def _next(text: str, place: int) -> int:
    """Where the next token begins."""
    space = _SPACE.match(text, place)
    return space.end() if space else place
