"""Files of this machine that are to go into the RAW prefix, each with its day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.errors import FileDropError
from txplatform.ledger.file_folders import folder_prefix, system_folder
from txplatform.ledger.ignored_names import is_ignored

_FOLDER = re.compile(r"dt=([0-9]{4}-[0-9]{2}-[0-9]{2})")
_IN_NAME = re.compile(r"(?<![0-9])([0-9]{4})([-_]?)([0-9]{2})\2([0-9]{2})(?![0-9])")


@dataclass(frozen=True, slots=True)
class FileDrop:
    """A file and the day whose RAW folder it goes to."""

    path: Path
    day: date
    system: str | None = None  # in whose own form it is written
    contract_version: str | None = None  # that it was written for, if not for the present one

    def object_key(self, entity: str) -> str:
        """The key of its object."""
        return f"{folder_prefix(Lane.FILES, entity, system_folder(self.system))}dt={self.day}/{self.path.name}"


def drops(
    paths: Sequence[Path],
    day: date | None,
    first: date,
    last: date,
    system: str | None = None,
    contract_version: str | None = None,
) -> list[FileDrop]:
    """The files with their days: the one that is named, else that of the folder `dt=…` or of the file's name.

    Raise FileDropError for a file without one day, for a day before `first` or after `last`, for two files that would
    be the same object, for a name that the lane ignores, and for a folder that names another version.
    """
    found = [FileDrop(path, day or _day_of(path), system, _version_of(path, contract_version)) for path in paths]
    places: dict[tuple[date, str], Path] = {}
    for drop in found:
        if is_ignored(f"/{drop.path.name}"):
            raise FileDropError(drop.path, "files of such a name are ignored, as no data by convention", "rename it")
        if not first <= drop.day <= last:
            problem = f"its day {drop.day} is not from {first} to {last}"
            raise FileDropError(drop.path, problem, "name the day with --dt")
        other = places.setdefault((drop.day, drop.path.name), drop.path)
        if other is not drop.path:
            raise FileDropError(drop.path, f"{other} has the same name and day", "rename one of them")
    return found


def _version_of(path: Path, named: str | None) -> str | None:
    """The version that is named, which must be that of the folder `contract-version=…` where the file is in one."""
    folders = (folder.name for folder in path.absolute().parents if folder.name.startswith(names.VERSION_FOLDER))
    folder = next(folders, None)
    if folder is None:
        return named
    version = folder.removeprefix(names.VERSION_FOLDER)
    if named not in (None, version):
        raise FileDropError(path, f"its folder {folder} names another version than {named}", "name one")
    return version


def _day_of(path: Path) -> date:
    """The day that the nearest folder `dt=…` names, else the only one in the file's name."""
    for folder in path.absolute().parents:
        if match := _FOLDER.fullmatch(folder.name):
            return _calendar_day(path, match[1])
    texts = {f"{year}-{month}-{day}" for year, _, month, day in _IN_NAME.findall(path.name)}
    if len(texts) != 1:
        problem = "its name holds more than one day" if texts else "neither its folder nor its name says its day"
        raise FileDropError(path, problem, "name the day with --dt, or put the file into a folder dt=2026-11-27")
    return _calendar_day(path, texts.pop())


def _calendar_day(path: Path, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FileDropError(path, f"{text} is no day of the calendar", "name the day with --dt") from error
