"""The elements of one JSON array as lines of their own. Each is cut out as it was written: no digit is touched."""

import json
import re
from collections.abc import Iterator

import polars as pl

from txplatform.ingest.batch import FileRejected

_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)  # only where a value ends is of interest
_SPACE = re.compile(r"[ \t\n\r]*")
_LINE_ENDS = str.maketrans("\n\r", "  ")  # between the tokens of an element; inside a text they are escaped


def array_lines(lines: pl.DataFrame) -> pl.DataFrame | FileRejected:
    """Lines (`row`, `text`, `decodes`) of the elements of an array that was written over these lines, from 1."""
    try:
        texts = [element.translate(_LINE_ENDS) for element in _elements(lines["text"].str.join("\n").item())]
    except (ValueError, RecursionError) as error:
        return FileRejected("file.unreadable", f"the file is not a JSON array: {type(error).__name__}")
    undamaged = pl.col("text").str.contains("\N{REPLACEMENT CHARACTER}", literal=True).not_()
    return pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row"),
        "text",
        (undamaged | lines["decodes"].all()).alias("decodes"),
    )


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
