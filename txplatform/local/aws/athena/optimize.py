"""OPTIMIZE … REWRITE DATA USING BIN_PACK: a table's rows in fewer files, without the position deletes on them.

The rules are Athena's: a data file takes part that is too small or too large for its target size, or that has many
delete files. The snapshot replaces files and changes no row, so appends that come in between do not disturb it; a
delete on a file that was rewritten does, and the work starts again.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.manifest import DataFile, ManifestContent
from pyiceberg.table import FileScanTask, Table
from pyiceberg.table.snapshots import Operation
from pyiceberg.typedef import Record

from txplatform.local.aws.athena import data_files, row_delta, table_properties
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.partition_predicate import Predicate
from txplatform.local.aws.athena.partitions import extents

MOST_PARTITIONS = 100  # that one statement rewrites
_COMMITS = 20  # that may lose against appends before the files are given back

Read = Callable[[Table, list[str]], Iterable[pa.RecordBatch]]
_Place = tuple[int, Record]  # a partition: the id of its spec and its values
_log = logging.getLogger(__name__)


def optimize(table: Table, where: Predicate, read: Read, reload: Callable[[], Table]) -> None:
    """Rewrite what is worth it in the partitions that `where` selects, in one snapshot, or none.

    `read` streams the rows of data files of the table, without those that are deleted. Raises CommitFailedException
    when a rewritten file has been changed meanwhile, and StatementError, its part done, when more partitions are worth
    it than Athena rewrites in one statement.
    """
    plan = _Plan.of(table, where)
    worthwhile = {place: some for place, tasks in plan.tasks.items() if (some := _worthwhile(table, tasks))}
    chosen = dict(islice(worthwhile.items(), MOST_PARTITIONS))
    obsolete = _obsolete_deletes(table, plan, chosen)
    if not chosen and not obsolete:
        return
    removed = [task.file for tasks in chosen.values() for task in tasks] + obsolete
    with row_delta.written(table) as made:
        for place, tasks in chosen.items():
            made.extend(data_files.write(table, *place, read(table, [task.file.file_path for task in tasks])))
        _commit(table, where, chosen, made, removed, reload)
    _log.info("optimize %s: %d files became %d", table.name(), len(removed), len(made))
    if len(worthwhile) > len(chosen):
        raise StatementError(
            "ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED",
            f"Processed {MOST_PARTITIONS} partitions in this round of optimization, but there are more partitions "
            "remaining. Please run another OPTIMIZE command to process the remaining partitions in the table.",
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    """The data files selected, by partition."""

    tasks: dict[_Place, list[FileScanTask]]

    @classmethod
    def of(cls, table: Table, where: Predicate) -> "_Plan":
        """Raise StatementError where the condition leaves more to test than the partition of a file."""
        tasks: defaultdict[_Place, list[FileScanTask]] = defaultdict(list)
        for task in table.scan().plan_files():
            tasks[task.file.spec_id, task.file.partition].append(task)
        return cls({place: files for place, files in tasks.items() if _selected(table, place, where)})

    def deletes_of(self) -> dict[str, set[str]]:
        """The paths of the delete files on each data file, by its path."""
        return {
            task.file.file_path: {file.file_path for file in task.delete_files}
            for tasks in self.tasks.values()
            for task in tasks
        }


def _selected(table: Table, place: _Place, where: Predicate) -> bool:
    truths = where(extents(table, *place))
    if True in truths and len(truths) > 1:
        raise StatementError("NOT_SUPPORTED", f"WHERE of OPTIMIZE must select whole partitions; it cuts {place[1]}")
    return True in truths


def _worthwhile(table: Table, tasks: list[FileScanTask]) -> list[FileScanTask]:
    """Return the files of one partition that are rewritten together."""
    target = table_properties.number(table, table_properties.TARGET_BYTES)
    smallest = table_properties.number(table, table_properties.SMALLEST_BYTES)
    largest = table_properties.number(table, table_properties.LARGEST_BYTES)
    most_deletes = table_properties.number(table, table_properties.DELETE_FILES)
    sized = [task for task in tasks if not smallest <= task.file.file_size_in_bytes <= largest]
    pierced = [task for task in tasks if len(task.delete_files) >= most_deletes]
    enough = len(sized) >= table_properties.number(table, table_properties.DATA_FILES)
    full = len(sized) > 1 and sum(task.file.file_size_in_bytes for task in sized) >= target
    if not pierced and not enough and not full and not any(t.file.file_size_in_bytes > largest for t in sized):
        return []
    paths = {task.file.file_path for task in (*sized, *pierced)}
    return [task for task in tasks if task.file.file_path in paths]


def _obsolete_deletes(table: Table, plan: _Plan, chosen: dict[_Place, list[FileScanTask]]) -> list[DataFile]:
    """Return the delete files of the selected partitions that apply to no data file that stays."""
    snapshot = table.current_snapshot()
    rewritten = {task.file.file_path for tasks in chosen.values() for task in tasks}
    needed = {path for file, paths in plan.deletes_of().items() if file not in rewritten for path in paths}
    return [
        entry.data_file
        for manifest in (snapshot.manifests(table.io) if snapshot else [])
        if manifest.content == ManifestContent.DELETES
        for entry in manifest.fetch_manifest_entry(table.io)
        if (entry.data_file.spec_id, entry.data_file.partition) in plan.tasks
        and entry.data_file.file_path not in needed
    ]


def _commit(
    table: Table,
    where: Predicate,
    chosen: dict[_Place, list[FileScanTask]],
    written: list[DataFile],
    removed: list[DataFile],
    reload: Callable[[], Table],
) -> None:
    expected = _Plan(chosen).deletes_of()
    for remaining in reversed(range(_COMMITS)):
        try:
            row_delta.commit(table, Operation.REPLACE, written, removed)
        except CommitFailedException:
            if not remaining:
                raise
            table = reload()
            current = _Plan.of(table, where).deletes_of()
            if any(current.get(path) != deletes for path, deletes in expected.items()):
                raise
        else:
            return
