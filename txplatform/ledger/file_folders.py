"""The folder that may stand between an entity's own and those of its days, in the lane of files.

It names the source system in whose form the files below are (`source=stripe`), or the version of the contract that
they were written for (`contract-version=1.2.0`). The function `landing` takes the same names.
"""

import re

from txplatform.contracts.names import SYSTEM_FOLDER, VERSION_FOLDER, Lane, lane_prefix
from txplatform.contracts.patterns import VERSION

FOLDERS = (VERSION_FOLDER, SYSTEM_FOLDER)  # what such a folder begins with
_SYSTEM = rf"{SYSTEM_FOLDER}[a-z][a-z0-9_]{{0,31}}"
_FOLDER = re.compile(f"{_SYSTEM}|{VERSION_FOLDER}{VERSION.pattern}")


def is_file_folder(name: str) -> bool:
    """Whether a folder of this name may hold days of files."""
    return _FOLDER.fullmatch(name) is not None


def folder_of(lane: Lane, entity: str, object_key: str) -> str | None:
    """The folder of that kind in a key of an entity's object; None where its day stands there, or anything else."""
    name = object_key.removeprefix(lane_prefix(lane, entity)).partition("/")[0]
    return name if lane is Lane.FILES and is_file_folder(name) else None


def system_folder(system: str | None) -> str | None:
    """The folder of the files of a source system; None where they are of none."""
    return None if system is None else f"{SYSTEM_FOLDER}{system}"


def folder_prefix(lane: Lane, entity: str, folder: str | None) -> str:
    """The prefix of the days in a folder, in the entity's own where it is None; with a closing slash."""
    return lane_prefix(lane, entity) + (f"{folder}/" if folder else "")
