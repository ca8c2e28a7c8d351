"""How the files of a table lie: by partition, with what makes a partition due for compaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyiceberg.conversions import from_bytes
from pyiceberg.manifest import DataFile, DataFileContent
from pyiceberg.table import Table
from pyiceberg.types import LongType

from txplatform.contracts.render.columns import EPOCH
from txplatform.lake.catalog import SMALL_BYTES

_SMALL_FILES = 16  # of a partition whose rows are all folded, or that needs no fold
_SMALL_FILES_UNFOLDED = 500  # of one that has unfolded rows
_DELETE_FILES = 8


@dataclass(slots=True)
class Partition:
    """The files of one partition. `values` are those of the fields of the partition spec, transformed."""

    spec_id: int
    values: tuple[Any, ...]
    data_files: int = 0
    small_files: int = 0
    delete_files: int = 0
    unfolded: bool = False

    @property
    def due(self) -> bool:
        """Whether compaction is worth its cost.

        A file that mixes folded and unfolded rows is read by every query of the view until the next fold. So a
        partition that has unfolded rows waits, unless listing its small files costs more than that.
        """
        most = _SMALL_FILES_UNFOLDED if self.unfolded else _SMALL_FILES
        return self.small_files >= most or self.delete_files >= _DELETE_FILES


def partitions(table: Table, folded: int) -> list[Partition]:
    """The partitions of the table's current snapshot, those with the most small files and deletes first.

    `folded` is the last folded epoch, 0 before the first fold. A file that may hold a row of a later one counts as
    unfolded.
    """
    found: dict[tuple[Any, ...], Partition] = {}
    epoch = table.schema().find_field(EPOCH).field_id if EPOCH in table.schema().column_names else None
    for file in _files(table):
        values = tuple(file.partition[place] for place in range(len(file.partition)))
        part = found.setdefault((file.spec_id, values), Partition(file.spec_id, values))
        if file.content is not DataFileContent.DATA:
            part.delete_files += 1
            continue
        part.data_files += 1
        part.small_files += file.file_size_in_bytes < SMALL_BYTES
        part.unfolded |= epoch is not None and _is_unfolded(file, epoch, folded)
    return sorted(found.values(), key=lambda part: part.small_files + part.delete_files, reverse=True)


def _files(table: Table) -> Iterator[DataFile]:
    snapshot = table.current_snapshot()
    for manifest in snapshot.manifests(table.io) if snapshot else ():
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
            yield entry.data_file


def _is_unfolded(file: DataFile, epoch: int, folded: int) -> bool:
    bound = (file.upper_bounds or {}).get(epoch)
    if bound is None:
        return False
    greatest: Any = from_bytes(LongType(), bound)
    return greatest > folded
