"""Spreads the suite over pytest-xdist's worker processes; without them nothing here has an effect.

A worker takes file by file, and starts a local stack of its own when the first test asks: what takes longest comes
first. A test that is marked `alone` waits until no other runs, and lets none begin.
`make test` has the options that this needs.
"""

import fcntl
import os
from collections.abc import Generator
from pathlib import Path
from tempfile import mkstemp
from typing import Any

import pytest

_PATH = pytest.StashKey[Path]()  # of the file that the workers of one run lock while a test runs
_LOCK = pytest.StashKey[int]()  # the file, opened in a worker
_LONGEST = ("stack", "stand")  # fixtures that start processes, in the order of what their tests take


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of the file; the controlling process calls this for each."""
    stash = node.config.stash
    if _PATH not in stash:
        descriptor, name = mkstemp(prefix="txplatform-tests-")
        os.close(descriptor)
        stash[_PATH] = Path(name)
        node.config.add_cleanup(stash[_PATH].unlink)
    node.workerinput["lock"] = str(stash[_PATH])


def pytest_configure(config: pytest.Config) -> None:
    """Open the file, in a worker."""
    if hasattr(config, "workerinput"):
        config.stash[_LOCK] = os.open(config.workerinput["lock"], os.O_RDONLY)
        config.add_cleanup(lambda: os.close(config.stash[_LOCK]))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests into the order in which workers should take them."""
    if _LOCK in config.stash:
        items.sort(key=_rank)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # outside of the time limit of a test: waiting does not count
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test beside those of other workers, or alone."""
    lock = item.config.stash.get(_LOCK, None)
    if lock is None:
        return (yield)
    fcntl.flock(lock, fcntl.LOCK_EX if _alone(item) else fcntl.LOCK_SH)
    try:
        return (yield)
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Escape what a worker cannot send: the report of a failed property may show half of a surrogate pair."""
    return _sendable((yield))


def _sendable(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case dict():
            return {key: _sendable(item) for key, item in value.items()}
        case list():
            return [_sendable(item) for item in value]
        case tuple():  # a skip's place and reason, which pytest's summary takes as a tuple alone
            return tuple(_sendable(item) for item in value)
    return value


def _alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None


def _rank(item: pytest.Item) -> int:
    if _alone(item):  # last, when no other worker has much left to do
        return len(_LONGEST) + 1
    fixtures = getattr(item, "fixturenames", [])
    return next((place for place, name in enumerate(_LONGEST) if name in fixtures), len(_LONGEST))
