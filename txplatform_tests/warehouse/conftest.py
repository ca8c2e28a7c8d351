"""Fixtures of the warehouse's tests."""

import pytest

from txplatform_tests.lake_stand import CREDENTIALS, Stand


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """What clients of the local AWS sign with."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def stand(credentials: None) -> Stand:
    """An entity like `payments`, of its own."""
    return Stand.of("payments")
