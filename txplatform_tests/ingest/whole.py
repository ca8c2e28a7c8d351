"""A file of a test read as a whole: its batches as one, or why none of its rows counts."""

import io
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.ingest import readers
from txplatform.ingest.batch import FileRejected, RawBatch, RejectedError
from txplatform.ingest.readers import csv, json_lines, parquet


def read_file(name: str, data: bytes, contract: Contract) -> RawBatch | FileRejected:
    return _whole(lambda content: readers.read_file(name, content, contract), data)


def read_changes(data: bytes, contract: Contract) -> RawBatch | FileRejected:
    return _whole(partial(readers.read_changes, contract=contract), data)


def read_csv(data: bytes) -> RawBatch | FileRejected:
    return _whole(csv.read_csv, data)


def read_json_lines(data: bytes, columns: Iterable[str]) -> RawBatch | FileRejected:
    return _whole(partial(json_lines.read_json_lines, columns=columns), data)


def read_parquet(data: bytes) -> RawBatch | FileRejected:
    return _whole(parquet.read_parquet, data)


def _whole(read: Callable[[io.BytesIO], Iterable[RawBatch]], data: bytes) -> RawBatch | FileRejected:
    try:
        batches = list(read(io.BytesIO(data)))
    except RejectedError as error:
        return error.outcome
    cells, violations, unknown, position = list[pl.DataFrame](), list[pl.DataFrame](), Counter[str](), 0
    for batch in batches:
        at = pl.col("position") + pl.lit(position, pl.UInt32)
        cells.append(batch.unusable_cells.with_columns(at))
        violations.append(batch.violations.with_columns(at))
        unknown.update(batch.unknown)
        position += batch.frame.height
    payloads = [batch.payload() if callable(batch.payload) else batch.payload for batch in batches]
    return RawBatch(
        pl.concat([batch.frame for batch in batches]),
        pl.concat([batch.rows for batch in batches]),
        pl.concat(texts) if (texts := [text for text in payloads if text is not None]) else None,
        pl.concat([batch.broken for batch in batches]),
        {name: reason for batch in batches for name, reason in batch.unusable_columns.items()},
        pl.concat(cells),
        canonical=batches[0].canonical,
        bare=None if batches[0].bare is None else _together(batches),
        violations=pl.concat(violations),
        unknown=unknown,
    )


def _together(batches: list[RawBatch]) -> dict[str, pl.Series]:
    masks = dict[str, pl.Series]()
    for name in {name for batch in batches for name in batch.bare or {}}:
        parts = [(batch.bare or {}).get(name) for batch in batches]
        none = [pl.repeat(False, batch.frame.height, dtype=pl.Boolean, eager=True) for batch in batches]
        masks[name] = pl.concat([no if part is None else part for part, no in zip(parts, none, strict=True)])
    return masks
