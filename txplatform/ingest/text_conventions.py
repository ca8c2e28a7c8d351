"""Brings texts of files that are written in other ways, which the contract declares, into the platform's own."""

from dataclasses import replace
from functools import partial

import polars as pl

from txplatform.contracts.model import Contract, Field, FieldType, TextConventions
from txplatform.ingest.alignment import present_names
from txplatform.ingest.batch import RawBatch, rendered
from txplatform.ingest.number_texts import plain_numbers
from txplatform.ingest.time_texts import iso_dates, iso_timestamps

_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL)


def with_conventions(contract: Contract, batch: RawBatch, *, as_written: bool) -> RawBatch:
    """The batch with its texts in the platform's way; the payloads of its rows stay what the file holds.

    Of a file whose format has numbers of its own, numbers are not `as_written`.
    """
    if not contract.texts or batch.frame.is_empty():
        return batch
    columns = [
        _rewritten(field, pl.col(name), contract.texts[field.name], as_written=as_written).alias(name)
        for field in contract.fields
        if field.name in contract.texts
        for name in present_names(field, batch.frame.columns)
    ]
    payload = partial(rendered, batch.frame) if batch.payload is None else batch.payload
    return replace(batch, frame=batch.frame.with_columns(columns), payload=payload)


def _rewritten(field: Field, texts: pl.Expr, conventions: TextConventions, *, as_written: bool) -> pl.Expr:
    if conventions.missing_values:
        words = list(conventions.missing_values)
        texts = pl.when(~texts.str.strip_chars().is_in(words)).then(texts)
    if field.type in _NUMBERS:
        return plain_numbers(texts, conventions, as_written=as_written)
    if field.type is FieldType.DATE:
        return iso_dates(texts, conventions)
    if field.type is FieldType.TIMESTAMP:
        return iso_timestamps(texts, conventions)
    if field.type is FieldType.STRING and conventions.trim:
        trimmed = texts.str.strip_chars()
        return pl.when(trimmed != "").then(trimmed)
    return texts
