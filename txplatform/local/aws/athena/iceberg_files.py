"""The manifests of an Iceberg table's current snapshot, and the files that they list, as rows of its metadata tables.

https://trino.io/docs/current/connector/iceberg.html#manifests-table, …#files-table
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from pyiceberg.io import FileIO, InputFile, InputStream, OutputFile
from pyiceberg.manifest import ManifestFile, read_manifest_list

Row = Sequence[Any]


class _Object(InputFile):
    """One object of S3, read whole: manifests are small."""

    def __init__(self, s3: Any, location: str) -> None:
        super().__init__(location)
        parts = urlsplit(location)
        self._body: bytes = s3.get_object(Bucket=parts.netloc, Key=parts.path.lstrip("/"))["Body"].read()

    def __len__(self) -> int:
        return len(self._body)

    def exists(self) -> bool:
        return True

    def open(self, seekable: bool = True) -> InputStream:
        return io.BytesIO(self._body)  # type: ignore[return-value]


class _Objects(FileIO):
    """S3 for reading alone."""

    def __init__(self, s3: Any) -> None:
        super().__init__()
        self._s3 = s3

    def new_input(self, location: str) -> InputFile:
        return _Object(self._s3, location)

    def new_output(self, location: str) -> OutputFile:
        raise NotImplementedError(location)

    def delete(self, location: str | InputFile | OutputFile) -> None:
        raise NotImplementedError(str(location))


def _manifests(s3: Any, metadata: dict[str, Any]) -> list[ManifestFile]:
    snapshots = {of["snapshot-id"]: of["manifest-list"] for of in metadata.get("snapshots", [])}
    current = snapshots.get(metadata.get("current-snapshot-id"))
    return list(read_manifest_list(_Object(s3, current))) if current else []


def manifests(s3: Any, metadata: dict[str, Any]) -> Iterator[Row]:
    for of in _manifests(s3, metadata):
        added, existing, deleted = (
            (of.added_files_count, of.added_rows_count),
            (of.existing_files_count, of.existing_rows_count),
            (of.deleted_files_count, of.deleted_rows_count),
        )
        counts = (*added, *existing, *deleted)
        yield of.manifest_path, of.manifest_length, of.partition_spec_id, of.added_snapshot_id, *counts, None


def files(s3: Any, metadata: dict[str, Any]) -> Iterator[Row]:
    objects = _Objects(s3)
    for manifest in _manifests(s3, metadata):
        for entry in manifest.fetch_manifest_entry(objects):
            of = entry.data_file
            sizes = (of.column_sizes, of.value_counts, of.null_value_counts, of.nan_value_counts)
            maps = (None if size is None else dict(size) for size in sizes)
            names = (of.content.value, of.file_path, of.file_format.value, of.record_count, of.file_size_in_bytes)
            yield *names, *maps, None, None, of.key_metadata, of.split_offsets, of.equality_ids
