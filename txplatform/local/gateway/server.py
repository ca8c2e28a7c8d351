"""Serves the gateway over HTTP on the loopback address, on a socket that may have been bound by another process."""

import logging
import socket
import threading
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import create_server

from txplatform.local.origin import LocalOnly

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_THREADS = 24  # each may wait for a function that itself calls the gateway
_BODY_MAXIMUM = 64 * 2**20  # beyond what the gateway refuses itself, having read it
_LOOP_SECONDS, _STOP_SECONDS = 1.0, 2.0


def bind(port: int = 0) -> socket.socket:
    """Return a socket bound to the loopback address; port 0 takes a free one. Connections queue until it is served."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
        bound.listen(128)
    except OSError:
        bound.close()
        raise
    return bound


def url_of(bound: socket.socket) -> str:
    """Return the URL under which a bound socket is served."""
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


class GatewayServer:
    """A threaded HTTP server."""

    def __init__(self, application: "WSGIApplication", bound: socket.socket) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a burst that has to wait is not worth a warning
        self.url = url_of(bound)
        self._sockets: dict[int, Any] = {}
        self._server: Any = create_server(
            LocalOnly(application),
            map=self._sockets,
            sockets=[bound],
            threads=_THREADS,
            connection_limit=500,
            max_request_body_size=_BODY_MAXIMUM,
            clear_untrusted_proxy_headers=True,
        )
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="gateway", daemon=True)

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Answer nothing more. The sockets are closed once their thread has left them."""
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join(_STOP_SECONDS)
        self._server.task_dispatcher.shutdown(timeout=_STOP_SECONDS)
        wasyncore.close_all(self._sockets)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            wasyncore.loop(_LOOP_SECONDS, map=self._sockets, count=1)
