"""A PostgreSQL of the system's packages, started for tests: with TLS, on a free port, in a temporary folder."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ADMINISTRATOR = "administrator"
_USER = "nobody"  # PostgreSQL refuses to be run by root


@dataclass(frozen=True)
class Server:
    """Where it listens. Any password is right, as any token of AWS is."""

    port: int


def programs() -> Path | None:
    """The folder of its programs, the newest version's; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


@contextmanager
def server() -> Iterator[Server]:
    """Start one and end it."""
    with tempfile.TemporaryDirectory(prefix="txplatform-postgres-") as folder, _running(Path(folder)) as port:
        yield Server(port)


@contextmanager
def _running(folder: Path) -> Iterator[int]:
    binaries = programs()
    assert binaries is not None
    data, port = folder / "data", _free_port()
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, _USER)
        shutil.chown(data, _USER)
    _run(binaries / "initdb", "-D", data, "-U", ADMINISTRATOR, "--auth=trust", "--no-sync", "-E", "UTF8")
    _certify(data)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c ssl=on -c fsync=off"
    _run(binaries / "pg_ctl", "-D", data, "-o", options, "-l", data / "log", "-w", "start")
    try:
        yield port
    finally:
        _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _certify(data: Path) -> None:
    """Give it a certificate for this machine alone."""
    key, certificate = data / "server.key", data / "server.crt"
    _run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-batch",
         "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate)  # fmt: skip
    key.chmod(0o600)


def _run(*command: object) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        user=_USER if os.geteuid() == 0 else None,
        cwd="/",
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
