"""Starts a child process with a log of its own, waits until it says it is ready, and ends it in bounded time."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from txplatform.local.environment import child_environment
from txplatform.local.errors import LocalStackError

TAIL_LINES = 25
_POLL_SECONDS = 0.02


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log, or a note that it is empty."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-lines:]) or "(the log is empty)"


class Child:
    """A Python module run as a process in a session of its own, so that Ctrl-C reaches only its parent."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path, ready_file: Path) -> None:
        self.name = name
        self.process = process
        self.log = log
        self._ready_file = ready_file

    @classmethod
    def start(
        cls,
        name: str,
        module: str,
        arguments: Sequence[str],
        state_dir: Path,
        variables: Mapping[str, str],
        pass_fds: Sequence[int] = (),
    ) -> "Child":
        """Start `python -m module`; it gets `--ready-file` and `--parent-pid` besides its `arguments`."""
        log = state_dir / "logs" / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        ready_file = state_dir / f"{name}.ready.json"
        ready_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", module, *arguments]
        command += ["--ready-file", str(ready_file), "--parent-pid", str(os.getpid())]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=child_environment(variables),
                pass_fds=tuple(pass_fds),
                start_new_session=True,
            )
        return cls(name, process, log, ready_file)

    def wait_ready(self, timeout: float) -> dict[str, Any]:
        """Return what the child wrote to its ready file; raise LocalStackError when it exits or `timeout` s pass."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self._ready_file.exists():
                try:
                    return json.loads(self._ready_file.read_text())
                except json.JSONDecodeError:
                    pass  # still being written
            self.check()
            time.sleep(_POLL_SECONDS)
        raise LocalStackError(self._report(f"was not ready after {timeout:.0f} s"))

    def check(self) -> None:
        """Raise LocalStackError with the end of the log when the child has exited."""
        status = self.process.poll()
        if status is not None:
            raise LocalStackError(self._report(f"exited with status {status}"))

    def stop(self, timeout: float) -> None:
        """End the child: SIGTERM, and after `timeout` seconds SIGKILL to it and to the processes it started."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._ready_file.unlink(missing_ok=True)

    def _report(self, what: str) -> str:
        return f"local stack: '{self.name}' {what}. The end of {self.log}:\n{tail(self.log)}"
