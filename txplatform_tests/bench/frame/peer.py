"""Other tools to be compared with: each in an environment that is made when it is first asked for, and kept."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from txplatform_tests.bench.frame.measuring import progress

_KEPT = Path(__file__).parents[3] / "build" / "bench-peers"
_PACKAGES = {
    "awswrangler": ["awswrangler"],
    "dlt": ["dlt[filesystem,parquet]", "pandas"],
    "dbt": ["dbt-athena", "dbt-core<1.11"],  # newer ones fetch their parser from elsewhere while they are installed
    "pyathena": [  # the versions that its own lock file has, and the package for its entry points alone
        *(
            "PyAthena",
            "pandas==2.2.3",
            "polars==1.36.1",
            "pyarrow==23.0.1",
            "sqlalchemy[asyncio]",
            "boto3",
            "tenacity",
            "fsspec",
        ),
        *("python-dateutil", "Jinja2", "pytest<9", "pytest-asyncio", "pytest-xdist", "pytest-dependency"),
    ],
}
_READY = "ready"
SCRIPTS = Path(__file__).with_name("peers")


class PeerMissingError(Exception):
    """The packages of a peer cannot be had here."""


def cpu_seconds(peer: str, *arguments: str, environment: Mapping[str, str] | None = None) -> float:
    """What a peer's script says it took; raise PeerMissingError where there is no such peer to be had."""
    progress(f"{peer}: {Path(arguments[0]).name}")
    return float(said(peer, f"with_{peer}.py", *arguments, environment=environment).split()[-1])


def said(peer: str, script: str, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """What one of the scripts prints in a peer's environment; raise PeerMissingError likewise."""
    command = [str(python_of(peer)), str(SCRIPTS / script), *arguments]
    done = subprocess.run(command, env={**os.environ, **(environment or {})}, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{peer} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def python_of(peer: str) -> Path:
    """The interpreter of a peer's environment, which is made first; raise PeerMissingError where it cannot be."""
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
