"""Exact typed values of nested fields, a column at a time, from JSON text.

The text is decoded into strings, which the casts of scalars read; the marks of marks.py tell which of them were bare
numbers and booleans. In change records, which the functions have written, nothing is marked. Decoding drops what the
contract does not name, and makes a list of a single value, so the strings and lists of a text are counted: a value that
accounts for another number of them than its text holds is null, and so is one that has no exact value somewhere inside.
`reasons` says of such a text what is wrong with it, and where.
"""

from functools import partial

import polars as pl

from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.render.polars_types import entries, polars_type
from txplatform.ingest import casts
from txplatform.ingest.kinds import fitting
from txplatform.ingest.nested.bare_scalars import count_parts, has_bare_scalar, in_quotes
from txplatform.ingest.nested.json_text import canonical_texts
from txplatform.ingest.nested.marks import BARE, unmarked
from txplatform.ingest.nested.series import of_elements, where

_UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


def typed(field: Field, text: pl.Expr, *, marked: bool = False) -> pl.Expr:
    """The value of a text in the type of any field, null where it has no exact one. What is inside may be marked."""
    match field.type:
        case FieldType.OBJECT | FieldType.ARRAY | FieldType.MAP:
            return text.map_batches(partial(_typed, field, marked=marked), polars_type(field))
        case FieldType.JSON:
            return text.map_batches(canonical_texts, pl.String)
        case _:
            return casts.typed(field, text)


def typed_leaves(field: Field, strings: pl.Series, *, marked: bool) -> tuple[pl.Series, pl.Series]:
    """What the scalars inside of nested values say without marks, and their values; UNFIT where the kind is wrong."""
    castable, texts = fitting(field, *unmarked(strings)) if marked else (strings, strings)
    return texts, castable.to_frame().select(typed(field, pl.col(strings.name))).to_series()


def _typed(field: Field, texts: pl.Series, *, marked: bool) -> pl.Series:
    quoted = _in_quotes(texts, BARE if marked else "")
    values = _cast(field, _decoded(_sound(quoted), _strings_type(field)), marked=marked)
    cells = pl.DataFrame({"text": quoted, "value": values})
    whole = cells.select(count_parts(pl.col("text")) == _count(field, pl.col("value"))).to_series()
    return where(whole, values)


def _in_quotes(texts: pl.Series, mark: str) -> pl.Series:
    """The texts with all scalars in quotes, which most readers have put there."""
    bare = has_bare_scalar(texts).fill_null(value=False).arg_true()
    return texts.clone().scatter(bare, in_quotes(texts.gather(bare), mark)) if bare.len() else texts


def _strings_type(field: Field) -> pl.DataType:
    """The type of a field whose scalars are all strings."""
    match field.type:
        case FieldType.OBJECT:
            return pl.Struct({member.name: _strings_type(member) for member in field.fields})
        case FieldType.ARRAY:
            return pl.List(_strings_type(element_of(field)))
        case FieldType.MAP:
            return pl.Map(pl.String(), pl.String())
        case _:
            return pl.String()


def _sound(texts: pl.Series) -> pl.Series:
    """The texts that are one object or list each, all others null: polars decodes the texts of a column as one text."""
    is_nested = texts.str.contains(r"^\s*[\[{]")
    return where(is_nested, texts).str.json_path_match("$")


def _decoded(texts: pl.Series, kind: pl.DataType) -> pl.Series:
    """The texts as values of strings; those of another form, which are found by halving, are null."""
    try:
        return texts.str.json_decode(kind)
    except _UNREADABLE:
        if texts.len() == 1:
            return pl.Series(texts.name, [None], dtype=kind)
        half = texts.len() // 2
        return pl.concat([_decoded(texts[:half], kind), _decoded(texts[half:], kind)])


def _cast(field: Field, strings: pl.Series, *, marked: bool) -> pl.Series:
    """Values of strings in the field's type, null at each place where there is no exact one.

    Casts are evaluated over all elements of a column at once: within `list.eval` they would be once for each row.
    """
    match field.type:
        case FieldType.OBJECT:
            members = [
                _cast(member, strings.struct.field(member.name), marked=marked).alias(member.name)
                for member in field.fields
            ]
            return where(strings.is_not_null(), pl.DataFrame(members).to_struct(strings.name))
        case FieldType.ARRAY:
            return of_elements(strings, partial(_cast, element_of(field), marked=marked))
        case FieldType.MAP:
            entry = pl.Struct({"key": pl.String(), "value": pl.String()})
            by_name = strings.cast(pl.List(entry)).list.sort()
            cast = of_elements(by_name, partial(_cast_entries, element_of(field), marked=marked))
            return cast.cast(polars_type(field))
        case _:
            return typed_leaves(field, strings, marked=marked)[1]


def _cast_entries(field: Field, entries_: pl.Series, *, marked: bool) -> pl.Series:
    entry = entries_.struct
    values = _cast(field, entry.field("value"), marked=marked).alias("value")
    return pl.DataFrame([entry.field("key"), values]).to_struct(entries_.name)


def _count(field: Field, value: pl.Expr) -> pl.Expr:
    """How many parts a value accounts for: each scalar, each list, and the name of each member or entry."""
    match field.type:
        case FieldType.OBJECT:
            members = [(member, value.struct.field(member.name)) for member in field.fields]
            return pl.sum_horizontal(
                part
                for member, inner in members
                for part in (inner.is_not_null().cast(pl.UInt32), _count(member, inner))
            )
        case FieldType.ARRAY:
            inside = value.list.eval(_count(element_of(field), pl.element())).list.sum().fill_null(0)
            return inside + value.is_not_null().cast(pl.UInt32)
        case FieldType.MAP:
            of_entry = _count(element_of(field), pl.element().struct.field("value")) + 1
            return entries(field, value).list.eval(of_entry).list.sum().fill_null(0)
        case _:
            return value.is_not_null().cast(pl.UInt32)


def element_of(field: Field) -> Field:
    """What describes each value of an array or a map."""
    assert field.element is not None
    return field.element
