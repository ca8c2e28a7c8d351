"""The scripted API for each test of the client."""

from collections.abc import Iterator

import pytest

from txplatform.client import Records
from txplatform_tests.client.scripted import Script, Server, Time


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def script(server: Server) -> Script:
    return server.script


@pytest.fixture
def time(server: Server) -> Time:
    return server.time


@pytest.fixture
def payments(server: Server) -> Iterator[Records]:
    with server.api() as api:
        yield api.entity("payments")
