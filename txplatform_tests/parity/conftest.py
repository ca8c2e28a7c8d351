"""The stand of the lake, with the operational table of its entity."""

from collections.abc import Iterator

import pytest

from txplatform_tests.parity.stores import Store


@pytest.fixture
def store(credentials: None) -> Iterator[Store]:
    """An entity like `payments`, of its own."""
    found = Store.of("payments")
    assert isinstance(found, Store)
    yield found
    found.dynamodb.delete_table(TableName=found.table)
