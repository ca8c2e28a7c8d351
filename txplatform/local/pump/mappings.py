"""Event-source mappings as they are deployed, read back from the Lambda API."""

from dataclasses import dataclass
from typing import Any

from txplatform.local.errors import LocalStackError

UNLIMITED = -1
_UNSUPPORTED = ("FilterCriteria", "TumblingWindowInSeconds", "SourceAccessConfigurations", "KMSKeyArn")
_QUEUE_CONCURRENCY = 2  # what one machine has room for, and the least that AWS takes as a MaximumConcurrency


@dataclass(frozen=True, slots=True)
class EventSourceMapping:
    """One mapping. `window` is in seconds; `max_attempts` (retries) and `max_age` (seconds) may be UNLIMITED."""

    uuid: str
    source_arn: str
    function_arn: str
    batch_size: int
    window: float = 0.0
    partial_responses: bool = False
    concurrency: int = _QUEUE_CONCURRENCY
    starting_position: str = "TRIM_HORIZON"
    bisect: bool = False
    max_attempts: int = UNLIMITED
    max_age: int = UNLIMITED
    destination_arn: str | None = None

    @property
    def service(self) -> str:
        """The event source's service: "sqs" or "dynamodb"."""
        return self.source_arn.split(":")[2]


def read_mappings(awslambda: Any) -> list[EventSourceMapping]:
    """Return every enabled mapping; raise LocalStackError for a property that the pump would have to ignore."""
    pages = awslambda.get_paginator("list_event_source_mappings").paginate()
    return [
        _mapping(description)
        for page in pages
        for description in page["EventSourceMappings"]
        if description["State"] != "Disabled"
    ]


def _mapping(description: dict[str, Any]) -> EventSourceMapping:
    source = description["EventSourceArn"]
    unsupported = [name for name in _UNSUPPORTED if description.get(name)]
    if description.get("ParallelizationFactor", 1) != 1:
        unsupported.append("ParallelizationFactor")
    if unsupported:
        raise LocalStackError(
            f"local stack: the event-source mapping of {source} uses {', '.join(unsupported)}, "
            f"which the local event pump does not carry out. Remedy: add it to txplatform/local/pump"
        )
    if source.split(":")[2] not in ("sqs", "dynamodb"):
        raise LocalStackError(f"local stack: the event pump reads no events from {source}")
    destination = description.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    return EventSourceMapping(
        uuid=description["UUID"],
        source_arn=source,
        function_arn=description["FunctionArn"],
        batch_size=int(description["BatchSize"]),
        window=float(description.get("MaximumBatchingWindowInSeconds", 0)),
        partial_responses="ReportBatchItemFailures" in description.get("FunctionResponseTypes", []),
        starting_position=description.get("StartingPosition", "TRIM_HORIZON"),
        bisect=bool(description.get("BisectBatchOnFunctionError", False)),
        max_attempts=int(description.get("MaximumRetryAttempts", UNLIMITED)),
        max_age=int(description.get("MaximumRecordAgeInSeconds", UNLIMITED)),
        destination_arn=destination,
    )
