"""The directory of one running local stack: its lock, its `env` file, logs and deployed code."""

import fcntl
import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from txplatform.local.environment import LOOPBACK_HOSTS, PROXY_EXCEPTIONS
from txplatform.local.errors import LocalStackError

DEFAULT_STATE_DIR = Path(".txplatform")
# `*` alone exempts every host; in a list it would exempt none. Sourcing the file twice adds the hosts once.
_SAME_IN_BOTH = ': "${NO_PROXY:=${no_proxy-}}" "${no_proxy:=${NO_PROXY-}}"\n'
_ADD_LOOPBACK = """\
case ",${{{name}-}}," in ",*,"|*,{hosts},*) ;; *) {name}="{hosts}${{{name}:+,${name}}}" ;; esac
"""


class StateDir:
    """Owned by one stack at a time; the lock goes with the process, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.code = self.path / "code"
        self.logs = self.path / "logs"
        self.env_file = self.path / "env"
        self.runtime_config = self.path / "runtime.json"
        self._lock: int | None = None

    def acquire(self) -> None:
        """Take the directory and clear what a former stack left; raise LocalStackError when one still runs in it."""
        self.path.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(lock, 20).decode() or "unknown"
            os.close(lock)
            raise LocalStackError(
                f"local stack: another one (process {holder}) runs in {self.path}. "
                f"Remedy: stop it, or choose another directory with --state-dir"
            ) from error
        self._lock = lock
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        self.env_file.unlink(missing_ok=True)
        for folder in (self.code, self.logs):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()

    def write_env(self, environment: Mapping[str, str]) -> None:
        """Write the `env` file, which a shell can source; readable by its owner only.

        The shell's own exceptions from proxies are kept, in both variables that clients read: the file adds
        the loopback hosts to them.
        """
        lines = "".join(
            f"{name}={shlex.quote(value)}\n" for name, value in environment.items() if name not in PROXY_EXCEPTIONS
        )
        lines += _SAME_IN_BOTH + "".join(
            _ADD_LOOPBACK.format(name=name, hosts=LOOPBACK_HOSTS) for name in PROXY_EXCEPTIONS
        )
        descriptor = os.open(self.env_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(lines)

    def release(self) -> None:
        """Remove what is valid only while the stack runs, and release the directory, if this object holds it."""
        if self._lock is None:
            return
        self.env_file.unlink(missing_ok=True)
        self.runtime_config.unlink(missing_ok=True)
        os.close(self._lock)
        self._lock = None
