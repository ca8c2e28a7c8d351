"""`txplatform demo`: the whole path on this machine, from an inbound queue to a dashboard."""

import os
import sys
import time
import traceback
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import click
import pyarrow as pa
from rich.console import Console

from txplatform.aws import AwsClients
from txplatform.cli.folder import directory_option
from txplatform.cli.interrupts import ignore_signals, interrupt_on_signals
from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.html.publish import API_REFERENCE, DASHBOARD
from txplatform.defs.keys import DASHBOARDS_GROUP, SYSTEMS_GROUP
from txplatform.demo.api_reads import ApiReads, Provider
from txplatform.demo.dagster_dev import DagsterDev
from txplatform.demo.display import Display
from txplatform.demo.generator import generate
from txplatform.demo.needed import check_folder
from txplatform.demo.scenario import Scenario
from txplatform.demo.summary import print_summary
from txplatform.errors import PlatformError
from txplatform.local.errors import LocalStackError
from txplatform.local.stack import LocalStack
from txplatform.local.state import DEFAULT_STATE_DIR
from txplatform.local_platform import start_platform
from txplatform.settings import DAGSTER_URL, Settings

_CHECK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of the demo's input, how long to wait for it to be in the lake, and the contracts."""

    seed: int
    messages: int
    days: int
    timeout: timedelta
    folder: Path | None  # of the contracts, None for the shipped ones


@click.command()
@click.option(
    "--exit",
    "exit_after",
    is_flag=True,
    help="End after the summary: with status 0 if every record is accounted for, else 1.",
)
@click.option(
    "--seed",
    default=7,
    show_default=True,
    help="Seed of the input: the same one makes the same files all day and the same messages all hour (UTC).",
)
@click.option(
    "--messages", default=1000, show_default=True, type=click.IntRange(50, 100_000), help="Number of messages to send."
)
@click.option(
    "--days", default=10, show_default=True, type=click.IntRange(5, 365), help="Number of past days to drop files for."
)
@click.option(
    "--timeout",
    default=300,
    show_default=True,
    type=click.IntRange(10),
    help="Seconds to wait until everything is in the lake.",
)
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_STATE_DIR,
    show_default=True,
    help="Folder of the env file, the logs and Dagster's home.",
)
@directory_option
def demo(
    exit_after: bool, seed: int, messages: int, days: int, timeout: int, state_dir: Path, directory: Path | None
) -> None:
    """Run the whole path on this machine.

    Starts the local AWS and Dagster, drops historical files, sends messages (new, updated, deleted, duplicated, out of
    order, malformed; part of them as payloads of Stripe and Salesforce), waits until the lake equals DynamoDB, reads
    the API as a client of each of two identity providers, and prints a summary with links to Dagster, the dashboard
    and the API reference. Then everything keeps running until Ctrl-C, unless --exit is given.

    A folder of contracts of your own must hold what the demo sends: the shipped entities, and Stripe and Salesforce.
    """
    pa.enable_signal_handlers(False)  # its CSV reader would take over SIGINT and SIGTERM, and can lose one
    interrupt_on_signals()
    console = Console()
    plan = Plan(seed, messages, days, timedelta(seconds=timeout), directory)
    try:
        status = 0 if _run(console, state_dir, plan, exit_after) else 1
    except KeyboardInterrupt:
        console.print("Stopped")
        status = 130 if exit_after else 0
    except (PlatformError, LocalStackError) as error:
        click.echo(f"Error: {error}", err=True)
        status = 1
    except Exception:  # noqa: BLE001 # a defect: show the whole traceback, and end as in every other case
        traceback.print_exc()
        status = 1
    _leave(status)


def _leave(status: int) -> NoReturn:
    """End the process after everything has been stopped.

    A regular end of the interpreter may wait for ever for threads that libraries keep.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run(console: Console, state_dir: Path, plan: Plan, exit_after: bool) -> bool:
    """Start everything, run the scenario, stop everything; return whether everything is accounted for."""
    check_folder(plan.folder)
    stack = start_platform(state_dir, 0, lambda text: console.print(f"[dim]{text}[/]"), plan.folder)
    dagster = None
    try:
        _use(stack.environment)
        dagster = DagsterDev.start(state_dir, stack.environment)
        stack.state.write_env({**stack.environment, DAGSTER_URL.variable: dagster.url})
        good = _play(console, stack, dagster, plan)
        if not exit_after:
            _keep_running(console, stack, dagster)
    finally:
        ignore_signals()
        if dagster is not None:
            dagster.begin_stop()
        stack.stop()
        if dagster is not None:
            dagster.stop()
    return good


def _play(console: Console, stack: LocalStack, dagster: DagsterDev, plan: Plan) -> bool:
    """Run the scenario and print its summary; return whether everything is accounted for."""
    contracts = load_contracts(plan.folder)
    settings = Settings.from_env(stack.environment)
    clients = AwsClients(settings)
    workload = generate(contracts, utc_now(), seed=plan.seed, messages=plan.messages, days=plan.days)
    reads = ApiReads(stack.environment["TXP_API_URL"], Provider.both(stack.environment))
    scenario = Scenario(clients, settings.lake_bucket, contracts, dagster, reads, Display(console), plan.timeout)
    outcome = scenario.run(workload)
    dashboards = settings.dashboards_url
    links = {
        "Dagster": dagster.lineage_url(SYSTEMS_GROUP, "payments", DASHBOARDS_GROUP),
        "Dashboard": f"{dashboards}/{DASHBOARD}",
        "API docs": f"{dashboards}/{API_REFERENCE}",
    }
    print_summary(console, workload, outcome, links)
    return not outcome.problems


def _keep_running(console: Console, stack: LocalStack, dagster: DagsterDev) -> None:
    console.print(f"Everything keeps running; use it with  set -a; . {stack.state.env_file}; set +a", soft_wrap=True)
    console.print("Ctrl-C stops it.")
    while True:
        stack.check()
        dagster.check()
        time.sleep(_CHECK_SECONDS)


def _use(environment: dict[str, str]) -> None:
    """Let this process reach the local AWS alone: settings of AWS that come from the shell are dropped."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "TXP_"))]:
        del os.environ[name]
    os.environ.update(environment)
