"""Runs tests over a copy of the sources, with or without a defect in it."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from txplatform_tests.mutants.defects import Defect

ROOT = Path(__file__).parents[2]
_FOLDERS = ("txplatform", "txplatform_tests", "lambdas", "infra", "docs")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_MOST_SECONDS = 600  # of the tests of one defect


@dataclass(frozen=True, slots=True)
class Catch:
    """What became of a defect: the first test that failed, None where all passed, and the seconds until then."""

    test: str | None
    seconds: float


def copy_sources(folder: Path) -> None:
    """Copy what the tests need into a new folder."""
    ignored = shutil.ignore_patterns("__pycache__", "images", "build")
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, folder / path.name)


@contextmanager
def with_defect(folder: Path, defect: Defect) -> Iterator[None]:
    """Have the defect in the copy; raise ValueError where its right text is not there exactly once."""
    path = folder / defect.file
    text = path.read_text(encoding="utf-8")
    if text.count(defect.right) != 1:
        raise ValueError(f"{defect.file} has the text of '{defect.name}' {text.count(defect.right)} times, not once")
    path.write_text(text.replace(defect.right, defect.wrong), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


def run_tests(folder: Path, tests: Sequence[str]) -> Catch:
    """Run tests of the copy until one fails; raise RuntimeError where they could not be run, or take too long."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", *tests]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False
    )
    seconds = time.monotonic() - started
    if done.returncode not in (0, 1):
        raise RuntimeError(f"the tests {' '.join(tests)} could not be run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    failed = _FAILED.search(done.stdout)
    return Catch(failed[1] if failed else None, seconds)
