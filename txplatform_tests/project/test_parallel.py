"""Parallel processes: what takes longest begins first, and what needs the machine for itself has it, at the end."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OPTIONS = ["-q", "-n2", "--dist=loadfile", "--no-loadscope-reorder", "-p", "no:cacheprovider"]
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
"""


def _run(folder: Path, **tests: str) -> str:
    """What two workers say about files of tests."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    alone: of parallel.py\n")
    for name, text in tests.items():
        (folder / f"test_{name}.py").write_text(text)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", *OPTIONS]
    environment = {**inherited, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_order_and_solitude(tmp_path: Path) -> None:
    beside = {name: BESIDE.format(name=name) for name in "bcd"}
    shown = _run(tmp_path, a=ALONE, **beside, e=ON_THE_STACK)
    assert "18 passed" in shown, shown
    notes = sorted((json.loads(path.read_text()) for path in tmp_path.glob("*.json")), key=lambda note: note["began"])
    assert len({note["worker"] for note in notes}) == 2
    assert any("stack" in note["test"] for note in notes[:2])
    assert all("alone" in note["test"] for note in notes[-2:])
    for alone in notes[-2:]:
        beside = [note for note in notes if note["began"] < alone["ended"] and note["ended"] > alone["began"]]
        assert beside == [alone]


def test_whatever_a_failure_shows_is_reported(tmp_path: Path) -> None:
    shown = _run(tmp_path, a=UNSENDABLE)
    assert "1 failed" in shown, shown
    assert "INTERNALERROR" not in shown
    assert "\\ud800" in shown
