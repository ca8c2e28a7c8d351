"""Writes the project into a folder: what an export wrote before is replaced, everything else is left alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from txplatform.contracts.model import Contract
from txplatform.dashboards.powerbi.checks import project_violations
from txplatform.dashboards.powerbi.errors import PowerBiProjectError
from txplatform.dashboards.powerbi.manifest import NAME, Hashes, digest, read_manifest, write_file, write_manifest
from txplatform.dashboards.powerbi.project import project_files
from txplatform.dashboards.powerbi.semantic_model import semantic_model
from txplatform.dashboards.row_rules import RowRule
from txplatform.progress import Progress, silent

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Exported:
    """How many tables, measures and pages a project has, how many of its files were written or removed, and the
    columns, as `table.column`, of which Power BI holds 15 digits alone.
    """

    tables: int
    measures: int
    pages: int
    changed: int
    approximate: tuple[str, ...]


def export_project(
    contracts: Mapping[str, Contract],
    region: str,
    folder: Path,
    progress: Progress = silent,
    rules: Sequence[RowRule] = (),
) -> Exported:
    """Write the project of the contracts into a folder; raise PowerBiProjectError, and change nothing, if it may not.

    `rules` say who sees which rows. The same contracts, region and rules give the same files, and files that are as
    they should be are not written.
    """
    model = semantic_model(contracts, region, rules)
    files = project_files(contracts, model)
    if violations := project_violations(files):
        remedy = (
            "make titles of measures and names of columns differ within a mart, and names of marts from dim_… names"
        )
        raise PowerBiProjectError(folder, f"the project would not open: {_named(violations)}", remedy)
    former = _former(folder)
    wanted: Hashes = {path: frozenset((digest(text.encode()),)) for path, text in files.items()}
    _refuse_edited(folder, former, wanted)
    changed = [path for path, hashes in wanted.items() if _digest(folder / path) not in hashes]
    gone = [path for path in former if path not in wanted and (folder / path).exists()]
    if changed or gone or former != wanted:
        write_manifest(folder, {path: former.get(path, frozenset()) | wanted.get(path, frozenset())
                                for path in {**former, **wanted}})  # fmt: skip
        for number, path in enumerate(changed):
            progress("files", number, len(changed))
            write_file(folder / path, files[path])
        for path in gone:
            _remove(folder, folder / path)
        write_manifest(folder, wanted)
    return Exported(
        tables=len(model.tables),
        measures=sum(len(table.measures) for table in model.tables),
        pages=len(contracts),
        changed=len(changed) + len(gone),
        approximate=tuple(f"{table.name}.{column.name}" for table in model.tables for column in table.columns
                          if column.type.approximate),
    )  # fmt: skip


def _former(folder: Path) -> Hashes:
    found = read_manifest(folder)
    if found is None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        problem = f"is no folder of an export: it has no {NAME}, and is not empty"
        raise PowerBiProjectError(folder, problem, "name a new or empty folder with --out")
    return found or {}


def _refuse_edited(folder: Path, former: Hashes, wanted: Hashes) -> None:
    """Raise PowerBiProjectError for files that somebody else has written or changed."""
    edited = [
        path
        for path in sorted({**former, **wanted})
        if (found := _digest(folder / path))
        and found not in former.get(path, frozenset()) | wanted.get(path, frozenset())
    ]
    if edited:
        remedy = "export to another folder and merge there, or delete these files to have them written again"
        raise PowerBiProjectError(folder, f"holds files changed since they were exported: {_named(edited)}", remedy)


def _digest(path: Path) -> str:
    return digest(path.read_bytes()) if path.exists() else ""


def _remove(folder: Path, path: Path) -> None:
    """Remove a file, and the folders that it leaves empty."""
    path.unlink()
    for parent in path.parents:
        if parent == folder or any(parent.iterdir()):
            return
        parent.rmdir()


def _named(items: list[str]) -> str:
    more = f"; and {len(items) - _MOST_NAMED} more" if len(items) > _MOST_NAMED else ""
    return "; ".join(items[:_MOST_NAMED]) + more
