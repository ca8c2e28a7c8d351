"""`landing` on the S3 notifications that AWS documents, wrapped in SQS: the rows of the ledger, and what goes back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lambdas.landing.handler import handler
from lambdas.shared.errors import MalformedEventError
from txplatform_tests.lambdas.conftest import CONTEXT, Counted
from txplatform_tests.lambdas.landing.conftest import Cloud, rows

pytestmark = pytest.mark.usefixtures("wired")

VERSION = "096fKKXTRTtl3on89fVO.nfljtsv6qko"
DAILY = "raw/payments/dt=2025-11-26/daily.csv.gz"


@dataclass(frozen=True)
class Row:
    """What tells one row of the ledger from another."""

    pk: str
    object_key: str
    version_id: str = VERSION
    state: str = "PENDING"
    etag: str = "b21b84d653bb07b05b1e6b33684dc11b"
    size: int = 1305107


EMPTY_ETAG = "d41d8cd98f00b204e9800998ecf8427e"
ROWS: dict[str, set[Row]] = {
    "s3/object_created_put": {Row("files#payments", DAILY)},
    "s3/object_created_post": {
        Row("unrecognised#raw", "raw/customers/dt=2025-11-26/upload.csv", state="FAILED")  # not among the entities
    },
    "s3/object_created_copy": {Row("changes#payments", "cdc/payments/dt=2025-11-26/0001-0002.jsonl.gz")},
    "s3/object_created_complete_multipart_upload": {
        Row(
            "files#trades",
            "raw/trades/dt=2025-11-26/large.parquet",
            etag="d41d8cd98f00b204e9800998ecf8427e-641",
            size=5368709121,
        )
    },
    "s3/object_removed_delete": set(),
    "s3/object_removed_delete_marker_created": set(),
    "s3/object_restore_completed": set(),
    "s3/lifecycle_expiration_delete": set(),
    "s3/test_event": set(),
    "s3/url_encoded_key": {Row("files#payments", "raw/payments/dt=2025-11-26/Täglich 100% #1 (a+b).csv")},
    "s3/unversioned_bucket": {Row("files#payments", DAILY, "null")},
    "s3/empty_object": {Row("files#payments", "raw/payments/dt=2025-11-26/empty.csv", etag=EMPTY_ETAG, size=0)},
    "s3/folder_made_by_the_console": set(),
    "s3/unrecognised_prefix": {Row("unrecognised#warehouse", "warehouse/payments/data.parquet", state="FAILED")},
    "s3/multi_record": {
        Row("files#payments", DAILY),
        Row("files#payments", DAILY, "QUpfdndhfd8438MNFDN93jdnJFkdmqnh893"),
    },
    "s3/eventbridge": set(),
    "s3/sns_wrapped": {Row("files#payments", DAILY)},
    "failures/stream_to_sqs": set(),
    "failures/stream_to_sqs_record_age_exceeded": set(),
}
RETURNED = {
    "s3/eventbridge": "m-eventbridge",
    "s3/sns_wrapped": "m-sns",
    "failures/stream_to_sqs": "m-failed-batch",
    "failures/stream_to_sqs_record_age_exceeded": "m-aged-batch",
}


def _rows(cloud: Cloud) -> set[Row]:
    return {
        Row(
            pk=row["pk"]["S"],
            object_key=row["object_key"]["S"],
            version_id=row["version_id"]["S"],
            state=row["state"]["S"],
            etag=row["etag"]["S"],
            size=int(row["size"]["N"]),
        )
        for row in rows(cloud)
    }


@pytest.mark.parametrize("name", ROWS)
def test_every_object_is_a_row_and_what_is_not_a_notification_goes_back(
    cloud: Cloud, event: Callable[[str], Any], counted: Counted, name: str
) -> None:
    returned = [{"itemIdentifier": RETURNED[name]}] if name in RETURNED else []

    assert handler(event(name), CONTEXT) == {"batchItemFailures": returned}

    assert _rows(cloud) == ROWS[name]
    failed = {row.pk.removeprefix("unrecognised#") for row in ROWS[name] if row.state == "FAILED"}
    assert counted() == {("Prefix", prefix): {"ObjectsUnrecognised": 1.0} for prefix in failed}


def test_the_request_that_lambda_keeps_of_a_failed_asynchronous_call_can_be_run_again(
    cloud: Cloud, event: Callable[[str], Any]
) -> None:
    kept = event("failures/async_invoke")
    assert handler(kept["requestPayload"], CONTEXT) == {"batchItemFailures": []}
    assert _rows(cloud) == {Row("files#payments", DAILY)}


@pytest.mark.parametrize("name", ["failures/async_invoke", "failures/stream_to_sns", "failures/stream_to_s3"])
def test_a_report_of_failure_is_not_a_notification(cloud: Cloud, event: Callable[[str], Any], name: str) -> None:
    with pytest.raises(MalformedEventError, match="not an SQS event"):
        handler(event(name), CONTEXT)
    assert rows(cloud) == []
