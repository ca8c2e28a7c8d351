"""The documented events: each has a source and is fed to a function; the local stack writes failures in their form."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from txplatform_tests.lambdas.conftest import EVENTS

DOCUMENTS = sorted(path.relative_to(EVENTS).with_suffix("").as_posix() for path in EVENTS.rglob("*.json"))
_ROW = re.compile(
    r"\| `(?P<name>[^`]+)\.json` \|.*\| \[[^\]]+\]\((?P<source>https://docs\.aws\.amazon\.com/[^)]+)\) \|"
)


def test_the_readme_names_the_source_of_every_document_and_no_other() -> None:
    rows = [_ROW.fullmatch(line) for line in (EVENTS / "README.md").read_text().splitlines() if ".json` |" in line]
    assert None not in rows, "a row of the table without a page of AWS's documentation"
    assert sorted(row["name"] for row in rows if row) == DOCUMENTS


def test_there_are_documents_of_every_kind() -> None:
    kinds = {name.partition("/")[0] for name in DOCUMENTS if "/" in name}
    assert kinds == {"sqs", "dynamodb", "http_api", "authorizer", "s3", "failures"}
    assert len(DOCUMENTS) >= 80


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_used(name: str) -> None:
    tests = [path.read_text() for path in Path(__file__).parent.rglob("*.py")]
    use = f'"{name}"' if "/" in name else f'event("{name}")'
    assert any(use in text for text in tests)


def _report(document: Any, name: str) -> Any:
    """The report of a failure, taken out of what carries it."""
    match name:
        case "failures/stream_to_s3":
            return document
        case "failures/stream_to_sns":
            return json.loads(document["Records"][0]["Sns"]["Message"])
        case _:
            return json.loads(document["Records"][0]["body"])


def _shape(value: Any) -> Any:
    """The names and types of a document."""
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in cast("dict[str, Any]", value).items()}
    return type(value).__name__


@pytest.mark.parametrize(
    ("name", "destination"),
    [
        ("failures/stream_to_s3", "arn:aws:s3:::failures"),
        ("failures/stream_to_sqs", "arn:aws:sqs:us-east-1:123456789012:failures"),
        ("failures/stream_to_sns", "arn:aws:sns:us-east-1:123456789012:failures"),
        ("failures/stream_to_sqs_record_age_exceeded", "arn:aws:sqs:us-east-1:123456789012:failures"),
    ],
)
def test_the_local_stack_reports_failures_in_the_documented_form(
    event: Callable[[str], Any], name: str, destination: str
) -> None:
    module = pytest.importorskip(
        "txplatform.local.pump.destination", reason="the platform is not installed on this Python"
    )
    functions = pytest.importorskip("txplatform.local.functions")
    mappings = pytest.importorskip("txplatform.local.pump.mappings")
    documented = _report(event(name), name)
    records = json.loads(event("failures/stream_to_s3")["payload"])["Records"]
    condition = documented["requestContext"]["condition"]
    error = None if condition == "RecordAgeExceeded" else {"errorType": "E", "errorMessage": "m"}
    info = documented["DDBStreamBatchInfo"]
    mapping = mappings.EventSourceMapping(
        "id", info["streamArn"], documented["requestContext"]["functionArn"], 100, destination_arn=destination
    )
    aws = _Sent()

    module.OnFailure(aws, mapping, info["shardId"]).send(
        condition, records[: info["batchSize"]], 5, functions.Outcome(error=error)
    )

    [sent] = aws.documents
    assert _shape(sent) == _shape(documented)
    for field in ("shardId", "startSequenceNumber", "endSequenceNumber", "batchSize", "streamArn"):
        assert sent["DDBStreamBatchInfo"][field] == info[field]
    if "payload" in documented:
        assert json.loads(sent["payload"]) == json.loads(documented["payload"])


class _Sent:
    """Clients of AWS that keep the documents they are to send."""

    def __init__(self) -> None:
        self.documents: list[Any] = []

    def __call__(self, _service: str) -> Any:
        return self

    def get_queue_url(self, **_: str) -> dict[str, str]:
        return {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/failures"}

    def send_message(self, **call: str) -> None:
        self.documents.append(json.loads(call["MessageBody"]))

    def publish(self, **call: str) -> None:
        self.documents.append(json.loads(call["Message"]))

    def put_object(self, **call: Any) -> None:
        self.documents.append(json.loads(call["Body"]))
