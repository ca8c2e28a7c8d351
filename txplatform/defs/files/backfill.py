"""A backfill of days of files: runs that Dagster's webserver launches, each found again by its tags.

All that is known of a backfill stands in Dagster. So whoever asks for the same days again, after the command was
interrupted or killed, finds the runs that are still at work and the days that are done, and goes on from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from txplatform.contracts.names import Lane
from txplatform.defs.files.partitions import days_of_runs
from txplatform.defs.files.run_days import files_config, range_tags
from txplatform.defs.keys import EntityKeys, lane_tags
from txplatform.orchestrator import Launch, Orchestrator, Run

DAYS_TAG = "txplatform/backfill"  # entity, first and last day
ID_TAG = "txplatform/backfill_id"  # the same for all runs of a backfill, also for those that resumed it
ATTEMPT_TAG = "txplatform/backfill_attempt"  # counts the commands that launched runs of it
LAST_TAG = "txplatform/backfill_last"  # the last run of an attempt
_MAX_RUNTIME = timedelta(hours=1)
_ROWS, _REFUSED = "dagster/partition_row_count", "pandera/rows_refused"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backfill is. `failed` names the runs that ended otherwise than well, with their status."""

    days: int
    done: int
    rows: int
    refused: int
    active: int
    failed: Mapping[str, str]


class Backfill:
    """The backfill of an entity's days from `first` to `last`, which `sizes` lists with the bytes of their objects.

    It is the unfinished one of the same days, if there is one, unless `again` is true; else a new one called `new_id`.
    Every method raises OrchestratorError.
    """

    def __init__(
        self,
        orchestrator: Orchestrator,
        entity: str,
        first: date,
        last: date,
        sizes: Mapping[date, int],
        new_id: str,
        *,
        again: bool = False,
    ) -> None:
        self._orchestrator = orchestrator
        self._entity = entity
        self._sizes = sizes
        self._tags = {DAYS_TAG: f"{entity}/{first}/{last}"}
        self._done: dict[date, tuple[int, int]] = {}
        self._read: dict[str, str | None] = {}  # up to where the events of each run were read
        self._complete: set[str] = set()  # runs whose events were read after their end
        self._runs: list[Run] = []
        earlier = None if again else self._unfinished()
        self.resumed = earlier is not None
        self.backfill_id = earlier or new_id
        self._attempt = 1 + max((int(run.tags[ATTEMPT_TAG]) for run in self._runs), default=0)

    @property
    def left(self) -> list[date]:
        """The days that no run of the backfill has materialised."""
        return [day for day in sorted(self._sizes) if day not in self._done]

    @property
    def active(self) -> list[Run]:
        """The runs that have not ended."""
        return [run for run in self._runs if not run.ended]

    def launches(self, most_days: int, *, delete_emptied: bool) -> list[Launch]:
        """The runs over the days that are left, the oldest first."""
        sizes = {day: self._sizes[day] for day in self.left}
        chunks = list(days_of_runs(sizes, most_days))
        return [self._launch(days, days is chunks[-1], delete_emptied) for days in chunks]

    def submit(self, launches: Sequence[Launch]) -> None:
        """Let Dagster queue the runs, of which one is at work at a time."""
        for launch in launches:
            run_id = self._orchestrator.launch(launch)
            self._runs.append(Run(run_id, "QUEUED", launch.tags))

    def follow(self) -> Progress:
        """Read how far the runs are."""
        found = {run.run_id: run for run in self._orchestrator.tagged({ID_TAG: self.backfill_id})}
        self._runs = [found.pop(run.run_id, run) for run in self._runs] + list(found.values())
        for run in self._runs:
            self._read_days(run)
        counts = self._done.values()
        newest = max((int(run.tags[ATTEMPT_TAG]) for run in self._runs), default=0)
        return Progress(
            days=len(self._sizes),
            done=len(self._done),
            rows=sum(rows for rows, _ in counts),
            refused=sum(refused for _, refused in counts),
            active=len(self.active),
            failed={
                run.run_id: run.status
                for run in self._runs
                if run.ended and run.status != "SUCCESS" and int(run.tags[ATTEMPT_TAG]) == newest
            },
        )

    def cancel(self) -> None:
        """Ask all its runs to end, those that wait first; to be repeated while some are active."""
        for run in sorted(self.active, key=lambda run: run.status != "QUEUED"):
            self._orchestrator.terminate(run.run_id)

    def _launch(self, days: Sequence[date], is_last: bool, delete_emptied: bool) -> Launch:
        tags = {
            **range_tags(days),
            **lane_tags(Lane.FILES.value, self._entity, max_runtime=_MAX_RUNTIME),
            **self._tags,
            ID_TAG: self.backfill_id,
            ATTEMPT_TAG: str(self._attempt),
            "dagster/priority": "-1",  # what lands meanwhile goes before
            **({LAST_TAG: "true"} if is_last else {}),
        }
        config = files_config(self._entity, days, delete_emptied=delete_emptied)
        return Launch(assets=(EntityKeys.of(self._entity).files.path[-1],), config=config, tags=tags)

    def _unfinished(self) -> str | None:
        """The id of the newest backfill of these days, if it is not complete; its runs and days are known then."""
        runs = self._orchestrator.tagged(self._tags)
        if not runs:
            return None
        found = runs[0].tags[ID_TAG]
        of_it = [run for run in runs if run.tags[ID_TAG] == found]
        newest = max(int(run.tags[ATTEMPT_TAG]) for run in of_it)
        last = [run for run in of_it if int(run.tags[ATTEMPT_TAG]) == newest]
        if all(run.status == "SUCCESS" for run in last) and any(LAST_TAG in run.tags for run in last):
            return None
        for run in of_it:
            self._read_days(run)
        if not self.left and all(run.ended for run in of_it):
            self._done = {}
            return None
        self._runs = of_it
        return found

    def _read_days(self, run: Run) -> None:
        """Add what a run has materialised since it was read before; of one that waits there is nothing to read."""
        if run.status == "QUEUED" or run.run_id in self._complete:
            return
        found, self._read[run.run_id] = self._orchestrator.materialized(run.run_id, self._read.get(run.run_id))
        for item in found:
            if item.asset == EntityKeys.of(self._entity).files.path[-1]:
                counts = item.counts.get(_ROWS, 0), item.counts.get(_REFUSED, 0)
                self._done[date.fromisoformat(item.partition)] = counts
        if run.ended:
            self._complete.add(run.run_id)
