"""`txplatform backfill`: lets Dagster replace days of files with what their RAW folders hold, and follows it."""

import json
import time
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from txplatform.cli.days import Day
from txplatform.cli.entities import checked_entity
from txplatform.cli.interrupts import ignore_signals, interrupted_by_signals
from txplatform.cli.progress import progress_bar
from txplatform.clock import timestamp_text, utc_now
from txplatform.contracts.names import Lane
from txplatform.settings import Settings
from txplatform.wording import counted

if TYPE_CHECKING:
    from txplatform.defs.files.backfill import Backfill, Progress

_POLL_SECONDS = 1.0
_MOST_RUNS = 500  # each is queued by a request of its own
_MOST_SECONDS_TO_CANCEL = 120.0


@click.command()
@click.argument("entity")
@click.option("--from", "first", type=Day(), help="The first day; by default the contract's first day.")
@click.option("--to", "last", type=Day(), help="The last day, itself included; by default today (UTC).")
@click.option(
    "--chunk", default=366, show_default=True, type=click.IntRange(1, 366), help="Days that one run takes at most."
)
@click.option("--delete-emptied", is_flag=True, help="Delete the rows of days whose files are gone or hold no row.")
@click.option("--again", is_flag=True, help="Start over, although a backfill of the same days is unfinished.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def backfill(
    entity: str,
    first: date | None,
    last: date | None,
    chunk: int,
    delete_emptied: bool,
    again: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Replace the days of ENTITY with what their RAW folders hold now, whatever the ledger says.

    It takes the days that have files, and those that have none any more while the table holds rows of them: such a day
    fails unless --delete-emptied is there. Dagster does the work, in runs that it takes one after the other; new files
    of the entity go before the runs that wait. Each day has its counts in Dagster as soon as it is committed.

    Ctrl-C cancels the runs; what they have committed stays. The same command goes on where a backfill of the same days
    stopped, also after it failed or this machine died; while one is at work, it follows that one instead of starting
    another. Once it is complete, the same command takes all days again.

    The exit status is 0 when every day was taken, whatever rows were refused, and else 1. Needs Dagster's webserver
    (TXP_DAGSTER_URL).
    """
    from txplatform.defs.files.backfill import Backfill
    from txplatform.orchestrator import Orchestrator

    settings = Settings.from_env()
    contract = checked_entity(settings, entity)
    now = utc_now()
    first, last = first or contract.files_from, last or now.date()
    if not contract.files_from <= first <= last <= now.date():
        days = f"{contract.files_from} to {now.date()}"
        raise click.UsageError(f"the days of {entity} run from {days}, and --from is no later than --to")
    sizes, files = _days(settings, entity, first, last)
    orchestrator = Orchestrator(settings.dagster_url)
    work = Backfill(orchestrator, entity, first, last, sizes, timestamp_text(now), again=again)
    launches = [] if work.active else work.launches(chunk, delete_emptied=delete_emptied)
    plan: dict[str, Any] = {
        "entity": entity,
        "from": str(first),
        "to": str(last),
        "days": len(sizes),
        "left": len(work.left),
        "files": files,
        "bytes": sum(sizes.values()),
        "runs": len(launches),
        "resumed": work.resumed,
    }
    if len(launches) > _MOST_RUNS:
        raise click.UsageError(
            f"that would be {len(launches)} runs, and {_MOST_RUNS} are the most: use a larger --chunk"
        )
    if not as_json:
        _say(plan, len(work.active))
    if dry_run:
        if as_json:
            click.echo(json.dumps(plan))
        return
    with interrupted_by_signals():
        try:
            work.submit(launches)
            progress = _follow(work, entity)
            if work.left and not launches:  # the runs that were at work already did not take all
                work.submit(work.launches(chunk, delete_emptied=delete_emptied))
                progress = _follow(work, entity)
        except KeyboardInterrupt:
            ignore_signals()
            _cancel(work)
            raise
    _report(plan, progress, work.left, as_json, settings.dagster_url)


def _days(settings: Settings, entity: str, first: date, last: date) -> tuple[dict[date, int], int]:
    """The days that have files, with their bytes, or rows without files; and how many files there are."""
    from txplatform.aws import AwsClients
    from txplatform.defs.files.partitions import every_day
    from txplatform.ledger import Ledger

    ledger = Ledger(AwsClients(settings), settings.lake_bucket)
    sizes, files = Counter[date](), 0
    for item in ledger.landing_area.objects(Lane.FILES, entity, every_day(first, last)):
        sizes[item.dt] += item.size
        files += 1
    held = {day for day, kept in ledger.held_days(entity).items() if kept.rows and first <= day <= last}
    return {**dict.fromkeys(held, 0), **sizes}, files


def _say(plan: dict[str, Any], active: int) -> None:
    """Say what is going to be done."""
    days = counted(plan["days"], "day")
    click.echo(
        f"{plan['entity']}: {days} from {plan['from']} to {plan['to']} with "
        f"{counted(plan['files'], 'file')}, {plan['bytes'] / 2**20:,.1f} MiB"
    )
    if active:
        click.echo(f"{counted(active, 'run')} of this backfill are at work or wait: following them")
    elif plan["resumed"]:
        click.echo(
            f"going on: {plan['days'] - plan['left']} of {days} are done, {counted(plan['runs'], 'run')} to come"
        )


def _follow(work: "Backfill", entity: str) -> "Progress":
    """Show how far the runs are until none is active."""
    with progress_bar(entity) as show:
        while True:
            progress = work.follow()
            show(f"{progress.rows:,} rows, {progress.refused:,} refused, days", progress.done, progress.days)
            if not progress.active:
                return progress
            time.sleep(_POLL_SECONDS)


def _cancel(work: "Backfill") -> None:
    """Cancel the runs and wait until they have ended, for a bounded time."""
    click.echo("cancelling the runs …", err=True)
    work.cancel()
    deadline = time.monotonic() + _MOST_SECONDS_TO_CANCEL
    progress = work.follow()
    while progress.active and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        work.cancel()  # a run that was just starting could not be ended then
        progress = work.follow()
    left = f"; {counted(progress.active, 'run')} have not ended yet" if progress.active else ""
    done = f"{progress.done} of {counted(progress.days, 'day')} done"
    click.echo(f"interrupted: {done}{left}. The same command goes on from there.", err=True)


def _report(plan: dict[str, Any], progress: "Progress", left: list[date], as_json: bool, url: str) -> None:
    """Say what came of it, and end with status 1 if days are left."""
    outcome = {
        **plan,
        "done": progress.done,
        "rows": progress.rows,
        "refused": progress.refused,
        "left": len(left),
        "failed_runs": dict(progress.failed),
    }
    if as_json:
        click.echo(json.dumps(outcome))
    else:
        refused = f", {counted(progress.refused, 'row')} refused" if progress.refused else ""
        click.echo(
            f"{plan['entity']}: {progress.done} of {counted(progress.days, 'day')} done, "
            f"{counted(progress.rows, 'row')}{refused}"
        )
        if progress.refused:
            click.echo(f"why: txplatform quarantine list {plan['entity']}")
    if left or progress.failed:
        failed = "; ".join(f"{status}: {url}/runs/{run_id}" for run_id, status in progress.failed.items())
        days = f"{counted(len(left), 'day')} left, the first {left[0]}. " if left else ""
        raise click.ClickException(f"{days}{failed}. Remedy: see why, then repeat the command".lstrip(". "))
