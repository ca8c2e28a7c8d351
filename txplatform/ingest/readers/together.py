"""Rows that are made a few at a time go on together, in batches of a size that is worth its steps."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from txplatform.ingest.batch import RejectedError

MOST_BYTES = 256 << 20  # of rows that are unpacked at once; their size is known afterwards


def together(parts: Iterable[pa.RecordBatch], most_rows: int, most_bytes: int) -> Iterator[pa.RecordBatch]:
    """The rows in batches of about so many rows or bytes; raise RejectedError where a part of them is too large."""
    held, rows, size = list[pa.RecordBatch](), 0, 0
    for part in parts:
        if part.nbytes > MOST_BYTES:
            raise RejectedError("file.too_large", f"{part.num_rows} rows of the file hold more than {MOST_BYTES} bytes")
        held.append(part)
        rows, size = rows + part.num_rows, size + part.nbytes
        if rows >= most_rows or size >= most_bytes:
            yield _one(held)
            held, rows, size = [], 0, 0
    if rows:
        yield _one(held)


def _one(parts: list[pa.RecordBatch]) -> pa.RecordBatch:
    return parts[0] if len(parts) == 1 else pa.Table.from_batches(parts).combine_chunks().to_batches()[0]
