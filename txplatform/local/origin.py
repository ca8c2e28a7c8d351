"""Keeps web pages out: what listens on the loopback address can still be reached by any page in a browser.

A page of another site says so in `Origin`; one whose name was rebound to this machine shows that name in `Host`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_BODY = b'{"message":"Forbidden"}'


class LocalOnly:
    """WSGI middleware that refuses requests whose Origin or Host is another machine."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        origin = environ.get("HTTP_ORIGIN")
        if _is_local(f"//{environ.get('HTTP_HOST', 'localhost')}") and (origin is None or _is_local(origin)):
            return self._application(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "application/json"), ("Content-Length", str(len(_BODY)))])
        return [_BODY]


def _is_local(url: str) -> bool:
    """Say whether a URL's host is this machine; S3 clients put the bucket before it (bucket.localhost)."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host in ("127.0.0.1", "localhost") or host.endswith(".localhost")
