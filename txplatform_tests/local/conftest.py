"""The services alone, without a deployed data plane, for tests of one part of the runtime."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from txplatform.local.children import Child
from txplatform.local.clients import LocalClients


@pytest.fixture(scope="package")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClients]:
    """Clients of an empty local AWS, shared by the tests of this folder: use names of your own."""
    state: Path = tmp_path_factory.mktemp("services")
    child = Child.start("aws", "txplatform.local.aws", ["--port", "0"], state, {})
    try:
        yield LocalClients(child.wait_ready(60)["endpoint"])
    finally:
        child.stop(2)
