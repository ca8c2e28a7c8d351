"""Which files an export has written: `txplatform-export.json` beside them, with a hash of each.

A file may be replaced or removed where it is as an export wrote it. While one is under way the manifest has the hashes
of before and after, so that an export which died halfway is no obstacle to the next.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from txplatform.dashboards.powerbi.errors import PowerBiProjectError

NAME = "txplatform-export.json"

Hashes = Mapping[str, frozenset[str]]


def read_manifest(folder: Path) -> Hashes | None:
    """The hashes of each file, by its path in the folder; None where there is no manifest."""
    path = folder / NAME
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
        found = {name: frozenset(map(str, hashes)) for name, hashes in document["files"].items()}
        if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in found):
            raise ValueError("names a file outside of its folder")
        return found
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        remedy = "restore it, or export to another folder"
        raise PowerBiProjectError(path, "is no manifest of an export", remedy) from error


def write_manifest(folder: Path, hashes: Hashes) -> None:
    """Replace the manifest."""
    files = {name: sorted(of_file) for name, of_file in sorted(hashes.items())}
    write_file(folder / NAME, json.dumps({"files": files}, indent=2) + "\n")


def digest(content: bytes) -> str:
    """The hash of a file."""
    return hashlib.sha256(content).hexdigest()


def write_file(path: Path, text: str) -> None:
    """Write a file whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        written.write_bytes(text.encode())
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)
