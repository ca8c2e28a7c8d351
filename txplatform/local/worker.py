"""The process of one Lambda function: loads its handler from the deployed code and answers invocations.

Started by path in isolated mode (`python -I worker.py FD`), so that the function sees its own code, the installed
packages and its own environment, and nothing of the platform. It speaks JSON lines over the socket FD: a request is
{"id", "event", "arn", "deadline"}, an answer {"id", "payload"} or {"id", "error"}. It ends when the socket closes,
which is when the runtime stops or dies. Unlike on AWS, invocations may overlap in one process, in threads.
"""

import importlib
import json
import logging
import os
import socket
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any

logger = logging.getLogger("worker")

Handler = Callable[[Any, "Context"], Any]


class Context:
    """The Lambda context object of one invocation, with the attributes that Python functions get on AWS."""

    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(self, arn: str, deadline: float) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.invoked_function_arn = arn
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.aws_request_id = str(uuid.uuid4())
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the invocation."""
        return max(0, int((self._deadline - time.time()) * 1000))


def load_handler(path: str) -> Handler:
    """Import the handler `package.module.function`."""
    module, _, function = path.rpartition(".")
    return getattr(importlib.import_module(module), function)


def answer(handler: Handler, request: dict[str, Any]) -> dict[str, Any]:
    """Run one invocation; what the handler raises becomes the error Lambda would report."""
    try:
        payload = handler(request["event"], Context(request["arn"], request["deadline"]))
        json.dumps(payload)
    except (Exception, SystemExit) as error:
        logger.exception("invocation failed")
        details = {
            "errorType": type(error).__name__,
            "errorMessage": str(error),
            "stackTrace": traceback.format_tb(error.__traceback__),
        }
        return {"id": request["id"], "error": details}
    return {"id": request["id"], "payload": payload}


def serve(channel: socket.socket, handler: Handler) -> None:
    """Answer requests, each in a thread, until the other side closes the channel."""
    lock = threading.Lock()

    def send(message: dict[str, Any]) -> None:
        data = json.dumps(message).encode() + b"\n"
        with lock:
            channel.sendall(data)

    def respond(request: dict[str, Any]) -> None:
        message = answer(handler, request)
        try:
            send(message)
        except OSError:
            os._exit(0)  # the runtime is gone

    send({"loaded": True})
    with channel.makefile("rb") as lines:
        for line in lines:
            threading.Thread(target=respond, args=(json.loads(line),), daemon=True).start()


def hide_editable_installs() -> None:
    """Let the function import installed packages, and no source tree that a developer's environment adds to them."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not finder.__module__.startswith("__editable__")]


def main() -> None:
    hide_editable_installs()
    channel = socket.socket(fileno=int(sys.argv[1]))
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    serve(channel, load_handler(os.environ["_HANDLER"]))
    os._exit(0)  # invocations under way are cut off, as when Lambda reclaims an environment


if __name__ == "__main__":
    main()
