"""JSON lines to rows, exact to the digit and without a step per row.

Parsers pass numbers through binary floating point. So every bare number and boolean is put in quotes first; then all
values are read as texts, nested ones as JSON text. Marks tell what was bare.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, BinaryIO

import polars as pl

from txplatform.contracts.model import REST, Field
from txplatform.ingest.batch import UNUSABLE_SCHEMA, RawBatch
from txplatform.ingest.nested.bare_scalars import in_quotes
from txplatform.ingest.nested.lines import nested_texts
from txplatform.ingest.nested.marks import marked, unmarked
from txplatform.ingest.nested.rest import rest_of_lines
from txplatform.ingest.nested.unknown_members import unknown_members
from txplatform.ingest.readers.json_order import Read, in_order
from txplatform.ingest.readers.json_plain import PlainLines, plain_block, split_plain
from txplatform.ingest.readers.json_records import object_parts
from txplatform.ingest.readers.json_wanted import Wanted, plain_batch
from txplatform.ingest.readers.text import Block, broken_lines, split_undecodable, without_blanks

Finish = Callable[[RawBatch, pl.DataFrame], RawBatch]
_PART = 100_000  # lines that are parsed at once: the copy that the parser reads stays small

TextSchema = Mapping[str, pl.DataType]


def read_json_lines(
    content: BinaryIO,
    columns: Iterable[str],
    nested: Mapping[str, Field] = MappingProxyType({}),
    *,
    path: Sequence[str] = (),
    keep_rest: bool = False,
    finish: Finish | None = None,
) -> Iterator[RawBatch]:
    """Read the named columns (dotted for nested ones) of a file of JSON objects: see json_records.py.

    Of columns that carry `nested` fields, objects and lists are read too, as JSON text. Asked to `keep_rest`, it reads
    what has none of the names into the column `rest`. Each batch is what `finish` makes of it and of what its rows hold
    beyond the names (UNKNOWN_SCHEMA). Raise RejectedError where the file cannot be read to its end.
    """
    return batches_of_lines(object_parts(content, path), columns, nested, keep_rest=keep_rest, finish=finish)


def batches_of_lines(
    lines: Iterable[Block | pl.DataFrame],
    columns: Iterable[str],
    nested: Mapping[str, Field],
    *,
    keep_rest: bool,
    finish: Finish | None = None,
) -> Iterator[RawBatch]:
    """The same of lines (`row`, `text`, `decodes`) of JSON objects."""
    wanted = Wanted(list(dict.fromkeys(columns)), nested, keep_rest=keep_rest)
    for part in lines:
        batch, members = in_order([_read(wanted, found) for found in _by_form(wanted, part)])
        yield batch if finish is None else finish(batch, members)


def _by_form(wanted: Wanted, part: Block | pl.DataFrame) -> Iterator[PlainLines | pl.DataFrame]:
    """The lines of a part by their form, then what is left, if only that there is no line."""
    if isinstance(part, Block):
        plain = plain_block(part, wanted.is_more)
        if plain is not None:
            yield plain
            return
        part = part.lines()
    yield from split_plain(without_blanks(part), wanted.is_more)


def _read(wanted: Wanted, lines: PlainLines | pl.DataFrame) -> Read:
    if isinstance(lines, PlainLines):
        return plain_batch(wanted, lines)
    batch, good = _batch(wanted, lines)
    return batch, unknown_members(good, wanted.names)


def _batch(wanted: Wanted, lines: pl.DataFrame) -> tuple[RawBatch, pl.DataFrame]:
    names, nested = wanted.names, wanted.nested
    tops: TextSchema = {name.split(".")[0]: pl.String() for name in names}
    frame, good, broken = read_objects(lines, tops, _marked)
    flat = [name for name in names if name not in nested]
    values = frame.select(_value(name, good["quoted"]).alias(name) for name in flat)
    unusable = pl.concat([pl.DataFrame(schema=UNUSABLE_SCHEMA), *map(_unusable, values.iter_columns())])
    texts, bare = _without_marks(_without(values, unusable))
    inner = [nested_texts(name, field, good) for name, field in nested.items()]
    if wanted.keep_rest:
        inner = [*(item for item in inner if item.name != REST), rest_of_lines(good["text"], names)]
    texts = texts.with_columns(inner)
    return RawBatch(texts, good["row"], good["text"], broken, unusable_cells=unusable, bare=bare), good


def _marked(texts: pl.Series) -> pl.Series:
    return marked(texts, otherwise="")


def _without_marks(values: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """The values without marks, and of each column that has any which of them were bare."""
    texts, bare = list[pl.Series](), dict[str, pl.Series]()
    for column in values.iter_columns():
        text, mask = unmarked(column)
        texts.append(text)
        if mask.any():
            bare[column.name] = mask
    return pl.DataFrame(texts), bare


def read_objects(
    lines: pl.DataFrame, schema: TextSchema, quote: Callable[[pl.Series], pl.Series] = in_quotes
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Parse lines (`row`, `text`, `decodes`) of JSON objects: their values, the lines that held one, the broken rest.

    None of the lines is blank. They come back with the text that was parsed, as `quoted`: all its scalars are strings.
    """
    whole, undecodable = split_undecodable(lines)
    whole = whole.with_columns(quote(whole["text"]).alias("quoted"))
    rendered = whole["quoted"].str.json_path_match("$")
    sound = rendered.str.starts_with("{").fill_null(value=False)
    repeating = repeats_a_name(whole, rendered, sound)
    frame, good, misfits = parse_objects(whole.filter(sound & ~repeating), schema)
    broken = [
        undecodable,
        broken_lines(whole.filter(~sound), "row.json", "the line is not a JSON object"),
        broken_lines(whole.filter(repeating), "row.json", "an object holds the same name twice"),
        broken_lines(misfits, "row.json", "the line is not an object of the expected form"),
    ]
    return frame, good, pl.concat(broken)


def repeats_a_name(lines: pl.DataFrame, rendered: pl.Series, sound: pl.Series) -> pl.Series:
    """Whether an object of a sound line holds a name twice: its rendering, which keeps one, then has fewer quotes.

    An escaped quote, which becomes one, could make up for that: such lines are parsed one by one as well.
    """
    quotes, rendered_quotes = (texts.str.count_matches('"', literal=True) for texts in (lines["quoted"], rendered))
    escaped = lines["text"].str.contains(r"\u0022", literal=True)
    suspects = lines.filter(sound & ((quotes != rendered_quotes) | escaped))
    found = [row for row, text in suspects.select("row", "text").iter_rows() if _holds_a_name_twice(text)]
    return lines["row"].is_in(found)


def _holds_a_name_twice(text: str) -> bool:
    repeated = False

    def note(pairs: list[tuple[str, Any]]) -> None:
        nonlocal repeated
        repeated = repeated or len(dict(pairs)) < len(pairs)

    json.loads(text, object_pairs_hook=note, parse_int=str)
    return repeated


def parse_objects(lines: pl.DataFrame, schema: TextSchema) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The values of the lines, the lines they are of, and the lines that the parser does not take, found by halving.

    The column `quoted` is what is parsed.
    """
    if lines.height > _PART:
        return _parse_slices(lines, _PART, schema)
    none = pl.DataFrame(schema=schema)
    if lines.is_empty():
        return none, lines, lines
    try:
        values = pl.read_ndjson(lines["quoted"].str.join("\n").item().encode(), schema=schema)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        if lines.height == 1:
            return none, lines.clear(), lines
        return _parse_slices(lines, (lines.height + 1) // 2, schema)
    return values, lines, lines.clear()


def _parse_slices(
    lines: pl.DataFrame, size: int, schema: TextSchema
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    slices = (parse_objects(part, schema) for part in lines.iter_slices(size))
    values, good, misfits = (pl.concat(parts) for parts in zip(*slices, strict=True))
    return values, good, misfits


def _value(name: str, lines: pl.Series) -> pl.Expr:
    """The text of a column; a nested one is looked up in the line, where its parent is an object."""
    top, _, path = name.partition(".")
    if not path:
        return pl.col(name)
    return pl.when(pl.col(top).str.starts_with("{")).then(pl.lit(lines)).str.json_path_match(f"$.{name}")


def _unusable(values: pl.Series) -> pl.DataFrame:
    """The cells that hold an object or a list: a text that looks like one is marked."""
    positions = values.str.contains(r"^[\[{]").fill_null(value=False).arg_true()
    columns = {"position": positions, "column": values.name, "message": "holds an object or a list"}
    return pl.DataFrame(columns, schema=UNUSABLE_SCHEMA)


def _without(values: pl.DataFrame, unusable: pl.DataFrame) -> pl.DataFrame:
    position = pl.int_range(pl.len(), dtype=pl.UInt32)
    return values.with_columns(
        pl.when(~position.is_in(cells["position"].implode())).then(pl.col(str(name))).alias(str(name))
        for (name,), cells in unusable.group_by("column")
    )
