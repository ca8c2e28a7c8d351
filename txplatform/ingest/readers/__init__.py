"""Readers of landed objects, by the format that the object's name ends in."""

from txplatform.contracts.model import Contract
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.header_gate import lacking
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
    match format_of(name):
        case Format.CSV:
            return read_csv(data)
        case Format.JSON:
            return read_json_lines(data, _known_names(contract))
        case Format.PARQUET:
            return read_parquet(data)
        case rejected:
            return rejected


def _known_names(contract: Contract) -> list[str]:
    return [name for field in contract.fields for name in (field.name, *field.alignment.aliases)]
