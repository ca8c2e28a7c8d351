"""Readers of landed objects, by the format that the object's name ends in."""

from collections.abc import Iterator
from typing import BinaryIO

from txplatform.contracts.model import Contract
from txplatform.ingest.batch import RawBatch, RejectedError
from txplatform.ingest.header_gate import check_header
from txplatform.ingest.readers.changes import read_changes
from txplatform.ingest.readers.csv import read_csv
from txplatform.ingest.readers.json_lines import read_json_lines
from txplatform.ingest.readers.parquet import read_parquet

__all__ = ["read_changes", "read_file"]

_CSV, _JSON = (".csv", ".tsv", ".txt"), (".json", ".jsonl", ".ndjson")


def read_file(name: str, content: BinaryIO, contract: Contract) -> Iterator[RawBatch]:
    """Read a file of the RAW prefix in batches: CSV, JSON lines, a JSON array (each also gzipped) or Parquet.

    A file without rows is one batch without rows. Raise RejectedError, also after some batches, for a file of which no
    row counts.
    """
    empty: RawBatch | None = None
    found = False
    for batch in _read(name, content, contract):
        if batch.rows.is_empty() and batch.broken.is_empty():
            empty = batch
            continue
        if not found:
            check_header(contract, batch)
        found = True
        yield batch
    if not found and empty is not None:
        check_header(contract, empty)
        yield empty


def _read(name: str, content: BinaryIO, contract: Contract) -> Iterator[RawBatch]:
    stem = name.lower().removesuffix(".gz")
    if stem.endswith(_CSV):
        return read_csv(content)
    if stem.endswith(_JSON):
        return read_json_lines(content, _known_names(contract))
    if stem.endswith(".parquet"):
        return read_parquet(content)
    raise RejectedError("file.unknown_format", "the name ends in none of .csv, .tsv, .txt, .json, .jsonl, .parquet")


def _known_names(contract: Contract) -> list[str]:
    return [name for field in contract.fields for name in (field.name, *field.alignment.aliases)]
