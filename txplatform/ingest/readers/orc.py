"""ORC to rows as texts, so many at a time, however large a stripe is."""

import io
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO, cast

import pyarrow as pa
from pyarrow import dataset

from txplatform.ingest.batch import RawBatch, RejectedError
from txplatform.ingest.readers.arrow_rows import LIBRARY_ERRORS, batches_of_arrow
from txplatform.ingest.readers.together import together

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
    parts = file.to_batches(batch_size=_ROWS, batch_readahead=0, fragment_readahead=0, use_threads=False)
    return together(parts, _MOST_ROWS, _BATCH)
