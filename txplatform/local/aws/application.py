"""The WSGI application: Athena, QuickSight, invocations and waits have their own services, the rest is moto's."""

from collections.abc import Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from txplatform.local.aws import patches
from txplatform.local.aws.athena.setup import create_service
from txplatform.local.aws.invocations import Invocations
from txplatform.local.aws.patches.streams import wait_for_records
from txplatform.local.aws.quicksight import QuickSight
from txplatform.local.aws.stream_waits import StreamWaits


class Application:
    """What the server serves. `connect` tells it its own address before the first request."""

    def __init__(self, gateway: str | None) -> None:
        self._invocations = Invocations(gateway)
        self._stream_waits = StreamWaits(wait_for_records)
        self._quicksight = QuickSight()
        self._moto = DomainDispatcherApplication(create_backend_app)

    def connect(self, endpoint: str) -> None:
        self._athena = create_service(endpoint)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self._athena.handles(environ):
            return self._athena(environ, start_response)
        if self._quicksight.handles(environ):
            return self._quicksight(environ, start_response)
        if self._invocations.handles(environ):
            return self._invocations(environ, start_response)
        if self._stream_waits.handles(environ):
            return self._stream_waits(environ, start_response)
        # moto takes the key of an S3 object from this variable; from the decoded path it would decode it twice, and end
        # it at a question mark. Waitress has the path as it was sent under another name.
        environ["RAW_URI"] = environ["REQUEST_URI"]
        return self._moto(environ, start_response)


def create(gateway: str | None) -> Application:
    """Patch moto and build the application. Functions are invoked by way of the gateway's address, if there is one."""
    patches.apply()
    return Application(gateway)
