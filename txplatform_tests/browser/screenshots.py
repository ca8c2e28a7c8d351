"""Takes the README's pictures: the dashboard, the API reference and Dagster's lineage view of a demo.

`python -m txplatform_tests.browser.screenshots` runs a demo of its own and writes to docs/images; with
`--dagster URL --dashboards URL` it takes them from one that is running.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from txplatform.aws import AwsClients
from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.demo.dagster_dev import DagsterDev
from txplatform.demo.display import Display
from txplatform.demo.generator import generate
from txplatform.demo.scenario import Scenario
from txplatform.local.stack import LocalStack
from txplatform_tests.browser.chromium import Page, find_chromium, page

IMAGES = Path(__file__).parents[2] / "docs" / "images"
_PAYMENTS = (545, 1130)  # where the graph shows the path of payments, between the other two entities
_SETTLE = "new Promise(done => setTimeout(done, 4000))"
_PRESS = "[...document.querySelectorAll('button')].find(button => button.innerText.trim() === '%s')?.click()"


def take(tab: Page, dagster: str, dashboards: str, images: Path) -> None:
    """Take every picture."""
    for name, dark in (("dashboard", False), ("dashboard-dark", True)):
        tab.view(1280, 900, dark=dark)
        tab.open(f"{dashboards}/dashboard.html")
        tab.screenshot(images / f"{name}.png", whole=True)
    tab.view(1280, 1000)
    tab.open(f"{dashboards}/api.html")
    tab.screenshot(images / "api.png")
    tab.view(2000, 1500)
    tab.open(f"{dagster}/assets/dashboard?view=lineage&lineageScope=upstream&lineageDepth=10")
    for button in ("Skip", "Hide navigation"):
        tab.evaluate(_SETTLE)
        tab.evaluate(_PRESS % button)
    tab.evaluate(_SETTLE)
    tab.screenshot(images / "lineage.png", rows=_PAYMENTS)


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Run the demo; yields the addresses of Dagster and of the dashboards."""
    with TemporaryDirectory(prefix="txplatform-") as folder, LocalStack.start(Path(folder)) as stack:
        os.environ.update(stack.environment)
        dagster = DagsterDev.start(Path(folder), stack.environment)
        try:
            contracts = load_contracts()
            workload = generate(contracts, utc_now(), seed=7, messages=1000, days=10)
            scenario = Scenario(
                AwsClients(stack.settings), contracts, dagster, Display(Console(stderr=True)), timedelta(minutes=10)
            )
            outcome = scenario.run(workload)
            if outcome.problems:
                sys.exit("\n".join(outcome.problems))
            yield dagster.url, stack.settings.dashboards_url
        finally:
            dagster.stop()


def main() -> None:
    """Parse the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dagster", help="address of a running Dagster")
    parser.add_argument("--dashboards", help="address under which dashboard.html is served")
    parser.add_argument("--images", type=Path, default=IMAGES, help="folder to write to")
    arguments = parser.parse_args()
    executable = find_chromium()
    if executable is None:
        sys.exit("There is no Chromium here. Remedy: install it, e.g. apt-get install chromium")
    if arguments.dagster and arguments.dashboards:
        with page(executable) as tab:
            take(tab, arguments.dagster, arguments.dashboards, arguments.images)
    else:
        with demo() as (dagster, dashboards), page(executable) as tab:
            take(tab, dagster, dashboards, arguments.images)


if __name__ == "__main__":
    main()
