"""Starting the local AWS for a test, and what a query in it answers."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUCKET = "lake"
DATABASE = "shop"


def start_server(directory: Path, *options: str) -> tuple[subprocess.Popen[bytes], str]:
    """Start the process and return it with its endpoint."""
    ready = directory / "ready.json"
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "txplatform.local.aws", "--port", "0", "--ready-file", str(ready), *options],
            stderr=log,
        )
    while not ready.exists():
        if process.poll() is not None:
            raise AssertionError((directory / "log").read_text())
        time.sleep(0.05)
    return process, json.loads(ready.read_text())["endpoint"]


@dataclass
class Answer:
    """A finished query: its description, and its rows without the header."""

    execution: dict[str, Any]
    columns: list[tuple[str, str]]
    rows: list[tuple[str | None, ...]]
    update_count: int

    @property
    def error(self) -> str:
        return self.execution["Status"].get("StateChangeReason", "")


Ask = Callable[..., Answer]
