"""Which service a request is for: moto lists its folders on the disk for every request, under a lock of all threads."""

from functools import lru_cache

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

_REMEMBERED = 1000  # hosts


def apply() -> None:
    """Remember the answer for each host, which never changes."""
    found = DomainDispatcherApplication.get_backend_for_host
    DomainDispatcherApplication.get_backend_for_host = lru_cache(_REMEMBERED)(found)  # type: ignore[method-assign]
