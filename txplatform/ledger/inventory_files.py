"""The data files of S3 Inventory, read row by row: gzipped CSV without a header, and Parquet."""

import csv
import gzip
import io
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from txplatform.errors import InventoryError

COLUMNS = ("Key", "Size", "LastModifiedDate", "ETag")  # what must be there, as a CSV report's schema names it
_PARQUET = {"Key": "key", "Size": "size", "LastModifiedDate": "last_modified_date", "ETag": "e_tag"}
_VERSIONED = {"IsLatest": "is_latest", "IsDeleteMarker": "is_delete_marker"}  # of a report on all versions
_ROWS = 10_000  # of a Parquet file, at once in memory


@dataclass(frozen=True, slots=True)
class ListedObject:
    """An object as S3 lists it."""

    object_key: str
    etag: str
    size: int
    modified_at: datetime


def read_csv(location: str, body: Any, columns: Sequence[str]) -> Iterator[ListedObject]:
    """The rows of a gzipped CSV file, whose keys are URL-encoded; raise InventoryError for a malformed one."""
    try:
        with gzip.GzipFile(fileobj=body) as unpacked, io.TextIOWrapper(unpacked, "utf-8", newline="") as lines:
            for values in csv.reader(lines):
                row = dict(zip(columns, values, strict=True))
                if _is_current(row.get("IsLatest"), row.get("IsDeleteMarker")):
                    modified_at = datetime.fromisoformat(row["LastModifiedDate"])
                    size = int(row["Size"])
                    yield ListedObject(unquote_plus(row["Key"]), row["ETag"], size, modified_at.astimezone(UTC))
    except (ValueError, EOFError, OSError, zlib.error, csv.Error) as error:
        raise InventoryError(location, f"it cannot be read as gzipped CSV: {type(error).__name__}") from error


def read_parquet(location: str, body: Any, _columns: Sequence[str]) -> Iterator[ListedObject]:
    """The rows of a Parquet file, by way of the disk; raise InventoryError for a malformed one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(body, copy)
        try:
            file: Any = pq.ParquetFile(copy)
            wanted = [name for name in (*_PARQUET.values(), *_VERSIONED.values()) if name in file.schema_arrow.names]
            for batch in file.iter_batches(_ROWS, columns=wanted):
                for row in batch.to_pylist():
                    if _is_current(row.get("is_latest"), row.get("is_delete_marker")):
                        yield _from_parquet(row)
        except (pa.ArrowException, KeyError, TypeError, AttributeError) as error:
            raise InventoryError(location, f"it cannot be read as Parquet: {type(error).__name__}") from error


def _from_parquet(row: Mapping[str, Any]) -> ListedObject:
    modified_at: datetime = row[_PARQUET["LastModifiedDate"]]
    zoned = modified_at.replace(tzinfo=UTC) if modified_at.tzinfo is None else modified_at.astimezone(UTC)
    return ListedObject(row[_PARQUET["Key"]], row[_PARQUET["ETag"]], int(row[_PARQUET["Size"]]), zoned)


def _is_current(latest: str | bool | None, delete_marker: str | bool | None) -> bool:
    """Whether a row is of a current object; a report on current versions alone does not say."""
    return str(latest).lower() != "false" and str(delete_marker).lower() != "true"
