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
from txplatform.cli.interrupts import ignore_signals, interrupt_on_signals
from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.html.publish import API_REFERENCE, DASHBOARD
from txplatform.defs.keys import DASHBOARDS_GROUP
from txplatform.demo.dagster_dev import DagsterDev
from txplatform.demo.display import Display
from txplatform.demo.generator import generate
from txplatform.demo.scenario import Scenario
from txplatform.demo.summary import print_summary
from txplatform.errors import PlatformError
from txplatform.local.errors import LocalStackError
from txplatform.local.stack import LocalStack
from txplatform.local.state import DEFAULT_STATE_DIR
from txplatform.local_platform import start_platform
from txplatform.settings import Settings

_CHECK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of what to send, and how long to wait for it."""

    seed: int
    messages: int
    days: int
    timeout: timedelta


@click.command()
@click.option("--exit", "exit_after", is_flag=True, help="End after the summary; status 1 if anything is amiss.")
@click.option(
    "--seed", default=7, show_default=True, help="Same seed: same files all day, same messages all hour (UTC)."
)
@click.option("--messages", default=1000, show_default=True, type=click.IntRange(50, 100_000), help="Messages to send.")
@click.option("--days", default=10, show_default=True, type=click.IntRange(5, 365), help="Days of historical files.")
@click.option(
    "--timeout", default=300, show_default=True, type=click.IntRange(10), help="Seconds to wait for the lake."
)
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_STATE_DIR,
    show_default=True,
    help="Where env file, logs and Dagster's home are kept.",
)
def demo(exit_after: bool, seed: int, messages: int, days: int, timeout: int, state_dir: Path) -> None:
    """Send realistic transactions through the platform and show what became of them. Ctrl-C stops everything."""
    pa.enable_signal_handlers(False)  # its CSV reader would take over SIGINT and SIGTERM, and can lose one
    interrupt_on_signals()
    console = Console()
    plan = Plan(seed, messages, days, timedelta(seconds=timeout))
    try:
        status = 0 if _run(console, state_dir, plan, exit_after) else 1
    except KeyboardInterrupt:
        console.print("Stopped")
        status = 130 if exit_after else 0
    except (PlatformError, LocalStackError) as error:
        click.echo(f"Error: {error}", err=True)
        status = 1
    except Exception:  # noqa: BLE001 # a defect: shown whole, and it leaves as everything does
        traceback.print_exc()
        status = 1
    _leave(status)


def _leave(status: int) -> NoReturn:
    """End the process, with everything stopped and nothing left to do.

    The one way out: a regular end of the interpreter may wait for ever for threads that libraries keep for their work.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run(console: Console, state_dir: Path, plan: Plan, exit_after: bool) -> bool:
    """Start everything, play, stop everything; return whether all is accounted for."""
    stack = start_platform(state_dir, progress=lambda text: console.print(f"[dim]{text}[/]"))
    dagster = None
    try:
        _use(stack.environment)
        dagster = DagsterDev.start(state_dir, stack.environment)
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
    contracts = load_contracts()
    settings = Settings.from_env(stack.environment)
    clients = AwsClients(settings)
    workload = generate(contracts, utc_now(), seed=plan.seed, messages=plan.messages, days=plan.days)
    outcome = Scenario(clients, contracts, dagster, Display(console), plan.timeout).run(workload)
    dashboards = settings.dashboards_url
    links = {
        "Dagster": dagster.lineage_url("payments", DASHBOARDS_GROUP),
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
    """Let this process reach the local AWS and nothing else: what the shell says about AWS does not count here."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "TXP_"))]:
        del os.environ[name]
    os.environ.update(environment)
