"""Life of the local AWS process: bind, announce, serve, stop. What it serves is `application.create`'s business."""

import json
import logging
import os
import re
import signal
import threading
from pathlib import Path
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer, create_server
from waitress.task import WSGITask

from txplatform.local.aws.application import create
from txplatform.local.origin import LocalOnly
from txplatform.local.parent import exit_with_parent

HOST = "127.0.0.1"
THREADS = 64  # each long poll of a queue or a stream holds one

_METADATA = re.compile(rb"^X-Amz-Meta-[^:\r\n]*:", re.MULTILINE)
_log = logging.getLogger(__name__)


class Answer(WSGITask):
    """Writes the names of S3's user metadata in lower case, as AWS does: clients take keys from them as they come."""

    def build_response_header(self) -> bytes:
        return _METADATA.sub(lambda found: found[0].lower(), super().build_response_header())


class Channel(HTTPChannel):
    """Does not ask for the body of a request that has none: S3 clients announce even empty bodies by Expect."""

    task_class = Answer

    def send_continue(self) -> None:
        request: Any = self.request
        if request.completed:
            request.expect_continue = False
        else:
            super().send_continue()


def run(port: int, ready_file: Path | None, parent_pid: int | None, gateway: str | None = None) -> None:
    """Serve until SIGTERM or SIGINT; `ready_file` appears, complete, when requests are answered."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    if parent_pid is not None:
        exit_with_parent(parent_pid)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a full queue of long polls is normal

    application = create(gateway)
    server = create_server(
        LocalOnly(application),
        host=HOST,
        port=port,
        threads=THREADS,
        connection_limit=2000,
        asyncore_use_poll=True,
        recv_bytes=1 << 18,
        max_request_body_size=8 << 30,
        ident=None,
    )
    assert isinstance(server, TcpWSGIServer)
    bound: Any = server
    server.channel_class = Channel
    endpoint = f"http://{HOST}:{bound.effective_port}"
    application.connect(endpoint)
    threading.Thread(target=server.run, name="server", daemon=True).start()
    if ready_file is not None:
        partial = ready_file.with_name(f".{ready_file.name}.{os.getpid()}")
        partial.write_text(json.dumps({"endpoint": endpoint}))
        partial.replace(ready_file)
    _log.info("AWS answers at %s", endpoint)
    stopped.wait()
    _log.info("stopping")
    logging.shutdown()
    os._exit(0)  # everything is in memory; threads may be inside a long poll or a query, and nobody waits for them
