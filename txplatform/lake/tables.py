"""Tables of pyiceberg whose commits cost the same however many there have been.

pyiceberg copies a table's whole metadata about twenty times in one append, and every commit adds a snapshot to it: a
millisecond of CPU for each that exists, in every later commit. Here it is worked out once for each state of a
transaction, and every commit that adds a snapshot expires the oldest beyond SNAPSHOTS_KEPT. The files of expired
snapshots stay for readers that still use them; maintenance removes them. See docs/decisions/expire-by-count.md.
"""

from collections.abc import Iterable

from pyiceberg.table import Table, Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.update import AddSnapshotUpdate, RemoveSnapshotsUpdate, TableUpdate

SNAPSHOTS_KEPT = 50


class IcebergTable(Table):
    """A table whose transactions work its metadata out once for each change."""

    @classmethod
    def of(cls, table: Table) -> "IcebergTable":
        """The same table."""
        return cls(table.name(), table.metadata, table.metadata_location, table.io, table.catalog, table.config)

    def transaction(self) -> Transaction:
        """A transaction on the table as it was loaded."""
        return _Transaction(self)


class _Transaction(Transaction):
    """Keeps the metadata of its present state, which nothing changes in place.

    It can go once pyiceberg's own does not copy the metadata at every look at it:
    https://github.com/apache/iceberg-python/blob/pyiceberg-0.12.0/pyiceberg/table/__init__.py
    """

    _known: tuple[TableMetadata, tuple[TableUpdate, ...], TableMetadata] | None = None

    @property
    def table_metadata(self) -> TableMetadata:
        """The table's metadata with the changes staged so far."""
        base, updates = self._table.metadata, self._updates
        if self._known is None or self._known[0] is not base or self._known[1] is not updates:
            self._known = (base, updates, super().table_metadata)
        return self._known[2]


def expiring(metadata: TableMetadata, updates: Iterable[TableUpdate]) -> tuple[TableUpdate, ...]:
    """The update that goes with these, so that a table keeps SNAPSHOTS_KEPT and those that a branch or tag names."""
    added = sum(isinstance(update, AddSnapshotUpdate) for update in updates)
    surplus = len(metadata.snapshots) + added - SNAPSHOTS_KEPT
    if not added or surplus <= 0:
        return ()
    named = {ref.snapshot_id for ref in metadata.refs.values()}
    oldest = sorted(metadata.snapshots, key=lambda item: item.sequence_number or 0)[:surplus]
    expired = [item.snapshot_id for item in oldest if item.snapshot_id not in named]
    return (RemoveSnapshotsUpdate(snapshot_ids=expired),) if expired else ()  # pyright: ignore[reportCallIssue]
