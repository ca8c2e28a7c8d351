"""Dagster's webserver as far as a backfill needs it, without Dagster."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import count

from txplatform.orchestrator import Launch, Materialized, Run


class Dagster:
    """Keeps runs as Dagster does; a test says what became of them, or that all end alike."""

    def __init__(self, outcome: str | None = None) -> None:
        self._outcome = outcome
        self._ids = count(1)
        self._runs: dict[str, Run] = {}
        self._days: dict[str, list[date]] = {}
        self._assets: dict[str, str] = {}
        self.reads: list[str] = []
        self.terminated: list[str] = []

    def launch(self, launch: Launch) -> str:
        run_id = f"run-{next(self._ids)}"
        self._runs[run_id] = Run(run_id, "QUEUED", launch.tags)
        (self._assets[run_id],) = launch.assets
        if self._outcome is not None:
            days = next(iter(launch.config["ops"].values()))["config"]["days"]
            self.becomes(run_id, self._outcome, map(date.fromisoformat, days if self._outcome == "SUCCESS" else ()))
        return run_id

    def tagged(self, tags: Mapping[str, str]) -> list[Run]:
        return [run for run in reversed(self._runs.values()) if tags.items() <= run.tags.items()]

    def materialized(self, run_id: str, after: str | None = None) -> tuple[list[Materialized], str]:
        self.reads.append(run_id)
        days = self._days.get(run_id, [])
        counts = {"dagster/partition_row_count": 5, "pandera/rows_refused": 1}
        found = [Materialized(self._assets[run_id], str(day), counts) for day in days[int(after or 0) :]]
        return found, str(len(days))

    def terminate(self, run_id: str) -> None:
        self.terminated.append(run_id)

    def becomes(self, run_id: str, status: str, days: Iterable[date] = ()) -> None:
        """Let a run come to a status, after it has materialised these days."""
        self._runs[run_id] = Run(run_id, status, self._runs[run_id].tags)
        self._days.setdefault(run_id, []).extend(days)
