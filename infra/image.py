"""What the image of Dagster's services is built from: a folder of its own, staged from the repository, and its hash.

It uses the standard library alone.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.bundle import ROOT

STABLE_NAME = "dagster"  # of the image in the committed template, whatever it holds
CONTRACTS = Path("deploy") / "contracts"
_FILES = (
    "Dockerfile",
    ".dockerignore",
    "constraints-image.txt",
    "dagster.yaml",
    "pyproject.toml",
    "LICENSE",
)
_FOLDERS = ("deploy", "infra", "lambdas", "txplatform")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "parameters")  # of accounts: no part of the image


@dataclass(frozen=True, slots=True)
class Image:
    """The folder that an image is built from, the name by which the template calls it, and whose contracts it has."""

    folder: Path
    name: str
    own_contracts: bool


def stage(target: Path, contracts: Path | None = None) -> Image:
    """Copy what the image is built from to a new folder, with the contracts of a folder of one's own, if any.

    The image is named by a hash of it all.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in _FILES:
        shutil.copy(ROOT / name, target)
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, target / name, ignore=_LEFT_OUT)
    if contracts is not None:
        shutil.copytree(contracts, target / CONTRACTS, dirs_exist_ok=True)
    return Image(target, _digest(target), contracts is not None)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in _sorted_files(folder):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _sorted_files(folder: Path) -> Iterator[Path]:
    return iter(sorted(path for path in folder.rglob("*") if path.is_file()))
