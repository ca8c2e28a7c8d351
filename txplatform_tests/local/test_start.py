"""What keeps the local stack from starting is reported in a line, with a remedy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from txplatform.local import stack
from txplatform.local.application import Application
from txplatform.local.errors import LocalStackError
from txplatform.local.gateway.server import bind
from txplatform.local.stack import LocalStack


def read_bundle(key: str) -> bytes:
    raise LocalStackError(f"there is no bundle {key}")


NOTHING = Application("nothing", {"Resources": {}}, read_bundle)


class Services:
    """In place of the services' process."""

    @classmethod
    def start(cls, *_: Any) -> "Services":
        return cls()

    def stop(self, _: float) -> None:
        pass


@pytest.fixture(autouse=True)
def _no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "Child", Services)


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with bind() as taken, pytest.raises(LocalStackError, match=r"Address already in use.*--port"):
        LocalStack.start(NOTHING, tmp_path, taken.getsockname()[1])


def test_a_directory_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalStackError, match=r"Not a directory.*--state-dir"):
        LocalStack.start(NOTHING, tmp_path / "file" / "state")


def test_no_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Callable[..., Any]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Services, "start", full)
    with pytest.raises(LocalStackError, match=r"No space left.*make space"):
        LocalStack.start(NOTHING, tmp_path)
