"""In a real browser the dashboard filters, goes down to records, compares and exports, and its figures are SQL's."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from typing import Any

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.html.data import DashboardData, EntityFigures, NotComputed
from txplatform.dashboards.html.figures import Figures, as_text
from txplatform.dashboards.html.grain import small_figures
from txplatform.dashboards.html.page import render
from txplatform.dashboards.html.records import newest_statement, records_of
from txplatform.warehouse.marts.files import marts
from txplatform_tests.browser.chromium import Page, find_chromium
from txplatform_tests.warehouse.books import Books, payment, refund

pytestmark = [pytest.mark.browser, pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed")]

CONTRACTS = load_contracts()
DAYS = [f"2026-11-{day:02d}" for day in range(1, 11)]
FILTERED = "#payments?from=2026-11-06&compare=1&currency=EUR"
PAID = "SELECT sum(amount) FROM payments WHERE currency = 'EUR' AND status IN ('captured', 'settled')"
ROWS = """
[...document.querySelectorAll('[data-mart="MART"] tbody tr')].map(row =>
  [...row.cells].map(cell => cell.querySelector('data')?.value ?? cell.textContent))
"""
SERIOUS = """
axe.run(PLACE, OPTIONS).then(found => found.violations
  .filter(item => ['serious', 'critical'].includes(item.impact))
  .map(item => `${item.id}: ${item.nodes.map(node => `${node.target} ${node.any.map(check => check.message)}`)}`))
"""
DRAWN = "document.body.classList.contains('drawn') && !document.querySelector('[aria-busy=true]')"
FOCUS = "document.activeElement.dataset.focus ?? document.activeElement.textContent"


@pytest.fixture(scope="module")
def books() -> Iterator[Books]:
    found = Books()
    states = ("captured", "settled", "refunded", "failed", "authorised")
    for number in range(120):
        at = f"{DAYS[number % 10]} {number % 24:02d}:15:00"
        common = {"currency": ("EUR", "USD", "GBP")[number % 3], "created_at": at}
        fields = {"customer_id": f"customer-{number % 7}", "method": "card" if number % 2 else "wallet", **common}
        found.add("payments", payment(number, f"{number**3}.{number % 10}7", states[number % 5], **fields))
        found.add("refunds", refund(number, "0.005", "succeeded" if number % 4 else "failed", **common))
    yield found
    found.close()


@pytest.fixture(scope="module")
def address(books: Books, tmp_path_factory: pytest.TempPathFactory) -> str:
    figures: dict[str, EntityFigures] = {}
    for name in ("payments", "refunds"):
        contract = CONTRACTS[name]
        shown: dict[str, Figures | NotComputed] = {
            mart.name: small_figures(books, contract, mart) or NotComputed("") for mart in marts(contract, CONTRACTS)
        }
        days = [datetime.fromisoformat(day).date() for day in DAYS]
        figures[name] = EntityFigures(shown, records_of(books.arrow(newest_statement(contract, CONTRACTS, days))))
    file = tmp_path_factory.mktemp("dashboard") / "dashboard.html"
    data = DashboardData(datetime.now(UTC), (), figures=figures)
    file.write_text(render(data, CONTRACTS, "http://127.0.0.1:3000"))
    return file.as_uri()


@pytest.fixture(scope="module")
def tab(tab: Page, address: str) -> Iterator[Page]:
    tab.view(1280, 1000)
    tab.open(address)
    tab.wait_for(DRAWN)
    tab.evaluate((resources.files("axe_core_python") / "axe.min.js").read_text())
    yield tab
    assert tab.errors == []


def at(tab: Page, hash_: str) -> None:
    tab.evaluate(f"location.hash = {json.dumps(hash_)}; new Promise(done => setTimeout(done, 50))")
    tab.wait_for(DRAWN)


def click(tab: Page, selector: str, text: str = "") -> None:
    tab.evaluate(
        f"[...document.querySelectorAll({json.dumps(selector)})]"
        f".find(node => node.textContent.includes({json.dumps(text)})).click()"
    )
    tab.wait_for(DRAWN)


def lines(books: Books, sql: str) -> list[list[str]]:
    return [[as_text(value).replace("None", "") for value in row.values()] for row in books.rows(sql)]


def source_of(tab: Page, mart: str) -> str:
    click(tab, f'[data-mart="{mart}"] .actions button', "SQL")
    sql = tab.evaluate("document.querySelector('dialog pre').textContent")
    assert tab.evaluate("document.querySelector('dialog a').href") == f"http://127.0.0.1:3000/assets/{mart}"
    tab.evaluate("document.querySelector('dialog').close()")
    return sql


def test_filtered_figures_are_those_of_the_statement_beside_them(tab: Page, books: Books) -> None:
    at(tab, "#payments?")
    whole = tab.evaluate(ROWS.replace("MART", "payments_breakdown"))
    click(tab, "details[data-name=currency] label", "EUR")
    click(tab, ".preset", "7 days")
    assert tab.evaluate("location.hash") == "#payments?from=2026-11-04&currency=EUR"
    assert tab.evaluate("document.querySelector('.said').textContent") == "2026-11-04 to the latest day; currency EUR"
    for mart in marts(CONTRACTS["payments"], CONTRACTS):
        shown = tab.evaluate(ROWS.replace("MART", mart.name))
        sql = source_of(tab, mart.name)
        assert "currency IN ('EUR')" in sql
        assert sorted(shown) == sorted(lines(books, sql)), mart.name
        assert shown or mart.name in ("payments_settlement_ageing",)
    assert tab.evaluate(ROWS.replace("MART", "payments_breakdown")) != whole
    [[value]] = lines(books, f"{PAID} AND created_at >= TIMESTAMP '2026-11-04'")
    tile = "document.querySelector('[data-measure=value] data').value"
    assert Decimal(tab.evaluate(tile)) == Decimal(value)
    assert tab.evaluate("document.querySelector('[data-mart=payments_by_status] .notes').textContent").startswith(
        "Not filtered by time"
    )


def test_a_key_figure_comes_from_a_mart_that_can_be_filtered(tab: Page, books: Books) -> None:
    at(tab, "#payments?status=settled&status=refunded")
    for measure, sql in (("payments", "count(*)"), ("value", "sum(amount) FILTER (WHERE status = 'settled')")):
        shown = tab.evaluate(f"[...document.querySelectorAll('[data-measure={measure}] data')].map(node => node.value)")
        by = " GROUP BY currency" if measure == "value" else ""
        expected = lines(books, f"SELECT {sql} FROM payments WHERE status IN ('settled', 'refunded'){by}")
        assert sorted(map(Decimal, shown)) == sorted(Decimal(line[0]) for line in expected)


def test_a_day_leads_to_its_newest_records_with_persons_masked(tab: Page) -> None:
    at(tab, "#payments?currency=EUR")
    click(tab, '[data-mart="payments_daily"] .word', "2026-11-10")
    said = tab.evaluate("document.getElementById('shown-of').textContent")
    assert said.startswith("12 of 12 records, newest first. 4 of these match the filter. Personal values")
    rows = "[...document.querySelectorAll('dialog tbody tr')]"
    cells = tab.evaluate(f"{rows}.map(row => [...row.cells].map(cell => cell.textContent))")
    assert len(cells) == 4
    assert {row[1][:5] for row in cells} == {"••••-"}
    assert {row[4] for row in cells} == {"EUR"}
    times = [row[7] for row in cells]
    assert times == sorted(times, reverse=True)
    tab.press("Escape", 27)
    assert not tab.evaluate("document.querySelector('dialog').open")


def test_the_export_has_every_row_of_the_table_with_all_digits(tab: Page, books: Books) -> None:
    at(tab, "#payments?")
    tab.evaluate("URL.createObjectURL = blob => { window.saved = blob; return 'data:,'; }")
    click(tab, '[data-mart="payments_daily"] .actions button', "Export CSV")
    text = tab.evaluate("window.saved.text()")
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    sql = source_of(tab, "payments_daily")
    assert header == list(books.rows(sql)[0])
    assert sorted(rows) == sorted(lines(books, sql))
    assert len(rows) == 30


def test_the_period_before_is_as_long_and_ends_the_day_before(tab: Page, books: Books) -> None:
    at(tab, FILTERED)
    assert "compared with 2026-11-01 to 2026-11-05" in tab.evaluate("document.querySelector('.said').textContent")
    periods = (">= TIMESTAMP '2026-11-06'", "< TIMESTAMP '2026-11-06'")
    sums = [Decimal(lines(books, f"{PAID} AND created_at {period}")[0][0]) for period in periods]
    change = ((sums[0] - sums[1]) * 100 / sums[1]).quantize(Decimal("0.1"), ROUND_HALF_UP)
    sign = "+" if change > 0 else "−"
    shown = tab.evaluate("document.querySelector('[data-measure=value] .change').firstChild.textContent")
    assert shown == f"{sign}{abs(change):,} %"
    before = tab.evaluate(ROWS.replace("MART", "payments_daily"))
    assert {row[4] for row in before} != {""}


def test_the_page_can_be_used_with_the_keyboard(tab: Page) -> None:
    at(tab, "#refunds")
    tab.evaluate("document.querySelector('#entities a').focus()")
    tab.press("Enter", 13, "\r")
    tab.wait_for("location.hash.startsWith('#payments')", timeout=5)
    seen: list[str] = []
    for _ in range(40):
        tab.press("Tab", 9)
        seen.append(tab.evaluate(FOCUS))
    assert seen.index("All") < seen.index("from") < seen.index("menu currency") < seen.index("payments_daily show")
    tab.evaluate("document.querySelector('[data-focus=\"7 days\"]').focus()")
    tab.press("Enter", 13, "\r")
    assert "from=2026-11-04" in tab.evaluate("location.hash")
    assert tab.evaluate(FOCUS) == "7 days", "the focus stays where it was"
    tab.evaluate("document.querySelector('[data-focus=\"payments_daily payments\"]').focus()")
    order = "document.querySelector('[data-mart=payments_daily] [aria-sort]').getAttribute('aria-sort')"
    for expected in ("descending", "ascending"):
        tab.press("Enter", 13, "\r")
        assert (tab.evaluate(order), tab.evaluate(FOCUS)) == (expected, "payments_daily payments")


def serious(tab: Page, place: str = "document", **options: Any) -> list[str]:
    return tab.evaluate(SERIOUS.replace("PLACE", place).replace("OPTIONS", json.dumps(options)))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(tab: Page, dark: bool) -> None:
    only: dict[str, Any] = {"runOnly": ["color-contrast"]} if dark else {}
    tab.view(1280, 1000, dark=dark)
    at(tab, FILTERED)
    assert serious(tab, **only) == []
    click(tab, "[data-measure=value] button", "SQL")
    assert serious(tab, **only) == []
    tab.evaluate("document.querySelector('dialog').close()")
    tab.view(1280, 1000)


def test_axe_is_at_work(tab: Page) -> None:
    tab.evaluate("document.querySelector('footer').append(new Image())")
    [found] = serious(tab, "'footer'")
    assert found.startswith("image-alt: img")
    tab.evaluate("document.querySelector('footer img').remove()")


def test_an_address_that_is_opened_again_shows_the_same(tab: Page, address: str) -> None:
    at(tab, FILTERED)
    tiles = "document.querySelector('.said').textContent + document.getElementById('measures').innerText"
    shown: Any = tab.evaluate(tiles)
    tab.open("about:blank?")
    tab.open(f"{address}{FILTERED}")
    tab.wait_for(DRAWN)
    assert tab.evaluate(tiles) == shown
    at(tab, "#nothing?from=never&currency=NONE")
    assert "Nothing in this selection" in tab.evaluate("document.getElementById('entity').innerText")
