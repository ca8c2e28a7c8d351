"""Takes the README's pictures: the dashboard, the API reference and Dagster's lineage view of a demo.

`python -m txplatform_tests.browser.screenshots` runs a demo of its own and writes to docs/images; with
`--lineage URL --dashboards URL` it takes them from one that is running.
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
from txplatform.defs.keys import DASHBOARDS_GROUP
from txplatform.demo.api_reads import ApiReads, Provider
from txplatform.demo.dagster_dev import DagsterDev
from txplatform.demo.display import Display
from txplatform.demo.generator import generate
from txplatform.demo.scenario import Scenario
from txplatform.local_platform import start_platform
from txplatform.settings import Settings
from txplatform_tests.browser.chromium import Page, find_chromium, page

IMAGES = Path(__file__).parents[2] / "docs" / "images"
_CARDS = "document.body.classList.contains('drawn') && !document.querySelector('[aria-busy=true]')"
_RECORDS = "document.querySelector('[data-mart=payments_daily] tbody .word').click()"
_DOWNWARDS = """localStorage.setItem("asset-graph-direction", '"vertical"')"""
_DRAWN = """
document.querySelectorAll("foreignObject.group").length > 1 && !document.body.innerText.includes("Loading")
"""
_STILL = "new Promise(done => setTimeout(done, 3000))"  # the graph zooms to fit when its nodes have loaded
_FRAME = """
(() => {
  const boxes = [...document.querySelectorAll("foreignObject.group")].map(node => node.getBoundingClientRect());
  const left = Math.min(...boxes.map(box => box.left)), top = Math.min(...boxes.map(box => box.top));
  const right = Math.max(...boxes.map(box => box.right)), bottom = Math.max(...boxes.map(box => box.bottom));
  return {x: left, y: top, width: right - left, height: bottom - top};
})()
"""


def take(tab: Page, lineage: str, dashboards: str, images: Path) -> None:
    """Take every picture; `lineage` is the address of Dagster's graph."""
    take_dashboard(tab, dashboards, images)
    tab.view(1280, 1000)
    tab.open(f"{dashboards}/api.html")
    tab.wait_for("document.querySelectorAll('.opblock').length > 0")
    tab.screenshot(images / "api.png")
    tab.view(3600, 3000)  # so large that the graph fits without leaving out what its nodes say
    tab.open(lineage)
    tab.evaluate(_DOWNWARDS)
    tab.open(lineage)
    tab.wait_for(_DRAWN)
    tab.evaluate(_STILL)
    tab.screenshot(images / "lineage.png", frame=tab.evaluate(_FRAME))


def take_dashboard(tab: Page, dashboards: str, images: Path) -> None:
    """Take the pictures of the dashboard page, light and dark, and of the records of a day."""
    for name, dark in (("dashboard", False), ("dashboard-dark", True)):
        tab.view(1280, 1560, dark=dark)
        tab.open(f"{dashboards}/dashboard.html?{name}")
        tab.wait_for(_CARDS)
        tab.screenshot(images / f"{name}.png")
    tab.view(1280, 900)
    tab.evaluate(_RECORDS)
    tab.wait_for("document.querySelector('dialog').open")
    tab.screenshot(images / "dashboard-records.png")


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Run the demo; yields the addresses of Dagster's lineage and of the dashboards."""
    with TemporaryDirectory(prefix="txplatform-") as folder, start_platform(Path(folder)) as stack:
        os.environ.update(stack.environment)
        settings = Settings.from_env(stack.environment)
        dagster = DagsterDev.start(Path(folder), stack.environment)
        try:
            contracts = load_contracts()
            workload = generate(contracts, utc_now(), seed=7, messages=1000, days=10)
            scenario = Scenario(
                AwsClients(settings),
                settings.lake_bucket,
                contracts,
                dagster,
                ApiReads(stack.environment["TXP_API_URL"], Provider.both(stack.environment)),
                Display(Console(stderr=True)),
                timedelta(minutes=10),
            )
            outcome = scenario.run(workload)
            if outcome.problems:
                sys.exit("\n".join(outcome.problems))
            yield dagster.lineage_url("payments", DASHBOARDS_GROUP), settings.dashboards_url
        finally:
            dagster.stop()


def main() -> None:
    """Parse the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lineage", help="address of a running Dagster's lineage, as the demo prints it")
    parser.add_argument("--dashboards", help="address under which dashboard.html is served")
    parser.add_argument("--images", type=Path, default=IMAGES, help="folder to write to")
    arguments = parser.parse_args()
    executable = find_chromium()
    if executable is None:
        sys.exit("Chromium is not installed. Remedy: install it, e.g. apt-get install chromium")
    if arguments.lineage and arguments.dashboards:
        with page(executable) as tab:
            take(tab, arguments.lineage, arguments.dashboards, arguments.images)
    else:
        with demo() as (lineage, dashboards), page(executable) as tab:
            take(tab, lineage, dashboards, arguments.images)


if __name__ == "__main__":
    main()
