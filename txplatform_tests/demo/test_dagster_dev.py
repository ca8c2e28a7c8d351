"""Whether Dagster answers is found out on this machine itself, with a small web server in place of Dagster."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from txplatform.demo.dagster_dev import DagsterDev
from txplatform.local.errors import LocalStackError


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/server_info" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Write no log."""


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy"])
def test_ready_never_asks_a_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.timeout = 5  # so that a request that never comes fails the test
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        try:
            assert DagsterDev(f"http://127.0.0.1:{server.server_port}", process, tmp_path / "log").ready()
        finally:
            process.communicate()
            thread.join()


def test_an_exit_is_an_error_with_the_end_of_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("no such module\n")
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    process.wait()
    with pytest.raises(LocalStackError, match=r"(?s)Dagster exited with status 3\..*no such module"):
        DagsterDev("http://127.0.0.1:1", process, log).ready()
