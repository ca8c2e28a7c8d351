"""Attempts on pending objects: counted before the work, put off after a failure, abandoned when it cannot pass.

A retryable failure (an outage, a newer contract) is tried for ever, with growing pauses. Objects whose last five
attempts in a row ended in a terminal error of the platform are abandoned, once an alert has said so, until an operator
redrives them.
"""

from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from txplatform.clock import utc_now
from txplatform.contracts.names import LEDGER_EXPIRY_ATTRIBUTE, Lane
from txplatform.errors import PlatformError
from txplatform.ledger.objects import Objects
from txplatform.ledger.rows import LandedObject, State, done_item, partition, update_values

if TYPE_CHECKING:
    from txplatform.alerts import Alerts

MAX_ATTEMPTS = 5
UNFINISHED = "the attempt has not ended: it is at work, or its process was killed"
_BACK_OFF, _LONGEST_BACK_OFF = timedelta(seconds=5), timedelta(minutes=5)  # doubled with every attempt, up to the cap
_REASON_LENGTH = 1000
_PARALLEL = 8


class Attempts(Objects):
    """Counts attempts and records how they ended."""

    @contextmanager
    def counted_attempt(
        self, alerts: "Alerts", entity: str, objects: Sequence[LandedObject]
    ) -> Generator[list[LandedObject]]:
        """Count an attempt on the objects before the work in the block; yield them as counted; record a failure.

        Objects that have failed five times in a row with a terminal error are abandoned if the alert on that could be
        published. On others one alert says after five attempts that they keep failing: an outage or a defect may last,
        and what landed is taken in once it is over. Objects that the work has marked done by then did not fail.
        """
        killed = [item.uri for item in objects if item.attempts == MAX_ATTEMPTS and item.reason == UNFINISHED]
        why = f"{MAX_ATTEMPTS} attempts were made; the last one's process was killed. They are tried again."
        alerts.publish_objects(entity, killed, "failing repeatedly", why)
        tried = self.attempt(objects)
        try:
            yield tried
        except Exception as error:
            self.fail(alerts, entity, tried, error)
            raise

    def fail(self, alerts: "Alerts", entity: str, tried: Iterable[LandedObject], error: Exception) -> None:
        """Record that the attempt on these objects ended in an error, and alert or abandon where it was the fifth."""
        terminal = isinstance(error, PlatformError) and not error.retryable
        reason = f"{type(error).__name__}: {error}"
        failed = self.failed(tried, reason, terminal=terminal)
        lost = [item for item in failed if item.terminal_attempts >= MAX_ATTEMPTS]
        failing = [item.uri for item in failed if item.attempts == MAX_ATTEMPTS and item not in lost]
        why = f"{MAX_ATTEMPTS} attempts failed, the last with {type(error).__name__}."
        remedy = f"Once the cause is fixed: txplatform ledger redrive {entity}"
        if alerts.publish_objects(entity, [item.uri for item in lost], "abandoned", f"{why} {remedy}"):
            self.abandon(lost, reason)
        alerts.publish_objects(entity, failing, "failing repeatedly", f"{why} They are tried again.")

    def attempt(self, objects: Iterable[LandedObject], now: datetime | None = None) -> list[LandedObject]:
        """Count an attempt on each object and put off the next one; return the objects as they are then.

        To be called before the work on them: a process that is killed by its work has been counted too.
        """
        now = now or utc_now()
        tried = [_put_off(replace(item, attempts=item.attempts + 1, reason=UNFINISHED), now) for item in objects]
        self._record(tried)
        return tried

    def failed(
        self, objects: Iterable[LandedObject], reason: str, *, terminal: bool = False, now: datetime | None = None
    ) -> list[LandedObject]:
        """Record why an attempt failed and back off from now; return the objects that are still pending, as they are.

        A `terminal` error is counted; any other sets that count back to zero. Those that reach MAX_ATTEMPTS are for
        `abandon`, once an alert has been published.
        """
        now = now or utc_now()
        return self._record(
            _put_off(
                replace(
                    item,
                    reason=reason[:_REASON_LENGTH],
                    terminal_attempts=item.terminal_attempts + 1 if terminal else 0,
                ),
                now,
            )
            for item in objects
        )

    def done(self, objects: Iterable[LandedObject]) -> None:
        """Mark objects as being in the lake (or in quarantine), after the commit.

        One of a bucket without versions stays pending if its content has landed again in the meantime.
        """
        now = utc_now()
        finished = list(objects)
        self._put([done_item(item, now) for item in finished if item.has_version])
        for item in finished:
            if not item.has_version:
                row = done_item(item, now)
                self._put_if(
                    "attribute_not_exists(pk) OR landed_at = :landed_at", row, {":landed_at": row["landed_at"]}
                )

    def abandon(self, objects: Iterable[LandedObject], reason: str) -> None:
        """Stop trying objects, e.g. those of a day outside the entity's partitions. Only pending ones are changed."""

        def write(item: LandedObject) -> None:
            self._update(
                item,
                "SET #state = :failed, attempts = :attempts, reason = :reason REMOVE pending, retry_at",
                {
                    ":failed": {"S": State.FAILED},
                    **update_values(replace(item, reason=reason[:_REASON_LENGTH]), "attempts", "reason"),
                },
                aliases={"#state": "state"},
            )

        with ThreadPoolExecutor(_PARALLEL) as threads:
            for _ in threads.map(write, objects):
                pass

    def redrive(self, lane: Lane, entity: str) -> int:
        """Make the abandoned objects pending again, as if they had just landed; return how many there were."""
        abandoned = self.abandoned(lane, entity)
        for item in abandoned:
            self._update(
                item,
                "SET #state = :state, pending = :pending, attempts = :attempts REMOVE reason, terminal_attempts",
                {
                    ":state": {"S": State.PENDING},
                    ":pending": {"S": partition(lane, entity)},
                    ":failed": {"S": State.FAILED},
                    **update_values(replace(item, attempts=0), "attempts"),
                },
                condition="#state = :failed",
                aliases={"#state": "state"},
            )
        return len(abandoned)

    def reopen(self, objects: Iterable[LandedObject]) -> None:
        """Make objects that are in the lake pending again, so that their day is taken in once more whatever happens."""
        for item in objects:
            self._update(
                item,
                "SET #state = :state, pending = :pending, attempts = :attempts "
                f"REMOVE done_at, {LEDGER_EXPIRY_ATTRIBUTE}, reason, retry_at, terminal_attempts",
                {
                    ":state": {"S": State.PENDING},
                    ":pending": {"S": partition(item.lane, item.entity)},
                    ":done": {"S": State.DONE},
                    **update_values(replace(item, attempts=0), "attempts"),
                },
                condition="#state = :done",
                aliases={"#state": "state"},
            )

    def _record(self, objects: Iterable[LandedObject]) -> list[LandedObject]:
        """Write the state of pending objects, several at a time; return those that are still pending."""

        def write(item: LandedObject) -> bool:
            return self._update(
                item,
                "SET attempts = :attempts, terminal_attempts = :terminal_attempts, retry_at = :retry_at, "
                "reason = :reason",
                update_values(item, "attempts", "terminal_attempts", "retry_at", "reason"),
            )

        recorded = list(objects)
        with ThreadPoolExecutor(_PARALLEL) as threads:
            return [item for item, pending in zip(recorded, threads.map(write, recorded), strict=True) if pending]


def _put_off(item: LandedObject, now: datetime) -> LandedObject:
    """The object with its next attempt after the back-off for the attempts it has had."""
    doublings = min(max(item.attempts - 1, 0), 10)  # the cap is reached long before
    return replace(item, retry_at=now + min(_BACK_OFF * 2**doublings, _LONGEST_BACK_OFF))
