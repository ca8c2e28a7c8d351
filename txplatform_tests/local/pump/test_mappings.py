"""Mappings are read back from the Lambda API as they were deployed."""

from typing import Any

import pytest

from txplatform.local.errors import LocalStackError
from txplatform.local.pump.mappings import UNLIMITED, EventSourceMapping, read_mappings

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/2026-01-01T00:00:00.000"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"


class Listing:
    """A Lambda client that lists the given descriptions, a page each."""

    def __init__(self, *descriptions: dict[str, Any]) -> None:
        self._descriptions = descriptions

    def get_paginator(self, operation: str) -> "Listing":
        assert operation == "list_event_source_mappings"
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"EventSourceMappings": [description]} for description in self._descriptions]


def described(source: str, **properties: Any) -> dict[str, Any]:
    base = {"UUID": "id", "EventSourceArn": source, "FunctionArn": FUNCTION, "BatchSize": 10, "State": "Enabled"}
    return base | properties


def test_every_property_is_read() -> None:
    description = described(
        STREAM,
        BatchSize=100,
        MaximumBatchingWindowInSeconds=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        StartingPosition="LATEST",
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=3,
        MaximumRecordAgeInSeconds=86400,
        DestinationConfig={"OnFailure": {"Destination": "arn:aws:s3:::bucket"}},
    )
    expected = EventSourceMapping(
        uuid="id",
        source_arn=STREAM,
        function_arn=FUNCTION,
        batch_size=100,
        window=1.0,
        partial_responses=True,
        starting_position="LATEST",
        bisect=True,
        max_attempts=3,
        max_age=86400,
        destination_arn="arn:aws:s3:::bucket",
    )
    assert read_mappings(Listing(description)) == [expected]


def test_what_is_left_out_has_the_defaults_of_aws() -> None:
    (mapping,) = read_mappings(Listing(described(QUEUE)))
    assert (mapping.window, mapping.partial_responses, mapping.max_attempts, mapping.max_age) == (
        0.0,
        False,
        UNLIMITED,
        UNLIMITED,
    )
    assert mapping.service == "sqs"


def test_disabled_mappings_are_left_alone() -> None:
    assert read_mappings(Listing(described(QUEUE, State="Disabled"))) == []


@pytest.mark.parametrize(
    "properties",
    [{"FilterCriteria": {"Filters": [{}]}}, {"TumblingWindowInSeconds": 5}, {"ParallelizationFactor": 2}],
)
def test_what_the_pump_would_ignore_is_refused(properties: dict[str, Any]) -> None:
    with pytest.raises(LocalStackError, match=next(iter(properties))):
        read_mappings(Listing(described(STREAM, **properties)))


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(LocalStackError, match="kinesis"):
        read_mappings(Listing(described("arn:aws:kinesis:us-east-1:1:stream/s")))
