"""The texts of nested fields in lines of JSON: those of objects and lists as they are, with JSON inside as its text.

A JSON value keeps what tells a number from a text. So lines are parsed one by one for fields of that type; all other
fields are cut out of the lines, a column at a time.
"""

from collections.abc import Mapping
from typing import Any, cast

import polars as pl

from txplatform.contracts.model import Field, FieldType
from txplatform.ingest.nested.json_text import BROKEN, UnfitJsonError, parsed, written
from txplatform.ingest.nested.marks import marked, marked_text

NOT_JSON = ""  # the text of what cannot be written: no cast accepts it


def nested_texts(name: str, field: Field, lines: pl.DataFrame) -> pl.Series:
    """The text of a field in lines (`text`, and `quoted` by `in_quotes`) under a name, dotted for a nested one."""
    path = name.split(".")
    if not holds_json(field):
        return lines["quoted"].str.json_path_match("$" + "".join(f"['{step}']" for step in path)).alias(name)
    return pl.Series(name, [_text_at(field, parsed_line(text), path) for text in lines["text"]], dtype=pl.String)


def holds_json(field: Field) -> bool:
    """Whether a JSON value is the field, or somewhere inside of it."""
    inside = field.fields if field.element is None else (field.element,)
    return field.type is FieldType.JSON or any(map(holds_json, inside))


def with_json_inside(texts: pl.Series, field: Field) -> pl.Series:
    """Cells of JSON text, marked, with the text of each JSON value inside in its place; what is not JSON stays."""
    if field.type is FieldType.JSON:
        return texts
    if not holds_json(field):
        return marked(texts)
    return pl.Series(texts.name, [None if text is None else _inside(field, text) for text in texts], dtype=pl.String)


def _inside(field: Field, text: str) -> str:
    try:
        return marked_text(with_json_as_text(field, parsed(text)))
    except (ValueError, ArithmeticError, RecursionError):
        return text


def with_json_as_text(field: Field, value: Any) -> Any:
    """A parsed value with the text of each JSON value inside in its place, as change files have it.

    In place of one that cannot be kept stands the rule that it breaks, behind its mark.
    """
    match field.type, value:
        case _, None:
            return None
        case FieldType.JSON, _:
            return json_text(value)
        case FieldType.OBJECT, dict():
            rules = {member.name: member for member in field.fields}
            members = cast("dict[str, Any]", value).items()
            return {name: with_json_as_text(rules[name], item) if name in rules else item for name, item in members}
        case FieldType.ARRAY, list() if field.element is not None:
            return [with_json_as_text(field.element, item) for item in cast("list[Any]", value)]
        case _:
            return value


def _text_at(field: Field, line: Any, path: list[str]) -> str | None:
    if line is None:
        return NOT_JSON
    value = _at(line, path)
    if value is None:
        return None
    if field.type is FieldType.JSON:
        return json_text(value)
    try:
        return marked_text(with_json_as_text(field, value))
    except (ValueError, RecursionError):
        return NOT_JSON


def json_text(value: Any) -> str:
    """The text of a JSON value, or the rule that it breaks, behind its mark."""
    try:
        return written(value)
    except UnfitJsonError as error:
        return f"{BROKEN}{error.rule}"


def parsed_line(line: str) -> dict[str, Any] | None:
    """The object of a line that is one; None where it is nested too deep, or a number has no end."""
    try:
        return parsed(line)
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _at(value: Any, path: list[str]) -> Any:
    for step in path:
        value = cast("dict[str, Any]", value).get(step) if isinstance(value, Mapping) else None
    return value
