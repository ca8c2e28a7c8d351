"""Parallel processes: what takes longest begins first, and what needs the machine for itself has it, at the end."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
OPTIONS = ["-q", "-rs", "-n2", "--dist=loadfile", "--no-loadscope-reorder", "-p", "no:cacheprovider"]
CONFTEST = """
import json, os, pathlib, time
import pytest

pytest_plugins = ["txplatform_tests.parallel"]

@pytest.fixture
def stack():
    pass

@pytest.fixture(autouse=True)
def _noted(request):
    began = time.monotonic()
    yield
    note = {"test": request.node.name, "worker": os.getpid(), "began": began, "ended": time.monotonic()}
    pathlib.Path(f"{request.node.name}.json").write_text(json.dumps(note))
"""
ALONE = """
import time, pytest

@pytest.mark.alone
@pytest.mark.parametrize("number", range(2))
def test_alone(number):
    time.sleep(0.2)
"""
BESIDE = """
import time, pytest

@pytest.mark.parametrize("number", range(4))
def test_beside_{name}(number):
    time.sleep(0.1)
"""
ON_THE_STACK = """
import time, pytest

@pytest.mark.parametrize("number", range(4))
def test_on_the_stack(number, stack):
    time.sleep(0.1)
"""
UNSENDABLE = r"""
def test_shows_half_a_pair():
    assert "\ud800" == ""

def test_is_skipped():
    import pytest
    pytest.skip("not here: \ud800")
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[dict[str, Any]]]:
    """What two workers show of six files of tests, and when each test began and ended, in order."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    alone: of parallel.py\n")
    (folder / "test_a.py").write_text(ALONE)
    for name in "bcd":
        (folder / f"test_{name}.py").write_text(BESIDE.format(name=name))
    (folder / "test_e.py").write_text(ON_THE_STACK)
    (folder / "test_f.py").write_text(UNSENDABLE)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", *OPTIONS]
    environment = {**inherited, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    notes = [json.loads(path.read_text()) for path in folder.glob("test_*.json")]
    return done.stdout + done.stderr, sorted(notes, key=lambda note: note["began"])


def test_every_test_runs_once_in_two_processes(run: tuple[str, list[dict[str, Any]]]) -> None:
    shown, notes = run
    assert "1 failed, 18 passed, 1 skipped" in shown, shown
    assert len({note["worker"] for note in notes}) == 2


def test_what_takes_longest_begins_first(run: tuple[str, list[dict[str, Any]]]) -> None:
    assert any("stack" in note["test"] for note in run[1][:2])


def test_what_is_alone_comes_late_and_beside_nothing(run: tuple[str, list[dict[str, Any]]]) -> None:
    """The other worker may have tests left: these wait, and go on when what is alone has ended."""
    _, notes = run
    places = [place for place, note in enumerate(notes) if "alone" in note["test"]]
    assert len(places) == 2
    assert min(places) >= len(notes) // 2
    for alone in (notes[place] for place in places):
        beside = [note for note in notes if note["began"] < alone["ended"] and note["ended"] > alone["began"]]
        assert beside == [alone]


def test_whatever_a_failure_shows_is_reported(run: tuple[str, list[dict[str, Any]]]) -> None:
    assert "INTERNALERROR" not in run[0]
    assert "\\ud800" in run[0]


def test_a_skip_is_listed_with_its_reason(run: tuple[str, list[dict[str, Any]]]) -> None:
    """The summary takes a skip's place and reason as a tuple alone."""
    assert "SKIPPED [1] test_f.py:" in run[0]
