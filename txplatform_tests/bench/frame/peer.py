"""Other tools to be compared with: each in an environment that is made when it is first asked for, and kept."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from txplatform_tests.bench.frame.measuring import progress

_KEPT = Path(__file__).parents[3] / "build" / "bench-peers"
_PACKAGES = {"awswrangler": ["awswrangler"], "dlt": ["dlt[filesystem,parquet]", "pandas"]}
_READY = "ready"


class PeerMissingError(Exception):
    """The packages of a peer cannot be had here."""


def cpu_seconds(peer: str, *arguments: str, environment: Mapping[str, str] | None = None) -> float:
    """What a peer's script says it took; raise PeerMissingError where there is no such peer to be had."""
    python = _python(peer)
    progress(f"{peer}: {Path(arguments[0]).name}")
    script = Path(__file__).with_name("peers") / f"with_{peer}.py"
    command = [str(python), str(script), *arguments]
    done = subprocess.run(command, env={**os.environ, **(environment or {})}, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{peer} failed:\n{done.stderr[-2000:]}")
    return float(done.stdout.split()[-1])


def _python(peer: str) -> Path:
    folder = _KEPT / peer
    python = folder / "bin" / "python"
    if (folder / _READY).exists():
        return python
    progress(f"making an environment for {peer}")
    uv = shutil.which("uv") or str(Path(sys.prefix, "bin", "uv"))
    for command in (["venv", "--clear", str(folder)], ["pip", "install", "--python", str(python), *_PACKAGES[peer]]):
        try:
            subprocess.run([uv, "--quiet", *command], check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise PeerMissingError(f"the packages of {peer} cannot be installed") from error
    (folder / _READY).touch()
    return python
