"""Runs the deployed Lambda functions, each in a process of its own, and invokes them.

A process sees the function's deployed code, its environment variables and the installed third-party packages. It is
replaced when it dies. Reports of a handler's failure are data here, as they are for Lambda's own event sources.
"""

import contextlib
import itertools
import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from txplatform.local import worker
from txplatform.local.children import tail
from txplatform.local.environment import child_environment
from txplatform.local.errors import LocalStackError

if TYPE_CHECKING:
    from txplatform.local.deploy import FunctionSpec

logger = logging.getLogger(__name__)

_LOAD_SECONDS = 60
PAYLOAD_MAXIMUM = 6 * 2**20  # Lambda's quota for a synchronous invocation, each way


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation came to: the handler's `payload`, or the `error` Lambda would report."""

    payload: Any = None
    error: Mapping[str, Any] | None = None

    @property
    def reason(self) -> str:
        """The error in one line, empty after success."""
        return f"{self.error['errorType']}: {self.error['errorMessage']}" if self.error else ""


def ignore_line(line: bytes) -> None:
    """Do nothing with a line of a function's output but keep it in the log."""


class FunctionProcess:
    """One function and the process that runs it. Each line of its output goes to `log`, then to `read_line`."""

    def __init__(
        self,
        spec: "FunctionSpec",
        variables: Mapping[str, str],
        log: Path,
        read_line: Callable[[bytes], None] = ignore_line,
    ) -> None:
        self.spec = spec
        self.log = log
        self._variables = variables
        self._read_line = read_line
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._pending: dict[int, Future[Outcome]] = {}
        self._loaded = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._reader: threading.Thread | None = None
        self._output: threading.Thread | None = None

    def start(self) -> None:
        """Start the process without waiting for it."""
        ours, theirs = socket.socketpair()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._loaded.clear()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-u", str(Path(worker.__file__)), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=self.spec.code_dir,
                env=child_environment(self._environment()),
                pass_fds=(theirs.fileno(),),
            )
        self._output = threading.Thread(
            target=self._keep_output, args=(self._process.stdout,), name=f"{self.spec.name} output", daemon=True
        )
        self._output.start()
        self._channel = ours
        self._pending = {}
        self._reader = threading.Thread(
            target=self._read, args=(ours, self._process, self._pending), name=self.spec.name, daemon=True
        )
        self._reader.start()

    def wait_loaded(self, timeout: float = _LOAD_SECONDS) -> None:
        """Return when the handler is imported; raise LocalStackError with the end of the log when it cannot be."""
        deadline = time.monotonic() + timeout
        while not self._loaded.wait(0.05):
            assert self._process is not None
            status = self._process.poll()
            if status is not None:
                raise LocalStackError(self._report(f"could not be loaded (status {status})"))
            if time.monotonic() > deadline:
                raise LocalStackError(self._report(f"was not loaded after {timeout:.0f} s"))

    def invoke(self, event: Any) -> Outcome:
        """Run the handler on `event` and wait for its answer, for the function's timeout at most."""
        future: Future[Outcome] = Future()
        number = next(self._numbers)
        size = payload_size(event)
        if size > PAYLOAD_MAXIMUM:
            return _failed("RequestEntityTooLarge", f"{size} byte payload is too large for the Invoke operation")
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self.start()
                try:
                    self.wait_loaded()  # the timeout is the handler's: loading is not part of it
                except LocalStackError as error:
                    return _failed("Runtime.ExitError", str(error))
            assert self._channel is not None
            process, pending = self._process, self._pending
            pending[number] = future
            request = {"id": number, "event": event, "arn": self.spec.arn, "deadline": time.time() + self.spec.timeout}
            data = json.dumps(request).encode() + b"\n"
            try:
                self._channel.sendall(data)
            except OSError:
                pending.pop(number, None)
                return _failed("Runtime.ExitError", "the function's process ended")
        try:
            outcome = future.result(self.spec.timeout)
        except TimeoutError:
            # As on AWS, what timed out goes on no longer; others under way in the process end as in a crashed sandbox.
            pending.pop(number, None)
            assert process is not None
            process.kill()
            process.wait()
            return _failed("Sandbox.Timedout", f"Task timed out after {self.spec.timeout:.2f} seconds")
        size = payload_size(outcome.payload)
        if size > PAYLOAD_MAXIMUM:
            reason = f"Response payload size ({size} bytes) exceeded maximum allowed payload size"
            return _failed("Function.ResponseSizeTooLarge", f"{reason} ({PAYLOAD_MAXIMUM} bytes).")
        return outcome

    def stop(self, timeout: float = 1.0) -> None:
        """End the process: closing its socket makes it exit; after `timeout` seconds it is killed."""
        process, channel = self._process, self._channel
        if process is None or channel is None:
            return
        with contextlib.suppress(OSError):  # closed already, when the process died before
            channel.shutdown(socket.SHUT_RDWR)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for thread in (self._reader, self._output):
            if thread is not None:
                thread.join(timeout)

    def _environment(self) -> dict[str, str]:
        name = self.spec.name
        return {
            **self._variables,
            **self.spec.environment,
            "_HANDLER": self.spec.handler,
            "LAMBDA_TASK_ROOT": str(self.spec.code_dir),
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.spec.memory_mb),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "TZ": "UTC",
        }

    def _read(
        self, channel: socket.socket, process: subprocess.Popen[bytes], pending: dict[int, Future[Outcome]]
    ) -> None:
        """Hand answers to those who wait, until the process ends and with it the channel."""
        with channel, channel.makefile("rb") as lines:
            for line in _until_closed(lines):
                message = json.loads(line)
                if message.get("loaded"):
                    self._loaded.set()
                    continue
                future = pending.pop(message["id"], None)
                if future is not None:  # None after a timeout
                    future.set_result(Outcome(message.get("payload"), message.get("error")))
            process.wait()  # from here on an invocation starts another process
            with self._lock:
                abandoned = list(pending.values())
                pending.clear()
        for future in abandoned:
            future.set_result(_failed("Runtime.ExitError", "the function's process ended"))

    def _keep_output(self, output: IO[bytes]) -> None:
        """Write the output of a process to the log, and hand each line on, until the process ends."""
        with output, self.log.open("ab", buffering=0) as log:
            for line in output:
                log.write(line)
                self._read_line(line)

    def _report(self, what: str) -> str:
        if self._output is not None:
            self._output.join(1.0)  # a process that has ended may have left lines that are not written yet
        return f"local stack: function '{self.spec.name}' {what}. The end of {self.log}:\n{tail(self.log)}"


class Functions:
    """All functions of the deployed application, invoked by ARN. `read_line` gets each line of their output."""

    def __init__(
        self,
        specs: "Iterable[FunctionSpec]",
        variables: Mapping[str, str],
        logs: Path,
        read_line: Callable[[bytes], None] = ignore_line,
    ) -> None:
        self._processes = {
            spec.arn: FunctionProcess(spec, variables, logs / f"{spec.name}.log", read_line) for spec in specs
        }

    def start(self) -> None:
        """Start every function's process and wait until all have loaded their handlers; raise LocalStackError."""
        for process in self._processes.values():
            process.start()
        for process in self._processes.values():
            process.wait_loaded()

    def arn_of(self, name: str) -> str | None:
        """Return the ARN of the function that a name or an ARN means, None when there is no such function."""
        known = (arn for arn in self._processes if name in (arn, arn.rpartition(":")[2]))
        return next(known, None)

    def invoke(self, arn: str, event: Any) -> Outcome:
        """Invoke the function `arn`, qualified or not, with `event`; raise LocalStackError when it is not deployed."""
        process = self._processes.get(":".join(arn.split(":")[:7]))
        if process is None:
            raise LocalStackError(f"local stack: no function {arn} is deployed; there are {sorted(self._processes)}")
        outcome = process.invoke(event)
        if outcome.error:
            logger.warning("%s failed: %s", process.spec.name, outcome.reason)
        return outcome

    def stop(self) -> None:
        """End every function's process."""
        for process in self._processes.values():
            process.stop()


def payload_size(payload: Any) -> int:
    """Return the bytes of a payload as Lambda counts them: JSON in UTF-8, without spaces."""
    return len(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass"))


def _failed(kind: str, message: str) -> Outcome:
    return Outcome(error={"errorType": kind, "errorMessage": message, "stackTrace": []})


def _until_closed(lines: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from lines
    except OSError:
        return  # shut down on our side, by stop()
