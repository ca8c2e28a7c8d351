"""What the commands on dead letters share: queues, a pass through one and what is to be said of it, the question."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from txplatform.cli.dead_letter_display import summary_document, summary_lines
from txplatform.cli.interrupts import ignore_signals, interrupted_by_signals
from txplatform.cli.progress import progress_bar
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.dead_letters.filters import Filter
from txplatform.dead_letters.summary import Summary
from txplatform.settings import Settings
from txplatform.wording import counted

if TYPE_CHECKING:
    from txplatform.dead_letters.moves import Moves
    from txplatform.dead_letters.queues import DeadLetterQueue
    from txplatform.dead_letters.reading import Pass


class Desk:
    """The dead-letter queues of the platform that the settings name."""

    def __init__(self) -> None:
        from txplatform.aws import AwsClients
        from txplatform.dead_letters.queues import queues

        settings = Settings.from_env()
        contracts = load_contracts(settings.contracts_dir)
        self._clients = AwsClients(settings)
        self._queues = queues(contracts, load_systems(contracts, settings.contracts_dir))

    def one(self, name: str) -> tuple["DeadLetterQueue", str]:
        """The queue of a name, and its address."""
        from txplatform.dead_letters.queues import find_queue

        queue = find_queue(self._queues, name)
        return queue, self.url(queue.name)

    def found(self, name: str | None) -> Iterator[tuple["DeadLetterQueue", str]]:
        """The queue of a name, or all that exist: a contract may be newer than the stack."""
        from txplatform.dead_letters.queues import queue_url

        if name is not None:
            yield self.one(name)
            return
        for queue in self._queues:
            url = queue_url(self._clients, queue.name)
            if url is not None:
                yield queue, url

    def url(self, name: str) -> str:
        """The address of a queue that must exist."""
        from txplatform.dead_letters.queues import queue_url

        url = queue_url(self._clients, name)
        if url is None:
            raise click.ClickException(f"the queue {name} does not exist. Remedy: deploy the stack that makes it")
        return url

    @contextmanager
    def reading(self, queue: "DeadLetterQueue", url: str, as_of: datetime | None = None) -> Iterator["Pass"]:
        """A pass with a progress bar, and what could not be read on stderr."""
        from txplatform.dead_letters.reading import Pass

        with interrupted_by_signals():
            with (
                progress_bar(queue.short_name) as progress,
                Pass(self._clients, queue.name, url, as_of=as_of, progress=progress) as reading,
            ):
                try:
                    yield reading
                finally:
                    ignore_signals()  # until what was read is visible again
            if reading.depth.hidden:
                click.echo(f"{queue.short_name}: about {reading.depth.hidden} were hidden by another reader", err=True)
            if reading.still_hidden:
                click.echo(f"{queue.short_name}: {reading.still_hidden} stay hidden for ten minutes", err=True)

    def agreed(
        self,
        queue: "DeadLetterQueue",
        url: str,
        chosen: Filter,
        question: str,
        *,
        dry_run: bool,
        yes: bool,
        as_json: bool,
    ) -> datetime | None:
        """Say what matches, and ask, unless that is answered already; return the moment of what was said."""
        if yes and not dry_run:
            return None
        if as_json and not dry_run:
            raise click.UsageError("--json needs --yes or --dry-run: nobody is asked then")
        summary = Summary(queue.contract)
        with self.reading(queue, url) as reading:
            for batch in reading.batches():
                summary.add(message for message in batch if chosen.matches(message))
        if as_json:
            click.echo(json.dumps({"queue": queue.name, **summary_document(summary)}))
        else:
            for line in summary_lines(queue, summary):
                click.echo(line)
        if summary.total is not None and not dry_run:
            click.confirm(question.format(counted(summary.total.count, "message")), abort=True)
        return reading.as_of

    def carry_out(
        self,
        queue: "DeadLetterQueue",
        url: str,
        as_of: datetime | None,
        done: str,
        as_json: bool,
        action: "Callable[[Moves], None]",
    ) -> None:
        """Do it, and say how many; end with status 1 when some are still there that should not be."""
        from txplatform.dead_letters.moves import Moves, Outcome

        outcome = Outcome()
        try:
            with self.reading(queue, url, as_of) as reading:
                action(Moves(self._clients, reading, outcome))
        except KeyboardInterrupt:
            click.echo(f"interrupted: {counted(outcome.done, 'message')} {done}, nothing is lost", err=True)
            raise
        left = f" {outcome.matched - outcome.done} stay: {dict(outcome.kept)}." if outcome.kept else ""
        rest = "" if reading.complete else " The queue was not read to its end."
        if as_json:
            counts = {"matched": outcome.matched, done: outcome.done, "complete": reading.complete}
            click.echo(json.dumps({"queue": queue.name, **counts, "kept": dict(outcome.kept)}))
        else:
            click.echo(f"{queue.short_name}: {counted(outcome.done, 'message')} {done}")
        if left or rest:
            raise click.ClickException(f"{left}{rest} Remedy: repeat the command".strip())
