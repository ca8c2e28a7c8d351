"""The dashboard page over many payments: its size, its first paint, and how long a filter takes, in headless Chromium.

The marts are computed by DuckDB over payments that are made here, and read as the platform reads them. A filter is
timed from the click until what is in the window is laid out, and until all cards outside of it are drawn, too.
"""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.html.data import DashboardData, EntityFigures
from txplatform.dashboards.html.figures import as_text
from txplatform.dashboards.html.mart_figures import mart_figures
from txplatform.dashboards.html.page import render
from txplatform.dashboards.html.queries import records_of_days
from txplatform_tests.bench.frame.figures import Figure, Size, Untried
from txplatform_tests.bench.frame.measuring import progress
from txplatform_tests.browser.chromium import Page, find_chromium, page
from txplatform_tests.warehouse.books import Books

_PAYMENTS = {Size.SMALL: 5_000, Size.FULL: 1_000_000}
_DAYS = {Size.SMALL: 10, Size.FULL: 365}
_LOADS = {Size.SMALL: 1, Size.FULL: 5}
SETTINGS = {
    size: f"{_PAYMENTS[size]:,} payments of {_DAYS[size]} days, 5 currencies, 5 statuses, 3 methods, 200 merchants."
    for size in Size
}
_MADE = "CREATE MACRO made(n, column_number, most) AS CAST(hash(n, column_number) % most AS bigint)"
_INSERT = """
INSERT INTO payments (payment_id, customer_id, merchant_id, amount, currency, status, method, created_at, updated_at)
SELECT 'pay_' || md5(n::varchar)[:16], 'customer-' || made(n, 1, 50021), 'mer_' || made(n, 2, 200),
  made(n, 3, 5000000) * 0.01, ['EUR', 'USD', 'GBP', 'CHF', 'JPY'][1 + made(n, 4, 5)],
  ['settled', 'settled', 'captured', 'authorised', 'refunded', 'failed'][1 + made(n, 5, 6)],
  ['card', 'wallet', 'bank_transfer'][1 + made(n, 6, 3)], made_at, made_at
FROM (SELECT n, TIMESTAMP '2026-11-01' - made(n, 7, DAYS * 86400) * INTERVAL 1 SECOND AS made_at
  FROM range(PAYMENTS) t(n)) made
"""
# What a reader clicks, by turns: a range of days, a word of a dimension, and back.
_CLICKS = {
    "a range of days": "[...document.querySelectorAll('.preset')].find(node => node.textContent === '90 days')",
    "a currency": "document.querySelector('details[data-name=currency] input')",
    "a status": "document.querySelector('details[data-name=status] input')",
    "all again": "document.querySelector('[data-focus=reset]')",
}
_TIMED = """
(async () => {
  const control = CONTROL, began = performance.now();
  control.click();
  document.body.getBoundingClientRect();
  const seen = performance.now() - began;
  while (document.querySelector('[aria-busy=true]')) await new Promise(done => setTimeout(done));
  return [seen, performance.now() - began];
})()
"""


def measure(size: Size) -> Iterator[Figure | Untried]:
    """Render the page once, and open it several times."""
    progress(f"making {_PAYMENTS[size]:,} payments")
    books = Books()
    books.change(_MADE)
    books.change(_INSERT.replace("PAYMENTS", str(_PAYMENTS[size])).replace("DAYS", str(_DAYS[size])))
    began = time.process_time()
    text = _page(books)
    yield Figure("queries and rendering, CPU", time.process_time() - began, "s")
    yield Figure("size of the page", len(text.encode()) / 1e6, "MB", most=2, exact=True)
    executable = find_chromium()
    if executable is None:
        yield Untried("first paint", "Chromium is not installed")
        return
    with TemporaryDirectory() as folder, page(executable) as tab:
        file = Path(folder) / "dashboard.html"
        file.write_text(text, encoding="utf-8")
        tab.view(1280, 1000)
        yield from _opened(tab, file.as_uri(), size)
        yield from _exact(tab, books)
    books.close()


def _page(books: Books) -> str:
    contracts = load_contracts()
    figures = {
        name: EntityFigures(found, records_of_days(books, contracts, name, found))
        for name, found in mart_figures(books, contracts, set(contracts), {}).items()
    }
    return render(DashboardData(utc_now(), (), figures=figures), contracts)


def _opened(tab: Page, address: str, size: Size) -> Iterator[Figure]:
    paints: list[float] = []
    drawn: list[float] = []
    filters: dict[str, list[list[float]]] = {name: [] for name in _CLICKS}
    for turn in range(_LOADS[size]):
        tab.open(f"{address}?{turn}")
        tab.wait_for("document.body.classList.contains('drawn')")
        tab.wait_for("!document.querySelector('[aria-busy=true]')")
        tab.wait_for("performance.getEntriesByName('first-contentful-paint').length")
        paints.append(tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        drawn.append(tab.evaluate("performance.getEntriesByName('drawn')[0].startTime"))
        for name, control in _CLICKS.items():
            filters[name].append(tab.evaluate(_TIMED.replace("CONTROL", control)))
    yield Figure("first paint", statistics.median(paints) / 1000, "s", most=1.5)
    yield Figure("figures drawn", statistics.median(drawn) / 1000, "s", most=1.5)
    for name, times in filters.items():
        seen, all_drawn = (statistics.median(column) for column in zip(*times, strict=True))
        yield Figure(f"filter: {name}", seen, "ms", most=100)
        yield Figure(f"filter: {name}, cards out of sight too", all_drawn, "ms")
    yield Figure("errors of the page", len(tab.errors), most=0, exact=True)


def _exact(tab: Page, books: Books) -> Iterator[Figure]:
    shown = tab.evaluate("[...document.querySelectorAll('[data-measure=value] data')].map(node => node.value)")
    paid = "SELECT sum(amount) AS paid FROM payments WHERE status IN ('captured', 'settled') GROUP BY currency"
    exact = {as_text(row["paid"]) for row in books.rows(paid)}
    yield Figure("totals by currency", len(shown), least=3, exact=True)
    yield Figure("of these not equal to SQL's", len(set(shown) - exact), most=0, exact=True)
