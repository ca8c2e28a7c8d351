"""Nothing outlives the guardian: not the command, not what the command started, not when the parent is killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from txplatform.demo.guardian import end_group

# Starts a child of its own, writes both ids, and ignores SIGTERM when it is called with "stubborn".
COMMAND = """
import pathlib, signal, subprocess, sys, time
if sys.argv[2] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
path = pathlib.Path(sys.argv[1])
path.with_suffix(".part").write_text(f"{__import__('os').getpid()} {child.pid}")
path.with_suffix(".part").rename(path)
time.sleep(300)
"""


def pids(path: Path) -> list[int]:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, "the command did not start"
        time.sleep(0.05)
    return [int(pid) for pid in path.read_text().split()]


def running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


def gone(processes: list[int]) -> bool:
    deadline = time.monotonic() + 30
    while any(map(running, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(running, processes))


@pytest.mark.parametrize("manner", ["polite", "stubborn"])
def test_the_whole_group_ends(tmp_path: Path, manner: str) -> None:
    command = [sys.executable, "-c", COMMAND, str(tmp_path / "pids"), manner]
    process = subprocess.Popen(command, start_new_session=True)
    processes = pids(tmp_path / "pids")
    end_group(process, grace=0.5)
    assert gone(processes)


def test_the_command_ends_with_the_guardian(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "txplatform.demo.guardian", str(os.getpid()), sys.executable, "-c", COMMAND]
    guardian = subprocess.Popen([*command, str(tmp_path / "pids"), "polite"])
    processes = pids(tmp_path / "pids")
    guardian.terminate()
    guardian.wait(30)
    assert gone(processes)


def test_the_command_ends_when_the_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, subprocess, sys, time\n"
        "command = [sys.executable, '-m', 'txplatform.demo.guardian', str(os.getpid())]\n"
        "subprocess.Popen([*command, sys.executable, *sys.argv[1:]])\n"
        "time.sleep(300)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, "-c", COMMAND, str(tmp_path / "pids"), "polite"])
    processes = pids(tmp_path / "pids")
    parent.kill()
    parent.wait(30)
    assert gone(processes)
