"""Readers of landed objects, by the format that their content shows."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import BinaryIO

import pyarrow as pa

from txplatform.contracts.model import NESTED, Contract, Field, FieldType
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.column_types import check_types, is_text
from txplatform.ingest.header_gate import check_header
from txplatform.ingest.kept_columns import with_rest
from txplatform.ingest.nested.lines import with_json_inside
from txplatform.ingest.nested.marks import as_values
from txplatform.ingest.readers.avro import read_avro
from txplatform.ingest.readers.changes import read_changes
from txplatform.ingest.readers.csv import read_csv
from txplatform.ingest.readers.formats import Format
from txplatform.ingest.readers.json_lines import read_json_lines
from txplatform.ingest.readers.orc import read_orc
from txplatform.ingest.readers.parquet import read_parquet
from txplatform.ingest.readers.parts import Part, read_parts
from txplatform.ingest.readers.xlsx import read_xlsx
from txplatform.ingest.text_conventions import with_conventions
from txplatform.ingest.unknown_names import known_names
from txplatform.ingest.unknown_policy import check_columns, count_columns, count_members

__all__ = ["read_changes", "read_file"]


def read_file(name: str, content: BinaryIO, contract: Contract) -> Iterator[RawBatch]:
    """Read a file of the RAW prefix in batches, in any format of `Format`.

    A file without rows is one batch without rows. Raise RejectedError, also after some batches, for a file of which no
    row counts.
    """
    return read_parts(name, content, contract.files, partial(_checked, contract))


def _checked(contract: Contract, part: Part) -> Iterator[RawBatch]:
    empty: RawBatch | None = None
    found, as_written = False, part.format is Format.CSV
    for batch in _read(contract, part):
        if batch.rows.is_empty() and batch.broken.is_empty():
            empty = batch
            continue
        if not found:
            _check(contract, batch)
        found = True
        yield with_conventions(contract, batch, as_written=as_written)
    if not found and empty is not None:
        _check(contract, empty)
        yield empty


def _check(contract: Contract, batch: RawBatch) -> None:
    check_header(contract, batch)
    check_columns(contract, batch)
    check_types(contract, batch)


def _read(contract: Contract, part: Part) -> Iterator[RawBatch]:
    nested, keeps_rest = _nested_names(contract), contract.unknown_fields == "keep"
    known, path, finish = known_names(contract), contract.files.records_path, partial(count_members, contract)
    match part.format:
        case Format.JSON:
            return read_json_lines(part.content, known, nested, path=path, keep_rest=keeps_rest, finish=finish)
        case Format.AVRO:
            return read_avro(part.content, known, nested, keep_rest=keeps_rest, finish=finish)
        case Format.ORC:
            batches = _texts_with_json(read_orc(part.content, None if keeps_rest else nested), nested)
        case Format.PARQUET:
            batches = _texts_with_json(read_parquet(part.content, None if keeps_rest else nested), nested)
        case Format.XLSX:
            sheet = read_xlsx(part.content, contract.files.sheet)
            batches = (_with_json_inside(batch, nested) for batch in sheet)
        case Format.CSV | Format.ZIP:  # read_parts opens every zip
            batches = (_with_json_inside(batch, nested) for batch in read_csv(part.content))
    batches = (count_columns(contract, batch) for batch in batches)
    return (with_rest(contract, batch) for batch in batches) if keeps_rest else batches


def _with_json_inside(batch: RawBatch, nested: Mapping[str, Field]) -> RawBatch:
    """A batch of cells that are JSON text, as change files would have them."""
    present = {name: field for name, field in nested.items() if name in batch.frame.columns}
    cells = [with_json_inside(batch.frame[name], field) for name, field in present.items()]
    return replace(batch, frame=batch.frame.with_columns(cells)) if cells else batch


def _texts_with_json(batches: Iterator[RawBatch], nested: Mapping[str, Field]) -> Iterator[RawBatch]:
    """The same of columns that are texts in the file. Those of nested types are marked: in JSON fields no longer."""
    for batch in batches:
        present = {name: field for name, field in nested.items() if name in batch.types}
        texts = {name: field for name, field in present.items() if is_text(batch.types[name])}
        values = [
            as_values(batch.frame[name])
            for name, field in present.items()
            if field.type is FieldType.JSON and pa.types.is_nested(batch.types[name])
        ]
        yield _with_json_inside(replace(batch, frame=batch.frame.with_columns(values)), texts)


def _nested_names(contract: Contract) -> dict[str, Field]:
    """The columns that may carry a nested field."""
    nested = [field for field in contract.fields if field.type in NESTED]
    return {name: field for field in nested for name in field.names}
