"""The function killed at every external call in turn: after redelivery each message is stored or a dead letter."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3
from botocore.client import BaseClient

from lambdas.source import handler as module
from lambdas.source.handler import handler
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.render.mapping import publish_mapping
from txplatform_tests.lambdas.conftest import CONTEXT
from txplatform_tests.lambdas.source.conftest import Cloud, received, stored
from txplatform_tests.lambdas.source.stripe import CUSTOMER, event, intent

pytestmark = pytest.mark.usefixtures("wired")

MOST_CALLS = 40
BODIES = (
    intent(),
    [intent(id="pi_2"), intent(id="pi_3", status="lost"), CUSTOMER],
    "{",
    event({"object": "plan", "id": "p"}, "plan.created"),
)


class KilledError(BaseException):
    """The process ends here: nothing in it may catch this."""


class _Calls:
    """Counts what the function asks of others, and kills it at one call: before it is made, or after."""

    def __init__(self) -> None:
        self.made = 0
        self.at: int | None = None
        self.after = False

    def __call__(self, call: Callable[[], Any]) -> Any:
        self.made += 1
        if self.made != self.at:
            return call()
        if self.after:
            call()
        raise KilledError


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, wired: None, dynamodb: Any) -> Iterator[_Calls]:
    """Stands between the function and AWS, and between the function and the API; the API itself is not killed."""
    publish_mapping(dynamodb, load_systems(load_contracts())["stripe"])
    calls, depth = _Calls(), [0]
    aws_call, http_call = BaseClient._make_api_call, urllib3.PoolManager.request

    def aws(self: Any, operation: str, arguments: Any) -> Any:
        made = lambda: aws_call(self, operation, arguments)  # noqa: E731
        return made() if depth[0] else calls(made)

    def http(self: Any, *given: Any, **named: Any) -> Any:
        def made() -> Any:
            depth[0] += 1
            try:
                return http_call(self, *given, **named)
            finally:
                depth[0] -= 1

        return calls(made)

    monkeypatch.setattr(BaseClient, "_make_api_call", aws)
    monkeypatch.setattr(urllib3.PoolManager, "request", http)
    yield calls
    calls.at = None


def _deliver(messages: Callable[..., Any]) -> None:
    answer = handler(messages(*BODIES, system="stripe"), CONTEXT)
    assert answer == {"batchItemFailures": []}


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
def test_each_message_is_stored_or_a_dead_letter_wherever_the_function_is_killed(
    calls: _Calls, cloud: Cloud, messages: Callable[..., Any], after: bool
) -> None:
    _deliver(messages)
    total = calls.made
    assert 6 <= total <= MOST_CALLS
    expected, _ = stored(cloud), received(cloud, names.source_dead_letter_queue("stripe"))
    assert expected.keys() == {"pi_1", "pi_2"}
    calls.after = after
    for at in range(1, total + 1):
        _empty(cloud)
        module._source.cache_clear()
        calls.made, calls.at = 0, at
        with pytest.raises(KilledError):
            handler(messages(*BODIES, system="stripe"), CONTEXT)
        calls.at = None

        _deliver(messages)

        assert stored(cloud) == expected, f"killed at call {at}"
        dead_letters = received(cloud, names.source_dead_letter_queue("stripe"))
        ids = [item["origin"]["message_id"] for item in dead_letters]
        assert set(ids) == {"m1", "m2"}, f"killed at call {at}"
        # SQS delivers at least once: only what was sent before the kill comes twice, under the same id.
        assert len(ids) == 2 or (len(ids) == 4 and sorted(ids) == ["m1", "m1", "m2", "m2"])
        assert [item["origin"]["message_id"] for item in dead_letters if "pi_1" in item["payload"]] == []


def _empty(cloud: Cloud) -> None:
    for entity in ("payments", "customers"):
        table = names.entity_table(entity)
        for item in cloud("dynamodb").scan(TableName=table)["Items"]:
            cloud("dynamodb").delete_item(TableName=table, Key={"pk": item["pk"]})
