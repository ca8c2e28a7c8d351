"""One snapshot that adds and removes data files and position-delete files: pyiceberg has no such operation."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import groupby

import duckdb
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.manifest import (
    DataFile,
    DataFileContent,
    ManifestContent,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestFile,
    ManifestWriter,
    ManifestWriterV2,
)
from pyiceberg.table import Table, Transaction
from pyiceberg.table.snapshots import Operation, SnapshotSummaryCollector, Summary, update_snapshot_summaries
from pyiceberg.table.update.snapshot import _SnapshotProducer
from pyiceberg.typedef import EMPTY_DICT

from txplatform.local.aws.athena.errors import QueryError


@contextmanager
def written(table: Table) -> Iterator[list[DataFile]]:
    """Yield a list for the files that are written for one commit; they are deleted where it is known to have failed."""
    files: list[DataFile] = []
    try:
        yield files
    except (CommitFailedException, QueryError, duckdb.Error):
        for file in files:
            table.io.delete(file.file_path)
        raise


def commit(table: Table, operation: Operation, added: Collection[DataFile], removed: Collection[DataFile]) -> None:
    """Commit on the state that `table` was loaded with; raise CommitFailedException when another commit came first."""
    # A retry by pyiceberg would put our files on a state that they were not made for.
    table.metadata.properties["commit.retry.num-retries"] = "0"
    with table.transaction() as transaction:
        stage(transaction, table, operation, added, removed)


def stage(
    transaction: Transaction,
    table: Table,
    operation: Operation,
    added: Collection[DataFile],
    removed: Collection[DataFile],
) -> None:
    """Put the snapshot into a transaction, which commits it with what else it holds."""
    delta = _RowDelta(operation, transaction, table.io)
    for file in added:
        delta.append_data_file(file)
    for file in removed:
        delta.delete_data_file(file)
    delta.commit()


class _DeletesWriter(ManifestWriterV2):
    def content(self) -> ManifestContent:
        return ManifestContent.DELETES

    @property
    def _meta(self) -> dict[str, str]:
        return {**super()._meta, "content": "deletes"}


class _RowDelta(_SnapshotProducer["_RowDelta"]):
    """Files of both contents go through `append_data_file` and `delete_data_file`."""

    def _validate_concurrency(self) -> None:
        """Nothing is rebased, so there is nothing to validate."""

    def _deleted_entries(self) -> list[ManifestEntry]:
        return []

    def _existing_manifests(self) -> list[ManifestFile]:
        parent = self._transaction.table_metadata.current_snapshot()
        manifests = parent.manifests(self._io) if parent else []
        return [manifest for manifest in manifests if manifest.has_added_files() or manifest.has_existing_files()]

    def _manifests(self) -> list[ManifestFile]:
        return [*self._of_added(), *self._of_kept()]

    def _of_added(self) -> Iterator[ManifestFile]:
        def kind(file: DataFile) -> tuple[bool, int]:
            return file.content != DataFileContent.DATA, file.spec_id

        for (deletes, spec_id), files in groupby(sorted(self._added_data_files, key=kind), kind):
            with self._writer(ManifestContent.DELETES if deletes else ManifestContent.DATA, spec_id) as writer:
                for file in files:
                    writer.add(ManifestEntry.from_args(status=ManifestEntryStatus.ADDED, data_file=file))
            yield writer.to_manifest_file()

    def _of_kept(self) -> Iterator[ManifestFile]:
        """Yield the manifests of the parent; those that name a removed file as one of their kind, without it."""
        removed = {file.file_path for file in self._deleted_data_files}
        found: set[str] = set()
        rewritten: dict[tuple[ManifestContent, int], list[ManifestEntry]] = {}
        for manifest in self._existing_manifests():
            entries = manifest.fetch_manifest_entry(self._io) if removed else []
            gone = removed & {entry.data_file.file_path for entry in entries}
            if gone:
                found |= gone
                rewritten.setdefault((manifest.content, manifest.partition_spec_id), []).extend(entries)
            else:
                yield manifest
        if found != removed:
            raise CommitFailedException(f"files to remove are not in the table: {sorted(removed - found)[:3]}")
        for (content, spec_id), entries in rewritten.items():
            with self._writer(content, spec_id) as writer:
                for entry in entries:
                    (writer.delete if entry.data_file.file_path in removed else writer.existing)(entry)
            yield writer.to_manifest_file()

    def _writer(self, content: ManifestContent, spec_id: int) -> ManifestWriter:
        writer = _DeletesWriter if content == ManifestContent.DELETES else ManifestWriterV2
        output = self.new_manifest_output()
        return writer(self.spec(spec_id), self.schema(), output, self._snapshot_id, self._compression)

    def _summary(self, snapshot_properties: dict[str, str] = EMPTY_DICT) -> Summary:
        metadata = self._transaction.table_metadata
        collector = SnapshotSummaryCollector()
        for file in self._added_data_files:
            collector.add_file(file, metadata.schema(), self.spec(file.spec_id))
        for file in self._deleted_data_files:
            collector.remove_file(file, metadata.schema(), self.spec(file.spec_id))
        parent = metadata.current_snapshot()
        # The totals are counted alike for every operation, but refused for `replace`.
        summary = update_snapshot_summaries(
            Summary(Operation.OVERWRITE, **collector.build(), **snapshot_properties), parent.summary if parent else None
        )
        return Summary(self._operation, **summary.additional_properties)
