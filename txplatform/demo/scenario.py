"""The demo's sequence: drop files, send messages, wait until all is in the lake, refresh, compare with the expectation.

It acts as the outside world does (objects into the RAW area, messages into queues) and then only watches; the runs that
it launches are those that fold, refresh and publish, which sensors would start a little later.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from txplatform.aws import AwsClients
from txplatform.clock import utc_now
from txplatform.contracts.model import Contract
from txplatform.dashboards.html.data import DashboardData
from txplatform.dashboards.html.page import problems as page_problems
from txplatform.dashboards.html.queries import collect
from txplatform.defs.current.automation import REFRESH_ALL, fold_job_name
from txplatform.defs.dashboards.automation import PUBLISH_JOB
from txplatform.demo.api_reads import ApiReads
from txplatform.demo.backlog import BacklogReader
from txplatform.demo.dagster_dev import DagsterDev
from txplatform.demo.differences import (
    differences,
    double_entry_differences,
    parity_difference,
    system_differences,
)
from txplatform.demo.display import Display, Step
from txplatform.demo.expected import MONEY
from txplatform.demo.files import DroppedFile
from txplatform.demo.generator import Workload
from txplatform.demo.queues import InboundQueues, RefusedMessage
from txplatform.demo.system_counts import SystemCounts, system_counts
from txplatform.demo.system_lives import SYSTEMS
from txplatform.ledger import Ledger
from txplatform.orchestrator import Launch, Orchestrator
from txplatform.parity.check import check_parity
from txplatform.parity.report import ParityReport
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.double_entry import DoubleEntry, read_double_entry

_POLL_SECONDS = 1.0
_QUIET_SECONDS = 3.0  # longer than the batching windows between a table's stream and the ledger
_DAGSTER_SECONDS = 120.0
READ_ENTITY = "payments"  # by a client of each identity provider
_SUCCESS = "SUCCESS"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of the demo ended. `problems` is empty if everything that was sent is accounted for, digit by digit."""

    data: DashboardData
    parity: Mapping[str, ParityReport]
    double_entry: DoubleEntry
    refused_messages: tuple[RefusedMessage, ...]
    systems: Mapping[str, SystemCounts]
    problems: tuple[str, ...]
    seconds: float


class Scenario:
    """One run of the demo against a started stack and Dagster. `timeout` is for the lake to take everything in."""

    def __init__(
        self,
        clients: AwsClients,
        lake_bucket: str,
        contracts: Mapping[str, Contract],
        dagster: DagsterDev,
        reads: ApiReads,
        display: Display,
        timeout: timedelta,
    ) -> None:
        self._clients = clients
        self._lake_bucket = lake_bucket
        self._contracts = contracts
        self._dagster = dagster
        self._reads = reads
        self._display = display
        self._timeout = timeout.total_seconds()
        self._athena = Athena(clients)
        self._ledger = Ledger(clients, lake_bucket)
        self._queues = InboundQueues(clients, contracts, SYSTEMS)
        self._backlog = BacklogReader(clients, self._ledger, self._queues, contracts)

    def run(self, workload: Workload) -> Outcome:
        """Run the whole sequence; raise LocalStackError when Dagster does not start."""
        began, began_at = time.monotonic(), utc_now()
        with self._display.live():
            self._drop(workload)
            self._send(workload)
            self._dagster.wait_ready(_DAGSTER_SECONDS)
            problems = self._wait_until_taken_in(workload)
            problems += self._refresh(workload)
            parity = self._compare(problems)
            problems += self._read()
        data = collect(self._athena, self._ledger, parity, self._contracts, utc_now())
        books = read_double_entry(self._athena)
        refused = tuple(self._queues.refused_messages())
        problems += [f"abandoned: {text}" for text in self._backlog.abandoned()]
        problems += page_problems(data)
        systems = {system: system_counts(self._clients, system, began_at, utc_now()) for system in SYSTEMS}
        problems += differences(workload.expected, data, self._sums(), refused)
        problems += system_differences(workload.expected, systems, refused)
        problems += double_entry_differences(books)
        return Outcome(data, parity, books, refused, systems, tuple(problems), time.monotonic() - began)

    def _drop(self, workload: Workload) -> None:
        step = self._display.step("Historical files dropped", len(workload.history.files))
        for count, file in enumerate(workload.history.files, 1):
            self._put(file)
            step.show(count)

    def _put(self, file: DroppedFile) -> None:
        self._clients.client("s3").put_object(Bucket=self._lake_bucket, Key=file.key, Body=file.body)

    def _send(self, workload: Workload) -> None:
        messages = workload.messages
        step = self._display.step("Messages sent", len(messages))
        for start in range(0, len(messages), 10):
            self._queues.send(messages[start : start + 10])
            step.show(min(start + 10, len(messages)))

    def _wait_until_taken_in(self, workload: Workload) -> list[str]:
        """Wait until queues and ledger are empty and stay so; on the way, drop the second delivery of a file."""
        processed = self._display.step("Messages processed", len(workload.messages))
        landed = self._display.step("Objects in the lake", len(workload.history.files))
        seen: set[str] = set()
        redelivery, redelivered = workload.history.redelivered, False
        deadline, quiet_since = time.monotonic() + self._timeout, None
        while True:
            self._dagster.check()
            backlog = self._backlog.read()
            waiting = {item.uri for item in (*backlog.files, *backlog.changes)}
            seen |= waiting
            processed.show(len(workload.messages) - backlog.messages)
            landed.show(len(seen) - len(waiting), f"{len(waiting)} pending", len(seen))
            now = time.monotonic()
            if not redelivered and all(item.entity != redelivery.entity for item in backlog.files):
                self._put(redelivery)
                redelivered, quiet_since = True, None
            elif not backlog.empty:
                quiet_since = None
            elif quiet_since is None:
                quiet_since = now
            elif now - quiet_since >= _QUIET_SECONDS:
                return []
            if now > deadline:
                return [f"after {self._timeout:.0f} s {sentence}" for sentence in backlog.sentences()]
            time.sleep(_POLL_SECONDS)

    def _refresh(self, workload: Workload) -> list[str]:
        """Fold what has come by file, refresh and prove every entity, then publish the page; return what went wrong."""
        orchestrator = Orchestrator(self._dagster.url)
        folds = [fold_job_name(entity) for entity in sorted({file.entity for file in workload.history.files})]
        stages = (folds, [REFRESH_ALL], [PUBLISH_JOB])
        step = self._display.step("Fold, refresh, publish", sum(map(len, stages)))
        problems: list[str] = []
        count = 0
        for jobs in stages:
            for job, run_id in [(job, orchestrator.launch(Launch(job=job))) for job in jobs]:
                status = orchestrator.wait(run_id, self._timeout)
                if status != _SUCCESS:
                    problems.append(f"run {run_id} of {job} ended as {status}: see {self._dagster.url}/runs/{run_id}")
                step.show(count := count + 1, f"run {run_id[:8]}")
        return problems

    def _compare(self, problems: list[str]) -> dict[str, ParityReport]:
        """Compare every entity, without a grace period, until all are equal; add what still differs to `problems`."""
        step = self._display.step("Entities equal to source", len(self._contracts))
        deadline = time.monotonic() + self._timeout / 4
        while True:
            reports = self._reports(step)
            wrong = [report for report in reports.values() if not report.equal or report.in_flight]
            if not wrong or time.monotonic() > deadline:
                problems += [parity_difference(report) for report in wrong]
                return reports
            time.sleep(_POLL_SECONDS)

    def _reports(self, step: Step) -> dict[str, ParityReport]:
        reports: dict[str, ParityReport] = {}
        for name, contract in self._contracts.items():
            reports[name] = check_parity(contract, self._clients, self._athena, self._ledger, timedelta(0))
            step.show(sum(report.equal for report in reports.values()))
        return reports

    def _read(self) -> list[str]:
        """Read the API as a client of each identity provider; return what went wrong."""
        step = self._display.step("Read by each provider", len(self._reads.providers))
        found: list[str] = []
        for count, problem in enumerate(self._reads.problems(READ_ENTITY), 1):
            found += [problem] if problem else []
            step.show(count - len(found), self._reads.providers[count - 1].name)
        return found

    def _sums(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for entity, field in MONEY.items():
            [row] = self._athena.arrow(f'SELECT coalesce(sum({field}), 0) AS money FROM "{entity}"').to_pylist()  # noqa: S608 # names from the contracts
            found[entity] = row["money"]
        return found
