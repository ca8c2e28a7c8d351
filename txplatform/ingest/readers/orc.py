"""ORC to rows as texts, a stripe at a time."""

import io
from collections.abc import Collection, Iterator
from typing import BinaryIO, cast

import pyarrow as pa
from pyarrow import orc

from txplatform.ingest.batch import RawBatch, RejectedError
from txplatform.ingest.readers.arrow_rows import LIBRARY_ERRORS, batches_of_arrow

MOST_STRIPE_BYTES = 256 << 20
_ROWS = 65_536
_UNREADABLE = (*LIBRARY_ERRORS, OSError, ValueError)


def read_orc(content: BinaryIO, nested: Collection[str] | None = ()) -> Iterator[RawBatch]:
    """Read an ORC file, which must be seekable; `nested` as in `batches_of_arrow`.

    Raise RejectedError where the file cannot be read to its end.
    """
    try:
        file = orc.ORCFile(pa.PythonFile(cast("io.IOBase", content), "r"))
        yield from batches_of_arrow(_batches(file), file.schema, nested)
    except _UNREADABLE as error:
        raise RejectedError("file.unreadable", f"the file cannot be read as ORC: {type(error).__name__}") from error


def _batches(file: orc.ORCFile) -> Iterator[pa.RecordBatch]:
    for place in range(file.nstripes):
        stripe = file.read_stripe(place)
        for start in range(0, stripe.num_rows, _ROWS):
            yield stripe.slice(start, _ROWS)
