"""The WSGI application: Athena requests go to our service, everything else to moto with its patches."""

from collections.abc import Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from txplatform.local.aws import patches


class Application:
    """What the server serves. `connect` tells it its own address before the first request."""

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)

    def connect(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self._moto(environ, start_response)


def create() -> Application:
    """Patch moto and build the application."""
    patches.apply()
    return Application()
