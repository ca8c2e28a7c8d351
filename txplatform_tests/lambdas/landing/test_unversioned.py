"""`landing` in a bucket without versions: what makes a second notification of a key news."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.landing.handler import handler
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import CONTEXT
from txplatform_tests.lambdas.landing.conftest import Cloud, rows

pytestmark = pytest.mark.usefixtures("wired")
FIRST, OTHER = "a" * 32, "b" * 32
NINE = "2026-11-23T09:40:00.500Z"


@pytest.fixture
def land(event: Callable[[str], Any]) -> Callable[[str, str], None]:
    """Hand over the notification of a content (its ETag) and a moment."""

    def deliver(etag: str, moment: str) -> None:
        delivered = event("sqs")
        notification = event("s3_notification")
        record = notification["Records"][0]
        del record["s3"]["object"]["versionId"]
        record["s3"]["object"]["eTag"] = etag
        record["eventTime"] = moment
        delivered["Records"] = [{**delivered["Records"][0], "body": json.dumps(notification)}]
        assert handler(delivered, CONTEXT) == {"batchItemFailures": []}

    return deliver


def _states(cloud: Cloud) -> dict[str, str]:
    return {row["etag"]["S"]: row["state"]["S"] for row in rows(cloud)}


def _finish(cloud: Cloud) -> None:
    """Mark every row done, as a run does."""
    for row in rows(cloud):
        done = {name: value for name, value in row.items() if name != "pending"} | {"state": {"S": "DONE"}}
        cloud("dynamodb").put_item(TableName=names.LEDGER_TABLE, Item=done)


def test_a_corrected_file_under_the_same_name_is_pending(cloud: Cloud, land: Callable[[str, str], None]) -> None:
    land(FIRST, NINE)
    _finish(cloud)
    land(OTHER, NINE)
    assert _states(cloud) == {FIRST: "DONE", OTHER: "PENDING"}


def test_the_same_notification_again_changes_nothing(cloud: Cloud, land: Callable[[str, str], None]) -> None:
    land(FIRST, NINE)
    _finish(cloud)
    land(FIRST, NINE)
    land(FIRST, "2026-11-23T09:39:59.000Z")  # an older one that comes late
    assert _states(cloud) == {FIRST: "DONE"}


def test_a_content_that_comes_back_later_is_pending_again(cloud: Cloud, land: Callable[[str, str], None]) -> None:
    for etag, second in ((FIRST, 0), (OTHER, 1)):
        land(etag, f"2026-11-23T09:40:0{second}.500Z")
    _finish(cloud)
    land(FIRST, "2026-11-23T09:40:02.100Z")
    assert _states(cloud) == {FIRST: "PENDING", OTHER: "DONE"}


def test_the_notification_of_what_a_listing_has_entered_changes_nothing(
    cloud: Cloud, land: Callable[[str, str], None]
) -> None:
    land(FIRST, "2026-11-23T09:40:00.000Z")  # a listing gives seconds
    _finish(cloud)
    land(FIRST, NINE)
    assert _states(cloud) == {FIRST: "DONE"}
