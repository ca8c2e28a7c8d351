"""Serves the gateway over HTTP on the loopback address, on a socket that may have been bound by another process."""

import logging
import socket
import threading
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

from txplatform.local.origin import LocalOnly

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_THREADS = 24  # each may wait for a function that itself calls the gateway
_BODY_MAXIMUM = 64 * 2**20  # beyond what the gateway refuses itself, having read it


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


class GatewayServer:
    """A threaded HTTP server."""

    def __init__(self, application: "WSGIApplication", bound: socket.socket) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a burst that has to wait is no incident
        self.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        self._server: Any = create_server(
            LocalOnly(application),
            sockets=[bound],
            threads=_THREADS,
            connection_limit=500,
            max_request_body_size=_BODY_MAXIMUM,
            clear_untrusted_proxy_headers=True,
        )
        self._thread = threading.Thread(target=self._server.run, name="gateway", daemon=True)

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Accept nothing more."""
        self._server.close()
