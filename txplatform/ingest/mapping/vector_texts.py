"""Transforms of texts and whole values over columns; each is sound where it says what the row engine says."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from txplatform.ingest.mapping.columns import Columns
from txplatform.ingest.mapping.terms import Listing, Term, UnvectorisedError
from txplatform.ingest.mapping.vectors import MARK, NO, Kind, Vector, constant, replaced, texts, tokens, words

_SEPARATORS_OF_PYTHON = r"[\x1c-\x1f]"  # white space to Python, and to nothing else
_INTEGER = rf"^{MARK}(?:0|-?[1-9][0-9]{{0,39}})$"


def trim(vector: Vector) -> Vector:
    text = texts(vector).where(~vector.text.str.contains(_SEPARATORS_OF_PYTHON))
    return text.becomes(text.text.str.strip_chars(), Kind.TEXT)


def upper(vector: Vector) -> Vector:
    text = _ascii(vector)
    return text.becomes(text.text.str.to_uppercase(), Kind.TEXT)


def lower(vector: Vector) -> Vector:
    text = _ascii(vector)
    return text.becomes(text.text.str.to_lowercase(), Kind.TEXT)


def as_text(vector: Vector) -> Vector:
    return words(vector)


def enum(vector: Vector, values: Mapping[str, str], default: str | None) -> Vector:
    word = words(vector)
    return word.becomes(replaced(word.text, values, default), Kind.TEXT)


def boolean(vector: Vector, true_words: Sequence[str], false_words: Sequence[str]) -> Vector:
    values = {**dict.fromkeys(true_words, "true"), **dict.fromkeys(false_words, "false")}
    word = words(vector)
    found = replaced(word.text, values)
    match vector.kind:
        case Kind.BOOLEAN:
            return vector
        case Kind.TOKEN:
            is_boolean = vector.text.is_in([f"{MARK}true", f"{MARK}false"])
            found = pl.when(is_boolean).then(word.text).otherwise(found)
        case _:
            pass
    return word.becomes(found, Kind.BOOLEAN)


def part_of_split(vector: Vector, separator: str, part: int) -> Vector:
    text = texts(vector)
    return text.becomes(text.text.str.split(separator).list.get(part, null_on_oob=True), Kind.TEXT)


def joined_again(vector: Vector, separator: str, other: str) -> Vector:
    """Split, and joined by another separator."""
    text = texts(vector)
    return text.becomes(text.text.str.replace_all(separator, other, literal=True), Kind.TEXT)


def joined(columns: Columns, term: Term, separator: str) -> Vector:
    """The items of a list of terms as one text; null where one of them is."""
    if not isinstance(term, Listing) or not term.items:
        raise UnvectorisedError("join of a list in the payload")
    parts = [_text_or_whole(columns.vector(item)) for item in term.items]
    text = pl.concat_str([part.text for part in parts], separator=separator)
    sound = parts[0].sound
    for part in parts[1:]:
        sound = sound & part.sound
    return Vector(text, Kind.TEXT, sound)


def prefix(vector: Vector, before: Vector, separator: str, values: Mapping[str, str] | None) -> Vector:
    word, first = words(vector), words(before)
    text = first.text if values is None else replaced(first.text, values)
    sound = (first.text != "").fill_null(value=False) & text.is_not_null() & first.sound
    return word.where(sound).becomes(pl.concat_str([text, word.text], separator=separator), Kind.TEXT)


def ending(vector: Vector, values: Sequence[str]) -> Vector:
    text = texts(vector)
    found = text.text.str.extract(f"(?s)^.+({'|'.join(map(re.escape, values))})$", 1)
    return text.becomes(found, Kind.TEXT)


def null_if(vector: Vector, values: Sequence[str]) -> Vector:
    if vector.kind is Kind.TOKEN and any(value[:1] in ("[", "{", MARK) for value in values):
        raise UnvectorisedError("a text that looks like JSON")
    if vector.kind not in (Kind.TOKEN, Kind.TEXT):
        return vector
    return Vector(pl.when(~vector.text.is_in(list(values))).then(vector.text), vector.kind, vector.sound)


def default(vector: Vector, value: Any) -> Vector:
    stands = constant(value)
    if vector.kind is Kind.NULL:
        return stands
    if vector.kind is not stands.kind:
        vector, stands = tokens(vector), tokens(stands)
    return Vector(vector.text.fill_null(stands.text), vector.kind, vector.sound)


def reference(columns: Columns, term: Term, referred: Term) -> Vector:
    """The identifier that stands at a term, or that of the object there, at `referred`."""
    own = columns.vector(term)
    if own.kind is not Kind.TOKEN:
        return own if own.kind in (Kind.TEXT, Kind.NULL) else own.where(NO)
    of_object = tokens(columns.vector(referred))
    is_object = own.text.str.starts_with("{").fill_null(value=False)
    found = pl.when(is_object).then(of_object.text).otherwise(own.text)
    identifier = ~found.str.contains(rf"^[\[{{{MARK}]") | found.str.contains(_INTEGER)
    sound = own.sound & of_object.sound & (own.text.is_null() | identifier.fill_null(value=False))
    return Vector(found, Kind.TOKEN, sound)


def _ascii(vector: Vector) -> Vector:
    text = texts(vector)
    return text.where(text.text.str.len_bytes() == text.text.str.len_chars())


def _text_or_whole(vector: Vector) -> Vector:
    match vector.kind:
        case Kind.TEXT | Kind.NULL:
            return vector
        case Kind.TOKEN:
            fits = ~vector.text.str.contains(rf"^[\[{{{MARK}]") | vector.text.str.contains(_INTEGER)
            return words(vector.where(fits))
        case Kind.NUMBER:
            return vector.where(vector.text.str.contains(r"^(?:0|-?[1-9][0-9]*)$"))
        case Kind.BOOLEAN:
            return vector.where(NO)
