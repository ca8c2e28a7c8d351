"""A long poll that DynamoDB streams lack: it is answered as soon as there are records at an iterator.

The event pump asks it between two reads of an idle shard. Whatever it asks of the stream itself is AWS's own API.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode
from urllib.request import ProxyHandler, build_opener

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PATH = "/-/stream-records"  # no bucket has such a name
_LONGEST_SECONDS = 20.0  # as SQS waits at most
_ANSWER_SECONDS = 10.0  # beyond that, for an answer from a busy machine
_LOCAL = build_opener(ProxyHandler({}))  # no proxy, whatever the environment says


def await_records(endpoint: str, iterator: str) -> None:
    """Return when a shard iterator has records, or after 20 seconds; raise OSError when nobody can tell."""
    url = f"{endpoint}{_PATH}?{urlencode({'iterator': iterator})}"
    _LOCAL.open(url, timeout=_LONGEST_SECONDS + _ANSWER_SECONDS).close()


class StreamWaits:
    """The side that answers; `wait` is given an iterator and seconds, and raises LookupError for anything else."""

    def __init__(self, wait: Callable[[str, float], object]) -> None:
        self._wait = wait

    def handles(self, environ: "WSGIEnvironment") -> bool:
        """Whether a request asks to wait for records."""
        return environ["PATH_INFO"] == _PATH

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        status = HTTPStatus.OK
        try:
            self._wait(parse_qs(environ["QUERY_STRING"]).get("iterator", [""])[0], _LONGEST_SECONDS)
        except LookupError:
            status = HTTPStatus.NOT_FOUND
        start_response(f"{status.value} {status.phrase}", [("Content-Length", "0")])
        return []
