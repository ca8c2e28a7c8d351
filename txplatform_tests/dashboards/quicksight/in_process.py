"""QuickSight of the local AWS in this process: boto3's requests go to its WSGI application without a server."""

from contextlib import contextmanager
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse

from txplatform.dashboards.quicksight.account import Account
from txplatform.local.aws.quicksight import QuickSight

ACCOUNT = "123456789012"
REGION = "us-east-1"


class _Body(BytesIO):
    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.getvalue()


class LocalQuickSight:
    """Stands in for AwsClients; keeps the requests that were sent, as method and path."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self._application = QuickSight()
        session = boto3.Session(region_name=REGION, aws_access_key_id="key", aws_secret_access_key="secret")
        self._client: Any = session.client("quicksight")
        self._client.meta.events.register("before-send.quicksight.*", self._answer)

    def client(self, service: str) -> Any:
        return {"quicksight": self._client}[service]

    @contextmanager
    def translate_errors(self) -> Any:
        yield

    def account(self) -> Account:
        clients: Any = self
        return Account(clients, ACCOUNT)

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        parts = urlsplit(request.url)
        self.sent.append(f"{request.method} {parts.path}")
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        headers = {key: value.decode() if isinstance(value, bytes) else value for key, value in request.headers.items()}
        environ = {
            "REQUEST_METHOD": request.method,
            "REQUEST_URI": parts.path,
            "QUERY_STRING": parts.query,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": headers["Authorization"],
            "wsgi.input": BytesIO(body),
        }
        assert self._application.handles(environ)
        started: list[Any] = []
        content = b"".join(self._application(environ, lambda *arguments: started.extend(arguments)))
        return AWSResponse(request.url, int(started[0].split()[0]), dict(started[1]), _Body(content))
