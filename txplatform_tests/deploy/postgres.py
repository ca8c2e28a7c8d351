"""A PostgreSQL of the system's packages, started for tests: with TLS, on a free port, in a folder of its own."""

import os
import shutil
import socket
import subprocess
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
def server(folder: Path) -> Iterator[Server]:
    """Start one and end it."""
    binaries = programs()
    assert binaries is not None
    data, port = folder / "data", _free_port()
    data.mkdir(parents=True)
    if os.geteuid() == 0:
        for path in (folder, *folder.parents):
            if path == Path("/tmp"):
                break
            path.chmod(path.stat().st_mode | 0o011)
        shutil.chown(data, _USER)
        shutil.chown(folder, _USER)
    _run(binaries / "initdb", "-D", data, "-U", ADMINISTRATOR, "--auth=trust", "--no-sync", "-E", "UTF8")
    _certify(data)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c ssl=on -c fsync=off"
    _run(binaries / "pg_ctl", "-D", data, "-o", options, "-l", data / "log", "-w", "start")
    try:
        yield Server(port)
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
