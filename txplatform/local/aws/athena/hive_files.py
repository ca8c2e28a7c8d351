"""Files that a statement writes under a location of S3, one folder a partition: Parquet, JSON lines or delimited text.

https://docs.aws.amazon.com/athena/latest/ug/unload.html, https://docs.aws.amazon.com/athena/latest/ug/ctas-examples.html.
"""

import io
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any
from urllib.parse import quote, urlsplit

import pyarrow as pa
from botocore.exceptions import ClientError
from pyarrow import compute, parquet

from txplatform.local.aws.athena.errors import StatementError

MOST_PARTITIONS = 100  # that one statement of Athena writes to
_NULL = "__HIVE_DEFAULT_PARTITION__"
_CODECS = ("GZIP", "SNAPPY", "ZSTD", "LZ4", "NONE", "UNCOMPRESSED")

Encode = Callable[[pa.Table], tuple[bytes, str]]  # to the content of a file, and how its name ends


@dataclass(frozen=True, slots=True)
class Written:
    """A file, and the values of the partition's columns as texts."""

    location: str
    partition: tuple[str, ...]
    rows: int

    @property
    def folder(self) -> str:
        return self.location.rpartition("/")[0]


class Folder:
    """A location that a statement fills."""

    def __init__(self, s3: Any, location: str) -> None:
        parts = urlsplit(location)
        if parts.scheme != "s3" or not parts.netloc:
            raise StatementError("INVALID_TABLE_PROPERTY", f"line 1:1: {location!r} is no location s3://bucket/prefix/")
        self._s3, self.location = s3, location.rstrip("/") + "/"
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/")

    def require_bucket(self) -> None:
        """Raise StatementError where the bucket is not there."""
        try:
            self._s3.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            reason = f"line 1:1: The bucket of {self.location} does not exist"
            raise StatementError("INVALID_TABLE_PROPERTY", reason) from error

    def require_empty(self) -> None:
        """Raise StatementError where something is there already, or the bucket is not."""
        self.require_bucket()
        prefix = f"{self._prefix}/" if self._prefix else ""
        if self._s3.list_objects_v2(Bucket=self._bucket, Prefix=prefix, MaxKeys=1).get("KeyCount"):
            reason = f"Target directory for table already exists: {self.location}"
            raise StatementError("HIVE_PATH_ALREADY_EXISTS", reason)

    def write(self, batches: Iterable[pa.RecordBatch], by: list[str], encode: Encode) -> list[Written]:
        """Write all rows, or none: where it fails, what has been written is deleted. Raises StatementError."""
        made: list[Written] = []
        try:
            for batch in batches:
                for values, rows in _parts(pa.Table.from_batches([batch]), by):
                    made.append(self._put(values, rows, by, encode))
                    if len({file.partition for file in made}) > MOST_PARTITIONS:
                        reason = f"Exceeded limit of {MOST_PARTITIONS} open writers for partitions/buckets"
                        raise StatementError("HIVE_TOO_MANY_OPEN_PARTITIONS", reason)
        except BaseException:
            self.delete(made)
            raise
        return made

    def delete(self, files: Iterable[Written]) -> None:
        """Delete files that were written here."""
        for file in files:
            self._s3.delete_object(Bucket=self._bucket, Key=urlsplit(file.location).path.lstrip("/"))

    def _put(self, values: tuple[str, ...], rows: pa.Table, by: list[str], encode: Encode) -> Written:
        body, suffix = encode(rows)
        folder = [f"{name}={quote(value, safe=' ')}" for name, value in zip(by, values, strict=True)]
        key = "/".join(filter(None, (self._prefix, *folder, f"{uuid.uuid4()}{suffix}")))
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)
        return Written(f"s3://{self._bucket}/{key}", values, rows.num_rows)


def _parts(rows: pa.Table, by: list[str]) -> Iterable[tuple[tuple[str, ...], pa.Table]]:
    """Yield the rows of each partition, without its columns."""
    if not by:
        yield (), rows
        return
    texts = [compute.fill_null(compute.cast(rows.column(name), pa.string()), _NULL) for name in by]  # type: ignore[arg-type]
    keys = pa.table(texts, names=by)
    for values in keys.group_by(by).aggregate([]).to_pylist():
        same = (compute.equal(keys.column(name), value) for name, value in values.items())
        mask = reduce(compute.and_, same)
        yield tuple(values.values()), rows.filter(mask).drop_columns(by)


def parquet_file(codec: str) -> Encode:
    """Return what writes Parquet; raise StatementError for a codec that Athena does not take."""
    if codec.upper() not in _CODECS:
        raise StatementError("INVALID_TABLE_PROPERTY", f"line 1:1: {codec!r} is no compression of Parquet")
    named = "NONE" if codec.upper() == "UNCOMPRESSED" else codec.upper()

    def encode(rows: pa.Table) -> tuple[bytes, str]:
        sink = io.BytesIO()
        parquet.write_table(rows, sink, compression=named.lower(), use_deprecated_int96_timestamps=True)  # type: ignore[arg-type]
        return sink.getvalue(), ""

    return encode
