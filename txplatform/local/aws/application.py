"""The WSGI application: Athena's queries go to our service, everything else to moto with its patches."""

from collections.abc import Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from txplatform.local.aws import patches
from txplatform.local.aws.athena.setup import create_service


class Application:
    """What the server serves. `connect` tells it its own address before the first request."""

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)

    def connect(self, endpoint: str) -> None:
        self._athena = create_service(endpoint)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self._athena.handles(environ):
            return self._athena(environ, start_response)
        return self._moto(environ, start_response)


def create() -> Application:
    """Patch moto and build the application."""
    patches.apply()
    return Application()
