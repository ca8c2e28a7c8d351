"""`landing` wired to AWS in this process, and the rows it wrote."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdas.landing import handler as module
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import make_table

Cloud = Callable[[str], Any]


@pytest.fixture
def wired(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    make_table(cloud("dynamodb"), names.LEDGER_TABLE, "pk", "sk")
    monkeypatch.setenv("TXP_LEDGER_TABLE", names.LEDGER_TABLE)
    monkeypatch.setenv("TXP_RAW_PREFIX", names.RAW_PREFIX)
    monkeypatch.setenv("TXP_CDC_PREFIX", names.CDC_PREFIX)
    monkeypatch.setenv("TXP_ENTITIES", "payments,trades")
    monkeypatch.setenv("TXP_METRIC_NAMESPACE", names.METRIC_NAMESPACE)
    module._landing.cache_clear()
    yield
    module._landing.cache_clear()


def rows(cloud: Cloud) -> list[Any]:
    return cloud("dynamodb").scan(TableName=names.LEDGER_TABLE)["Items"]
