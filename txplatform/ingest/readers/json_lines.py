"""JSON lines to rows, exact to the digit and without a step per row.

Parsers pass numbers through binary floating point. So every bare number and boolean of an object is put in quotes
first, by one regular expression that also consumes every string and hence never looks inside one; then all values are
read as texts. A number in a text field is thus its digits, as in a CSV file.
"""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

import polars as pl

from txplatform.ingest.batch import FLAW_SCHEMA, FileRejected, RawBatch
from txplatform.ingest.readers.text import broken_lines, read_lines, split_undecodable, without_blanks

# 1: a quote, 2: the rest of a key and its colon, 3: a bare scalar, 4: any other string. One of 1-3 or 4 is empty.
_SCALARS = r'(")((?:[^"\\]|\\.)*"\s*:\s*)(-?[0-9][0-9.eE+\-]*|true|false)|("(?:[^"\\]|\\.)*")'
_IN_QUOTES = "${1}${2}${1}${3}${1}${4}"

TextSchema = Mapping[str, pl.DataType]


def read_json_lines(data: bytes, columns: Iterable[str]) -> RawBatch | FileRejected:
    """Read the named columns (dotted for nested ones) of a file of JSON objects, one a line or in one array."""
    lines = read_lines(data)
    if isinstance(lines, FileRejected):
        return lines
    if without_blanks(lines)["text"][0].lstrip().startswith("["):
        array = _array_lines(lines)
        if isinstance(array, FileRejected):
            return array
        lines = array
    names = list(dict.fromkeys(columns))
    tops: TextSchema = {name.split(".")[0]: pl.String() for name in names}
    frame, good, broken = read_objects(lines, tops)
    nested = [
        pl.col(name.split(".")[0]).str.json_path_match("$." + name.split(".", 1)[1]).alias(name)
        for name in names
        if "." in name
    ]
    plain = [pl.when(~_is_nested(pl.col(name))).then(pl.col(name)).alias(name) for name in names if "." not in name]
    flaws = [_flaws(frame, name) for name in names if "." not in name]
    return RawBatch(frame.select(*plain, *nested), good["row"], good["text"], broken, flaws=pl.concat(flaws))


def read_objects(lines: pl.DataFrame, schema: TextSchema) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Parse lines (`row`, `text`) of JSON objects: their values, the lines that held an object, and the broken rest."""
    whole, undecodable = split_undecodable(without_blanks(lines))
    quoted = whole.with_columns(pl.col("text").str.replace_all(_SCALARS, _IN_QUOTES).alias("quoted"))
    is_object = pl.col("quoted").str.json_path_match("$").str.starts_with("{").fill_null(value=False)
    sound = quoted.select(is_object).to_series()
    good = quoted.filter(sound)
    frame = _parse(good["quoted"], schema)
    broken = broken_lines(whole.filter(~sound), "row.json", "the line is not a JSON object")
    return frame, good.drop("quoted"), pl.concat([undecodable, broken])


def _parse(texts: pl.Series, schema: TextSchema) -> pl.DataFrame:
    if texts.is_empty():
        return pl.DataFrame(schema=schema)
    return pl.read_ndjson(texts.str.join("\n").item().encode(), schema=schema)


def _flaws(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    cells = frame.select(pl.col(name)).with_row_index("position").filter(_is_nested(pl.col(name)))
    message = pl.lit("holds an object or a list")
    return cells.select("position", pl.lit(name).alias("column"), message.alias("message")).match_to_schema(FLAW_SCHEMA)


def _is_nested(text: pl.Expr) -> pl.Expr:
    """Whether a text is the rendering of an object or a list (a text that itself is one is taken for it)."""
    return text.str.contains(r"^[\[{]") & text.str.json_path_match("$").str.contains(r"^[\[{]").fill_null(value=False)


def _array_lines(lines: pl.DataFrame) -> pl.DataFrame | FileRejected:
    """The elements of one JSON array as lines of their own, numbered from 1, digits kept."""
    try:
        elements = json.loads(lines["text"].str.join("\n").item(), parse_float=Decimal)
        texts = [json.dumps(element, ensure_ascii=False, default=str) for element in elements]
    except (ValueError, RecursionError) as error:
        return FileRejected("file.unreadable", f"the file is no JSON array: {type(error).__name__}")
    return pl.DataFrame({"row": range(1, len(texts) + 1), "text": texts}, schema={"row": pl.Int64, "text": pl.String})
