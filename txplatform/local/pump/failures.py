"""Which records fit into a batch, and which of them failed, by Lambda's rules for partial batch responses.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html: no list or an empty one is success; a
response that cannot be understood, or that names an unknown record, fails the whole batch.
"""

from collections.abc import Sequence
from typing import Any

from txplatform.local.functions import PAYLOAD_MAXIMUM, Outcome, payload_size

_ENVELOPE = len('{"Records":[]}')


def failed_records(outcome: Outcome, identifiers: Sequence[str], partial_responses: bool) -> set[str]:
    """Return those of the batch's `identifiers` that must be tried again."""
    if outcome.error:
        return set(identifiers)
    if not partial_responses or outcome.payload is None:
        return set()
    if not isinstance(outcome.payload, dict):
        return set(identifiers)
    failures = outcome.payload.get("batchItemFailures")
    if failures is None:
        return set()
    if not isinstance(failures, list):
        return set(identifiers)
    failed = {failure.get("itemIdentifier") if isinstance(failure, dict) else None for failure in failures}
    known = {identifier for identifier in identifiers if identifier in failed}
    return known if len(known) == len(failed) else set(identifiers)


def fitting(records: Sequence[dict[str, Any]]) -> int:
    """Return how many of the first records make one invocation within Lambda's quota: one at least."""
    size = _ENVELOPE
    for count, record in enumerate(records):
        size += payload_size(record) + 1
        if size > PAYLOAD_MAXIMUM:
            return max(1, count)
    return len(records)
