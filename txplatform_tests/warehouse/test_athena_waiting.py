"""How a statement's end is seen, whatever it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from txplatform.errors import QueryError
from txplatform.warehouse.athena import Athena


class Service:
    """An Athena whose statement runs for one poll and then stays in the given state."""

    def __init__(self, state: str) -> None:
        self.polls = 0
        self._state = state

    def client(self, service: str) -> "Service":
        assert service == "athena"
        return self

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        yield

    def start_query_execution(self, **_: Any) -> dict[str, Any]:
        return {"QueryExecutionId": "q1"}

    def get_query_execution(self, **_: Any) -> dict[str, Any]:
        self.polls += 1
        status = {"State": self._state, "StateChangeReason": "by a person"} if self.polls > 1 else {"State": "RUNNING"}
        return {"QueryExecution": {"Status": status}}

    def stop_query_execution(self, **_: Any) -> None: ...


@pytest.mark.parametrize("state", ["CANCELLED", "FAILED"])
def test_a_statement_that_ends_without_a_result_is_an_error_at_once(state: str) -> None:
    service = Service(state)
    with pytest.raises(QueryError, match=f"query q1 {state.lower()}: by a person") as raised:
        Athena(service, timeout=timedelta(seconds=2)).execute("SELECT 1")  # type: ignore[arg-type]
    assert raised.value.query_id == "q1"
    assert service.polls == 2
