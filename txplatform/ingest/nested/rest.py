"""The text of the field `rest`: what a source sends beyond the contract, by name, as one JSON object.

Values of JSON stay what they are, those of other formats are texts. What is null or empty is absent. Where a source
fills the field itself, with what it got from the data API for instance, the rest is added to that: where that is no
object, or has one of the names too, nobody knows which value is meant, and the field has no text that a cast takes.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast

import polars as pl

from txplatform.contracts.model import REST
from txplatform.ingest.nested.json_text import parsed, written
from txplatform.ingest.nested.lines import NOT_JSON, json_text, parsed_line
from txplatform.ingest.nested.marks import without_marks
from txplatform.ingest.nested.series import as_json, where


def rest_of_lines(lines: pl.Series, known: Iterable[str]) -> pl.Series:
    """What each line of JSON holds beyond the known names (dotted for nested ones); null without any."""
    paths = [name.split(".") for name in known if name != REST]
    return pl.Series(REST, [_rest_of_line(parsed_line(text), paths) for text in lines], dtype=pl.String)


def rest_of_columns(frame: pl.DataFrame, known: Iterable[str], marked: Collection[str]) -> pl.Series:
    """What each row of texts, some of them marked JSON, holds in columns without a known name; null without any."""
    folded = {name.casefold() for name in (*known, REST)}
    unknown = sorted(name for name in frame.columns if name.casefold() not in folded)
    rest = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    if unknown:
        members = pl.DataFrame(
            [_member(without_marks(frame[name]) if name in marked else frame[name]) for name in unknown]
        )
        texts = members.select(pl.concat_str(pl.all(), separator=",", ignore_nulls=True)).to_series()
        rest = where(texts != "", pl.select(pl.concat_str(pl.lit("{"), texts, pl.lit("}"))).to_series())
    if REST not in frame.columns:
        return rest.alias(REST)
    both = zip(frame[REST], rest, strict=True)
    return pl.Series(REST, [_both(given, found) for given, found in both], dtype=pl.String)


def beyond(record: dict[str, Any], known: Iterable[list[str]]) -> dict[str, Any]:
    """Take what is at each known path out of a record, and return what is left."""
    for path in known:
        _remove(record, path)
    return record


def _member(texts: pl.Series) -> pl.Series:
    """A column of texts as a member of an object; null where there is none."""
    name = pl.lit(json.dumps(texts.name, ensure_ascii=False) + ":")
    return pl.select(pl.concat_str(name, as_json(texts)).alias(texts.name)).to_series()


def _rest_of_line(record: dict[str, Any] | None, known: Iterable[list[str]]) -> str | None:
    if record is None:
        return NOT_JSON
    given = record.pop(REST, None)
    found = {name: value for name, value in beyond(record, known).items() if value is not None}
    try:
        return None if given is None and not found else json_text(_merged(given, found))
    except ValueError:
        return NOT_JSON


def _both(given: str | None, found: str | None) -> str | None:
    if given is None or found is None:
        return found if given is None else given
    try:
        return written(_merged(parsed(given), parsed(found)))
    except (ValueError, ArithmeticError, RecursionError):
        return NOT_JSON


def _merged(given: Any, found: dict[str, Any]) -> Any:
    """What a source gave with what was found beside it; raise ValueError where the two contradict each other."""
    if given is None or not found:
        return found or given
    if not isinstance(given, Mapping):
        raise ValueError("what was given is no object")
    held = cast("Mapping[str, Any]", given)
    if held.keys() & found.keys():
        raise ValueError("a name is there twice")
    return {**held, **found}


def _remove(record: dict[str, Any], path: list[str]) -> None:
    """Remove what is at a path, and objects on the way that hold nothing then."""
    inner = record.get(path[0])
    if len(path) > 1 and isinstance(inner, dict):
        _remove(cast("dict[str, Any]", inner), path[1:])
    if len(path) == 1 or inner is None or inner == {}:
        record.pop(path[0], None)
