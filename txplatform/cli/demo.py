"""`txplatform demo`: the whole path on this machine, from an inbound queue to a dashboard."""

import os
import signal
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from txplatform.aws import AwsClients
from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.html.publish import API_REFERENCE, DASHBOARD
from txplatform.defs.keys import DASHBOARDS_GROUP
from txplatform.demo.dagster_dev import DagsterDev
from txplatform.demo.display import Display
from txplatform.demo.generator import generate
from txplatform.demo.scenario import Scenario
from txplatform.demo.summary import print_summary
from txplatform.local.stack import LocalStack
from txplatform.local.state import DEFAULT_STATE_DIR

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
    _interrupt_on_signals()
    console = Console()
    try:
        with LocalStack.start(state_dir, progress=lambda text: console.print(f"[dim]{text}[/]")) as stack:
            _use(stack.environment)
            dagster = DagsterDev.start(state_dir, stack.environment)
            try:
                good = _play(console, stack, dagster, Plan(seed, messages, days, timedelta(seconds=timeout)))
                if not exit_after:
                    _keep_running(console, stack, dagster)
            finally:
                dagster.begin_stop()
                stack.stop()
                dagster.stop()
    except KeyboardInterrupt:
        console.print("Stopped")
        console.file.flush()
        # Interrupted within a library's work, the interpreter may wait for that library's threads for ever.
        os._exit(130 if exit_after else 0)
    raise SystemExit(0 if good else 1)


def _play(console: Console, stack: LocalStack, dagster: DagsterDev, plan: Plan) -> bool:
    """Run the scenario and print its summary; return whether everything is accounted for."""
    contracts = load_contracts()
    clients = AwsClients(stack.settings)
    workload = generate(contracts, utc_now(), seed=plan.seed, messages=plan.messages, days=plan.days)
    outcome = Scenario(clients, contracts, dagster, Display(console), plan.timeout).run(workload)
    dashboards = stack.settings.dashboards_url
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


def _interrupt_on_signals() -> None:
    """Treat SIGTERM as Ctrl-C, also where a background shell had both ignored; children start with the defaults."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
