"""Fixtures of the warehouse's tests."""

import pytest

from txplatform_tests.lake_stand import CREDENTIALS, Stand


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Stand:
    """An entity like `payments`, of its own."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return Stand.of("payments")
