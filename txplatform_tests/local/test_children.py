"""Child processes: readiness, failure with the end of the log, bounded stop, and no orphans."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from txplatform.local.children import Child
from txplatform.local.environment import child_environment
from txplatform.local.errors import LocalStackError

READY = """
import argparse, json, pathlib, signal, sys, time
from txplatform.local.parent import exit_with_parent
parser = argparse.ArgumentParser()
parser.add_argument("--ready-file"); parser.add_argument("--parent-pid", type=int); parser.add_argument("mode")
options = parser.parse_args()
exit_with_parent(options.parent_pid, 0.05)
if options.mode == "fail":
    print("line one"); sys.exit("the reason")
if options.mode == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if options.mode != "late":
    pathlib.Path(options.ready_file).write_text(json.dumps({"mode": options.mode}))
time.sleep(60)
"""


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Child]:
    """Start a small module as a child, in one of its modes."""
    (tmp_path / "child_under_test.py").write_text(READY)
    monkeypatch.chdir(tmp_path)  # `python -m` looks there first
    return lambda mode: Child.start("child", "child_under_test", [mode], tmp_path, {})


def test_ready_then_stopped(start: Callable[[str], Child]) -> None:
    child = start("well")
    assert child.wait_ready(20) == {"mode": "well"}
    child.check()
    child.stop(5)
    assert child.process.returncode == -signal.SIGTERM


def test_a_child_deaf_to_sigterm_is_killed(start: Callable[[str], Child]) -> None:
    child = start("deaf")
    child.wait_ready(20)
    child.stop(0.2)
    assert child.process.returncode == -signal.SIGKILL


def test_a_child_that_fails_to_start_shows_the_end_of_its_log(start: Callable[[str], Child]) -> None:
    child = start("fail")
    with pytest.raises(LocalStackError, match=r"(?s)'child' exited with status 1.*child\.log.*line one\nthe reason"):
        child.wait_ready(20)
    child.stop(1)


def test_a_child_that_is_never_ready(start: Callable[[str], Child]) -> None:
    child = start("late")
    with pytest.raises(LocalStackError, match="not ready after 0 s"):
        child.wait_ready(0.3)
    child.stop(5)


def test_a_child_ends_when_its_parent_is_killed(
    start: Callable[[str], Child], tmp_path: Path, wait_until: Callable[..., Any]
) -> None:
    parent = (
        "import pathlib, time; from txplatform.local.children import Child\n"
        "child = Child.start('child', 'child_under_test', ['well'], pathlib.Path('.').resolve(), {})\n"
        "child.wait_ready(20); print(child.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], cwd=tmp_path, env=child_environment({}), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert running(pid)
        process.kill()
    wait_until(lambda: not running(pid), 10, "the end of the orphan")


def running(pid: int) -> bool:
    """Say whether a process lives; one that has ended and waits to be reaped does not."""
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
