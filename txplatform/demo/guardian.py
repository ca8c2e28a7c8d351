"""Runs a command, and ends it with all its processes on a signal or when the parent is gone, even by SIGKILL.

Used for `dagster dev`, which is five processes and would outlive a parent that dies. Called as
`python -m txplatform.demo.guardian PARENT_PID COMMAND...`.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

GRACE_SECONDS = 4.0
_POLL_SECONDS = 0.1


def guard(parent_pid: int, command: Sequence[str]) -> int:
    """Run `command` in a session of its own until it exits, a signal comes or the parent dies; return its status."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    process = subprocess.Popen(command, start_new_session=True)
    while process.poll() is None and not stopping and os.getppid() == parent_pid:
        time.sleep(_POLL_SECONDS)
    end_group(process)
    return process.returncode


def end_group(process: subprocess.Popen[bytes], grace: float = GRACE_SECONDS) -> None:
    """End a session leader and its group: SIGTERM, and SIGKILL for what is left after `grace` seconds."""
    deadline = time.monotonic() + grace
    alive = _signal_group(process.pid, signal.SIGTERM)
    while alive and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        process.poll()
        alive = _signal_group(process.pid, 0)
    if alive:
        _signal_group(process.pid, signal.SIGKILL)
    process.wait()


def _signal_group(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(guard(int(sys.argv[1]), sys.argv[2:]))
