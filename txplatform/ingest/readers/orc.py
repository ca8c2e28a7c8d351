"""ORC to rows as texts, so many at a time, however large a stripe is."""

import io
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO, cast

import pyarrow as pa
from pyarrow import dataset

from txplatform.ingest.batch import RawBatch, RejectedError
from txplatform.ingest.readers.arrow_rows import LIBRARY_ERRORS, batches_of_arrow

MOST_BYTES = 256 << 20  # of rows that are unpacked at once; their size is known afterwards
_ROWS, _MOST_ROWS, _BATCH = 512, 65_536, 16 << 20  # unpacked at once; then rows and bytes that go on together
_UNREADABLE = (*LIBRARY_ERRORS, OSError, ValueError)


def read_orc(content: BinaryIO, nested: Collection[str] | None = ()) -> Iterator[RawBatch]:
    """Read an ORC file, which must be seekable; `nested` as in `batches_of_arrow`.

    Raise RejectedError where the file cannot be read to its end, or where a few rows of it are too large.
    """
    try:
        source: Any = pa.PythonFile(cast("io.IOBase", content), "r")
        file: Any = dataset.OrcFileFormat().make_fragment(source)
        yield from batches_of_arrow(_batches(file), file.physical_schema, nested)
    except _UNREADABLE as error:
        raise RejectedError("file.unreadable", f"the file cannot be read as ORC: {type(error).__name__}") from error


def _batches(file: Any) -> Iterator[pa.RecordBatch]:
    """The rows, put together to batches of about so many bytes."""
    parts, rows, size = list[pa.RecordBatch](), 0, 0
    for part in file.to_batches(batch_size=_ROWS, batch_readahead=0, fragment_readahead=0, use_threads=False):
        if part.nbytes > MOST_BYTES:
            raise RejectedError("file.too_large", f"{part.num_rows} rows of the file hold more than {MOST_BYTES} bytes")
        parts.append(part)
        rows, size = rows + part.num_rows, size + part.nbytes
        if rows >= _MOST_ROWS or size >= _BATCH:
            yield _together(parts)
            parts, rows, size = [], 0, 0
    if rows:
        yield _together(parts)


def _together(parts: list[pa.RecordBatch]) -> pa.RecordBatch:
    return pa.Table.from_batches(parts).combine_chunks().to_batches()[0]
