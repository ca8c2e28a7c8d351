"""The demo as people start it: it accounts for everything it sent, and Ctrl-C leaves no process behind."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.alone]

_ROOT = Path(__file__).parents[2]
_START_SECONDS = 400
_STOP_SECONDS = 30  # the product promises ten on a machine with nothing else to do
_SMALL = ["--messages", "50", "--days", "5"]


@pytest.fixture
def state_dir(tmp_path: Path) -> Iterator[Path]:
    """Where a demo keeps its state; whatever a failed test leaves running under it ends with the test."""
    yield tmp_path
    for pid in _processes_of(tmp_path):
        subprocess.run(["kill", "-KILL", str(pid)], check=False)


def _command(state_dir: Path, *arguments: str) -> list[str]:
    program = "from txplatform.cli.main import main; main()"
    return [sys.executable, "-c", program, "demo", "--state-dir", str(state_dir), *_SMALL, *arguments]


def _processes_of(state_dir: Path) -> set[int]:
    """Processes whose command or environment names the folder: all that a demo starts, however deep."""
    found: set[int] = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            texts = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:  # ended meanwhile, or another user's
            continue
        if str(state_dir).encode() in texts:
            found.add(int(process.name))
    return found


def test_the_demo_accounts_for_everything_and_ctrl_c_ends_every_process_of_it(state_dir: Path) -> None:
    output = state_dir / "output"
    with output.open("w") as sink:
        demo = subprocess.Popen(_command(state_dir), cwd=_ROOT, stdout=sink, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + _START_SECONDS
    while "Ctrl-C stops it." not in output.read_text():
        assert demo.poll() is None, output.read_text()
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.5)
    shown = output.read_text()
    assert "50 messages" in shown
    assert re.search("(?m)^Read by each provider: 2 of 2", shown)
    assert re.search(r"(?m)^stripe +\d+ +\d+ +\d+ +\d+$", shown)
    assert "are accounted for, to the last digit" in shown
    assert f"set -a; . {state_dir / 'env'}; set +a" in shown  # to be copied: in one line
    assert len(_processes_of(state_dir)) > 5
    demo.send_signal(signal.SIGINT)
    assert demo.wait(_STOP_SECONDS) == 0
    assert _processes_of(state_dir) == set()
