"""What a run of maintenance found and did, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableReport:
    """One table as it was found, before the work: counts, and the bytes of its metadata file.

    `due` is the number of partitions that are due for compaction; `compacted` is how many of them this run compacted.
    `unfolded_rows` is None where a table has none by its nature. `vacuumed` says whether VACUUM ran, `removed` how many
    metadata files went besides.
    """

    table: str
    data_files: int
    small_files: int
    delete_files: int
    snapshots: int
    metadata_bytes: int
    unfolded_rows: int | None
    due: int
    compacted: int = 0
    vacuumed: bool = False
    removed: int = 0


@dataclass(frozen=True, slots=True)
class MaintenanceReport:
    """One run over an entity. `problems` are those of single tables, each with the table's name: others went on."""

    entity: str
    tables: Sequence[TableReport]
    glue_versions: int
    glue_versions_deleted: int
    problems: Sequence[str]
