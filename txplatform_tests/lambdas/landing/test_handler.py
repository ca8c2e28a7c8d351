"""`landing` from notification to ledger, on AWS in this process."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.landing import handler as module
from lambdas.landing.handler import handler
from lambdas.shared.errors import MalformedEventError
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import CONTEXT, Counted
from txplatform_tests.lambdas.landing.conftest import Cloud, rows

pytestmark = pytest.mark.usefixtures("wired")


@pytest.fixture
def messages(event: Callable[[str], Any]) -> Callable[..., Any]:
    """An SQS event of bodies; message ids are m0, m1, …"""

    def make(*bodies: Any) -> Any:
        [template] = event("sqs")["Records"]
        records = [{**template, "messageId": f"m{index}", "body": body} for index, body in enumerate(bodies)]
        return {"Records": [{**item, "body": json.dumps(item["body"])} for item in records]}

    return make


def test_an_object_is_a_row_and_a_repetition_changes_nothing(
    cloud: Cloud, event: Callable[[str], Any], messages: Callable[..., Any]
) -> None:
    notification = event("s3_notification")
    assert handler(messages(notification, event("s3_test_event")), CONTEXT) == {"batchItemFailures": []}
    [row] = rows(cloud)
    assert (row["pk"], row["state"]) == ({"S": "files#payments"}, {"S": "PENDING"})
    done = {name: value for name, value in row.items() if name != "pending"} | {"state": {"S": "DONE"}}
    cloud("dynamodb").put_item(TableName=names.LEDGER_TABLE, Item=done)
    assert handler(messages(notification, notification), CONTEXT) == {"batchItemFailures": []}
    assert rows(cloud) == [done]


def test_a_new_version_of_an_object_is_a_row_of_its_own(
    cloud: Cloud, event: Callable[[str], Any], messages: Callable[..., Any]
) -> None:
    again = event("s3_notification")
    again["Records"][0]["s3"]["object"]["versionId"] = "another"
    handler(messages(event("s3_notification"), again), CONTEXT)
    assert {row["version_id"]["S"] for row in rows(cloud)} == {"096fKKXTRTtl3on89fVO.nfljtsv6qko", "another"}


def test_what_cannot_be_placed_is_counted_and_stops_nothing(
    cloud: Cloud, event: Callable[[str], Any], messages: Callable[..., Any], counted: Counted
) -> None:
    made = [event("s3_notification") for _ in range(4)]
    for notification, key in zip(
        made,
        ("raw/paymnts/dt=2026-11-22/a.csv", "raw/payments/a.csv", "cdc/x", "raw/trades/dt=2026-11-22/a.csv"),
        strict=True,
    ):
        notification["Records"][0]["s3"]["object"]["key"] = key
    assert handler(messages(*made), CONTEXT) == {"batchItemFailures": []}
    assert [row["pk"]["S"] for row in rows(cloud) if row["state"] == {"S": "PENDING"}] == ["files#trades"]
    assert counted() == {
        ("Prefix", "raw"): {"ObjectsUnrecognised": 2.0},
        ("Prefix", "cdc"): {"ObjectsUnrecognised": 1.0},
    }


def test_the_log_names_the_object(
    cloud: Cloud, event: Callable[[str], Any], messages: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []
    monkeypatch.setattr(module.log, "info", lambda _, extra: said.append(extra))
    handler(messages(event("s3_notification")), CONTEXT)
    assert [extra["object_key"] for extra in said] == [row["object_key"]["S"] for row in rows(cloud)]


def test_a_bad_message_goes_back_alone(cloud: Cloud, event: Callable[[str], Any], messages: Callable[..., Any]) -> None:
    made = messages({"no": "notification"}, event("s3_notification"))
    assert handler(made, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert len(rows(cloud)) == 1


def test_without_the_ledger_all_goes_back(
    cloud: Cloud, event: Callable[[str], Any], messages: Callable[..., Any]
) -> None:
    cloud("dynamodb").delete_table(TableName=names.LEDGER_TABLE)
    assert handler(messages(event("s3_notification")), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


@pytest.mark.parametrize("malformed", [{}, {"Records": [{}]}, {"Records": None}])
def test_another_event_is_refused(malformed: Any) -> None:
    with pytest.raises(MalformedEventError):
        handler(malformed, CONTEXT)
