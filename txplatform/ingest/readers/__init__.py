"""Readers of landed objects, by the format that the object's name ends in."""

from collections.abc import Mapping
from dataclasses import replace

from txplatform.contracts.model import NESTED, Contract, Field
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.header_gate import lacking
from txplatform.ingest.nested.lines import with_json_inside
from txplatform.ingest.nested.rest import rest_of_columns
from txplatform.ingest.readers.changes import read_changes
from txplatform.ingest.readers.csv import read_csv
from txplatform.ingest.readers.formats import Format, format_of
from txplatform.ingest.readers.json_lines import read_json_lines
from txplatform.ingest.readers.parquet import read_parquet

__all__ = ["read_changes", "read_file"]


def read_file(name: str, data: bytes, contract: Contract) -> RawBatch | FileRejected:
    """Read a file of the RAW prefix: CSV, JSON lines, a JSON array (each also gzipped) or Parquet."""
    batch = _read(name, data, contract)
    if isinstance(batch, FileRejected):
        return batch
    return lacking(contract, batch) or batch


def _read(name: str, data: bytes, contract: Contract) -> RawBatch | FileRejected:
    nested, keeps_rest = _nested_names(contract), contract.unknown_fields == "keep"
    match format_of(name):
        case Format.CSV:
            batch = _with_json_inside(read_csv(data), nested)
        case Format.JSON:
            return read_json_lines(data, _known_names(contract), nested, keep_rest=keeps_rest)
        case Format.PARQUET:
            batch = read_parquet(data, None if keeps_rest else nested)
        case rejected:
            return rejected
    if isinstance(batch, FileRejected) or not keeps_rest:
        return batch
    rest = rest_of_columns(batch.frame, _known_names(contract))
    return replace(batch, frame=batch.frame.with_columns(rest))


def _with_json_inside(batch: RawBatch | FileRejected, nested: Mapping[str, Field]) -> RawBatch | FileRejected:
    """A batch of cells that are JSON text, as change files would have them."""
    if isinstance(batch, FileRejected):
        return batch
    present = {name: field for name, field in nested.items() if name in batch.frame.columns}
    cells = [with_json_inside(batch.frame[name], field) for name, field in present.items()]
    return replace(batch, frame=batch.frame.with_columns(cells)) if cells else batch


def _nested_names(contract: Contract) -> dict[str, Field]:
    """The columns that may carry a nested field."""
    nested = [field for field in contract.fields if field.type in NESTED]
    return {name: field for field in nested for name in (field.name, *field.alignment.aliases)}


def _known_names(contract: Contract) -> list[str]:
    return [name for field in contract.fields for name in (field.name, *field.alignment.aliases)]
