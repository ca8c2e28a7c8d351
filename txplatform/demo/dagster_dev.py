"""Starts, checks and stops Dagster for the demo: webserver, daemon and code location together."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from txplatform.demo.guardian import GRACE_SECONDS
from txplatform.local.children import tail
from txplatform.local.environment import child_environment
from txplatform.local.errors import LocalStackError
from txplatform.settings import DAGSTER_URL

_ROOT = Path(__file__).parents[2]
_POLL_SECONDS = 0.25
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is never behind a proxy


class DagsterDev:
    """A running `dagster dev`. `url` is its UI."""

    def __init__(self, url: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.url = url
        self.log = log
        self._process = process

    @classmethod
    def start(cls, state_dir: Path, variables: Mapping[str, str]) -> "DagsterDev":
        """Start it under `variables` with a fresh home in `state_dir`; return before it answers."""
        home = state_dir.resolve() / "dagster"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        shutil.copy(_ROOT / "dagster.yaml", home)
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        log = state_dir.resolve() / "logs" / "dagster.log"
        log.parent.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "txplatform.demo.guardian", str(os.getpid()), sys.executable, "-m", "dagster"]
        command += ["dev", "-w", str(_ROOT / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=child_environment({**variables, "DAGSTER_HOME": str(home), DAGSTER_URL.variable: url}),
                cwd=_ROOT,
                start_new_session=True,
            )
        return cls(url, process, log)

    def lineage_url(self, *groups: str) -> str:
        """Where the UI shows the lineage of these groups, unfolded."""
        selection = quote(" or ".join(f'group:"{group}"' for group in groups))
        unfolded = quote(",".join(f"global@global:{group}" for group in groups), safe="@:,")
        return f"{self.url}/asset-groups~{selection}/?expanded={unfolded}"

    def ready(self) -> bool:
        """Return whether the UI answers yet; raise LocalStackError when Dagster has exited."""
        self.check()
        try:
            with _DIRECT.open(f"{self.url}/server_info", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False

    def wait_ready(self, timeout: float) -> None:
        """Wait until the UI answers; raise LocalStackError when it exits or `timeout` seconds pass."""
        deadline = time.monotonic() + timeout
        while not self.ready():
            if time.monotonic() > deadline:
                raise LocalStackError(f"Dagster did not answer after {timeout:.0f} s. {self._log_end()}")
            time.sleep(_POLL_SECONDS)

    def check(self) -> None:
        """Raise LocalStackError with the end of the log when Dagster has exited."""
        status = self._process.poll()
        if status is not None:
            raise LocalStackError(f"Dagster exited with status {status}. {self._log_end()}")

    def begin_stop(self) -> None:
        """Send SIGTERM and return at once, so that other things can be stopped meanwhile."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """End all its processes within about five seconds."""
        self.begin_stop()
        try:
            self._process.wait(GRACE_SECONDS + 2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _log_end(self) -> str:
        return f"The end of {self.log}:\n{tail(self.log)}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
