"""The state directory: one stack at a time, and nothing stale left behind."""

import stat
import subprocess
from pathlib import Path

import pytest

from txplatform.local.errors import LocalStackError
from txplatform.local.state import StateDir


def test_one_stack_at_a_time(tmp_path: Path) -> None:
    first, second = StateDir(tmp_path), StateDir(tmp_path)
    first.acquire()
    with pytest.raises(LocalStackError, match=r"process \d+.*--state-dir"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_the_env_file_can_be_sourced_and_goes_with_the_stack(tmp_path: Path) -> None:
    state = StateDir(tmp_path)
    state.acquire()
    value = "a b$HOME'\"c"
    state.write_env({"TXP_VALUE": value})
    assert stat.S_IMODE(state.env_file.stat().st_mode) == 0o600
    script = f"set -a; . {state.env_file}; set +a; exec python3 -c 'import os; print(os.environ[\"TXP_VALUE\"])'"
    assert subprocess.check_output(["bash", "-c", script], text=True).strip() == value
    state.release()
    assert not state.env_file.exists()


def test_what_a_former_stack_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("STALE=1")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "old.log").touch()
    state = StateDir(tmp_path)
    state.acquire()
    assert not state.env_file.exists()
    assert list(state.logs.iterdir()) == []
    state.release()
