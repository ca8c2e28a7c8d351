"""Lines of JSON to columns of tokens, one for each path that a mapping reads; no number passes through a float.

Every number, and true and false, is put in quotes behind a mark first, so that parsers take it for a text. A line that
could be read in two ways then, or that the function refuses, is left out: the row engine decides it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

import polars as pl

from txplatform.ingest.mapping.terms import Path, Step
from txplatform.ingest.mapping.vectors import MARK, column_of
from txplatform.ingest.nested.bare_scalars import NUMBER
from txplatform.ingest.readers.json_lines import parse_objects, repeats_a_name

# A bare scalar after the quote that ends a name. No line in which a colon follows another quote is marked: see _UNSURE.
_SCALARS = rf'"(\s*):(\s*)({NUMBER}|true|false)'
_MARKED = f'"${{1}}:${{2}}"{MARK}${{3}}"'
_LONGEST = 1_000_000  # bytes of a line
_DEPTH = 32  # of lists and objects inside each other, as the function takes them
_INNERMOST = r"[\[{][^\[\]{}]*[\]}]"
# What a mark or a container could be taken for; what JSON's readers do not agree on; what the function refuses.
_UNSURE = "|".join((
    *(r'"[\[{]', r'[{\[:,]\s*"\s*:', r'\\"\s*:'),
    r"\\\\",  # a backslash in a text: Polars renders a list or an object of such texts without escaping it
    *(r"\\u(?:[dD][89a-fA-F]|00[0-7])", r"[0-9][eE][+-]?[0-9]{4}", "[0-9]{300}"),
))  # fmt: skip
# A number, true or false in a list, outside of texts.
_BARE_MAYBE = r"[\[,]\s*[-0-9tf]"
_BARE_IN_A_LIST = r'^(?:[^"]|"(?:[^"\\]|\\.)*")*?[\[,]\s*[-0-9tf]'
_LIST = "_list"


def readable(lines: pl.Series, envelopes: Iterable[str]) -> pl.DataFrame:
    """The lines that columns can be made of: `at`, their position, and `quoted`, what is parsed."""
    frame = pl.DataFrame({"text": lines}).with_row_index("at")
    unsure = pl.col("text").str.contains(_UNSURE)
    if marks := [sign for envelope in envelopes for sign in _ENVELOPES.get(envelope, ())]:
        unsure = unsure | pl.col("text").str.contains_any(marks)
    frame = frame.filter(~unsure & (pl.col("text").str.len_bytes() < _LONGEST))
    for left_out in (_deep(frame), _bare_in_a_list(frame)):
        frame = frame.join(left_out, on="at", how="anti", maintain_order="left")
    frame = frame.with_columns(pl.col("text").str.replace_all(_SCALARS, _MARKED).alias("quoted"))
    rendered = frame["quoted"].str.json_path_match("$")
    sound = rendered.str.starts_with("{").fill_null(value=False)
    repeating = repeats_a_name(frame.rename({"at": "row"}), rendered, sound)
    return frame.filter(sound & ~repeating).select("at", "quoted")


_ENVELOPES = {
    "sns": ('"Notification"',),
    "eventbridge": ('"detail-type"',),
    "cloudevents": ('"specversion"',),
}


def _deep(frame: pl.DataFrame) -> pl.DataFrame:
    """The lines that may be nested too deep: what is innermost is taken away as often as is allowed."""
    left = frame.filter(pl.col("text").str.count_matches(r"[\[{]") > _DEPTH)
    for _ in range(_DEPTH):
        if left.is_empty():
            break
        left = left.with_columns(pl.col("text").str.replace_all(_INNERMOST, ""))
        left = left.filter(pl.col("text").str.contains(r"[\[{\]}]"))
    return left


def _bare_in_a_list(frame: pl.DataFrame) -> pl.DataFrame:
    """The lines that have a number, true or false in a list."""
    return frame.filter(pl.col("text").str.contains(_BARE_MAYBE)).filter(pl.col("text").str.contains(_BARE_IN_A_LIST))


def columns_of(level: int, tokens: pl.Series, paths: Collection[Path]) -> tuple[pl.DataFrame, pl.Series]:
    """A column for each path within these tokens, and where they could be read."""
    steps = {path.steps for path in paths}
    columns: dict[tuple[Step, ...], pl.Series] = {}
    fits = _collect(tokens, steps, (), columns)
    named = (values.alias(column_of(Path(level, place))) for place, values in columns.items() if place in steps)
    return pl.DataFrame([*named]), fits


def _collect(
    tokens: pl.Series,
    wanted: Collection[tuple[Step, ...]],
    place: tuple[Step, ...],
    columns: dict[tuple[Step, ...], pl.Series],
) -> pl.Series:
    """Put the tokens, and those of all places within them that are wanted, into `columns`; return where they fit."""
    columns[place] = tokens
    inner = defaultdict[Step, None](None)
    for steps in wanted:
        if len(steps) > len(place) and steps[: len(place)] == place:
            inner[steps[len(place)]] = None
    names = [step for step in inner if isinstance(step, str)]
    positions = [step for step in inner if isinstance(step, int)]
    fits = pl.repeat(True, tokens.len(), dtype=pl.Boolean, eager=True)
    if names:
        found, sound = _objects(tokens, names)
        fits &= sound
        for name in names:
            fits &= _collect(found[name], wanted, (*place, name), columns)
    if positions:
        items, sound = items_of(tokens)
        fits &= sound
        for position in positions:
            at = items.to_frame(_LIST).select(pl.col(_LIST).list.get(position, null_on_oob=True)).to_series()
            fits &= _collect(at, wanted, (*place, position), columns)
    return fits


def _objects(tokens: pl.Series, names: Iterable[str]) -> tuple[pl.DataFrame, pl.Series]:
    """What objects have under these names, and where they can be read: not where they are no JSON any more."""
    is_object = tokens.str.starts_with("{").fill_null(value=False)
    return _parsed(tokens, is_object, {name: pl.String() for name in names})


def items_of(tokens: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The items of each token that is a list, and where they can be read."""
    is_list = tokens.str.starts_with("[").fill_null(value=False)
    wrapped = tokens.to_frame("t").select(pl.concat_str(pl.lit('{"v":'), "t", pl.lit("}"))).to_series()
    found, sound = _parsed(wrapped, is_list, {"v": pl.List(pl.String)})
    return found["v"], sound


def _parsed(tokens: pl.Series, chosen: pl.Series, schema: dict[str, pl.DataType]) -> tuple[pl.DataFrame, pl.Series]:
    """The values of the chosen tokens, null for all others, and where they could be parsed."""
    rows = pl.DataFrame({"quoted": tokens}).with_row_index("at").filter(chosen)
    values, good, misfits = parse_objects(rows, schema)
    everywhere = pl.DataFrame({"at": pl.int_range(tokens.len(), dtype=pl.UInt32, eager=True)})
    found = everywhere.join(
        values.with_columns(good["at"].alias("_at")), left_on="at", right_on="_at", how="left", maintain_order="left"
    )
    return found.select(*schema), ~everywhere["at"].is_in(misfits["at"].implode())
