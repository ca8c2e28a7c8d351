"""Delivers a batch of stream records to a function, with Lambda's error handling for streams.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html: a partial response moves the
checkpoint to the lowest failed record; a batch that fails as a whole is bisected, which uses up no attempt, or tried
again. Records out of attempts, or too old, go to the on-failure destination. Nothing later in the shard is delivered
before those are dealt with.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from txplatform.local.functions import Outcome
from txplatform.local.pump.destination import OnFailure
from txplatform.local.pump.failures import failed_records
from txplatform.local.pump.mappings import UNLIMITED, EventSourceMapping
from txplatform.local.pump.stopping import Stopping

logger = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0

Records = list[dict[str, Any]]


class StreamDelivery:
    """The error handling of one mapping."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        invoke: Callable[[str, Any], Outcome],
        on_failure: OnFailure,
        stopping: Stopping,
    ) -> None:
        self._mapping = mapping
        self._invoke = invoke
        self._on_failure = on_failure
        self._stopping = stopping

    def deliver(self, records: Records) -> None:
        """Return when every record is processed or discarded, or when stopped."""
        with self._stopping.batch():
            self._deliver(records)

    def _deliver(self, records: Records) -> None:
        waiting: deque[tuple[Records, int]] = deque([(records, 0)])
        while waiting and not self._stopping.is_set():
            batch, attempts = waiting.popleft()
            batch = self._without_expired(batch, attempts)
            if not batch:
                continue
            outcome = self._invoke(self._mapping.function_arn, {"Records": batch})
            first_failed = self._first_failed(outcome, batch)
            if first_failed is None:
                continue
            rest = batch[first_failed:]
            if first_failed > 0:
                waiting.appendleft((rest, 0))  # the checkpoint moved: what is left counts as a new batch
            elif self._mapping.bisect and len(rest) > 1:
                middle = len(rest) // 2
                waiting.extendleft([(rest[middle:], attempts), (rest[:middle], attempts)])
            elif self._mapping.max_attempts != UNLIMITED and attempts >= self._mapping.max_attempts:
                self._discard("RetryAttemptsExhausted", rest, attempts + 1, outcome)
            else:
                self._stopping.wait(min(_FIRST_PAUSE_SECONDS * 2**attempts, _LONGEST_PAUSE_SECONDS))
                waiting.appendleft((rest, attempts + 1))

    def _first_failed(self, outcome: Outcome, batch: Records) -> int | None:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        failed = failed_records(outcome, numbers, self._mapping.partial_responses)
        return next((index for index, number in enumerate(numbers) if number in failed), None)

    def _without_expired(self, batch: Records, attempts: int) -> Records:
        if self._mapping.max_age == UNLIMITED:
            return batch
        oldest = time.time() - self._mapping.max_age
        expired = [record for record in batch if record["dynamodb"]["ApproximateCreationDateTime"] < oldest]
        if expired:
            self._discard("RecordAgeExceeded", expired, attempts, Outcome())
        return [record for record in batch if record["dynamodb"]["ApproximateCreationDateTime"] >= oldest]

    def _discard(self, condition: str, records: Records, invocations: int, outcome: Outcome) -> None:
        logger.error("%s: %d records of %s abandoned", condition, len(records), self._mapping.source_arn)
        self._on_failure.send(condition, records, invocations, outcome)
