"""In a real browser nothing on the dashboard overlaps, sticks out or is too pale to read, in light and dark."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from txplatform.clock import utc_now
from txplatform.dashboards.html.data import DashboardData
from txplatform.dashboards.html.numbers import instant
from txplatform.dashboards.html.page import render
from txplatform_tests.browser.chromium import Page, find_chromium
from txplatform_tests.dashboards.fabricated import CONTRACTS, DIFFERENT, dashboard_data, extreme_data

pytestmark = [pytest.mark.browser, pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed")]

OVERLAPS = """
(() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg')) {
    const place = node => ({text: node.textContent, box: node.getBoundingClientRect()});
    const texts = [...svg.querySelectorAll('text')].map(place);
    texts.forEach((a, i) => texts.slice(i + 1).forEach(b => {
      const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (wide > 1 && high > 3) found.push(a.text + ' / ' + b.text);
    }));
  }
  return found;
})()
"""
OUTSIDE = """
[...document.querySelectorAll('.card, .tile')].flatMap(card => {
  const frame = card.getBoundingClientRect();
  return [...card.querySelectorAll('svg text, svg rect, h2, h3, p, .controls, .line, .value')].filter(node => {
    const box = node.getBoundingClientRect();
    return box.width && (box.left < frame.left || box.right > frame.right + 0.5);
  }).map(node => node.textContent.trim().slice(0, 40));
})
"""
PALE = """
(() => {
  const parse = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const linear = v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => [r, g, b].map(v => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const card = light(parse(getComputedStyle(document.querySelector('.card')).backgroundColor));
  const pale = [];
  for (const node of document.querySelectorAll('.card td, .card th, .card p, .card h2, .card h3, svg text')) {
    const style = getComputedStyle(node);
    const ink = light(parse(node.tagName === 'text' ? style.fill : style.color));
    const ratio = (Math.max(ink, card) + 0.05) / (Math.min(ink, card) + 0.05);
    if (ratio < 4.5) pale.push([node.textContent.trim().slice(0, 30), ratio]);
  }
  return pale;
})()
"""


SMALLEST_TEXT = """
Math.min(...[...document.querySelectorAll('svg text')].filter(node => node.getBoundingClientRect().width).map(node =>
  parseFloat(getComputedStyle(node).fontSize) * node.getScreenCTM().a))
"""
BADGES = """
[...document.querySelectorAll('header .badge')].filter(node => node.offsetWidth).map(node => node.textContent)
"""


def opened(tab: Page, folder: Path, data: DashboardData, width: int, *, dark: bool = False) -> None:
    file = folder / "dashboard.html"
    file.write_text(render(data, CONTRACTS))
    tab.view(width, 900, dark=dark)
    tab.open(file.as_uri())
    tab.wait_for("document.body.classList.contains('drawn') && !document.querySelector('[aria-busy=true]')")


def problems(tab: Page, width: int) -> dict[str, Any]:
    queries = {"overlap": OVERLAPS, "pale": PALE, "outside": OUTSIDE}
    found = {name: answer for name, query in queries.items() if (answer := tab.evaluate(query))}
    shown = tab.evaluate("document.documentElement.scrollWidth")
    return found if shown <= width else found | {"wider than the window": shown}


@pytest.mark.parametrize(("days", "dark"), [(5, False), (45, True), (546, False)], ids=["few", "dark", "many"])
def test_the_dashboard_is_legible(tab: Page, tmp_path: Path, days: int, dark: bool) -> None:
    only = "payments_daily" if days > 100 else ""
    opened(tab, tmp_path, dashboard_data(days, DIFFERENT, only=only), 1280, dark=dark)
    assert problems(tab, 1280) == {}


@pytest.mark.parametrize("width", [360, 561, 1280])
def test_extreme_values_fit_at_any_width(tab: Page, tmp_path: Path, width: int) -> None:
    opened(tab, tmp_path, extreme_data(), width)
    assert problems(tab, width) == {}


def test_text_on_a_narrow_screen_is_large_enough_to_read(tab: Page, tmp_path: Path) -> None:
    opened(tab, tmp_path, dashboard_data(), 390)
    assert tab.evaluate(SMALLEST_TEXT) >= 10


def test_a_page_that_is_not_refreshed_stops_being_green(tab: Page, tmp_path: Path) -> None:
    def shown() -> tuple[list[str], bool]:
        badges = tab.evaluate(BADGES)
        return badges, tab.evaluate("document.body.classList.contains('stale')")

    now = utc_now().replace(microsecond=0)
    opened(tab, tmp_path, replace(dashboard_data(), generated_at=now), 1280)
    assert shown() == (["change lane equals source: 2,436 records compared"], False)
    old = now - timedelta(minutes=16)
    opened(tab, tmp_path, replace(dashboard_data(), generated_at=old), 1280)
    assert shown() == ([f"as of {instant(old)}, not refreshed since"], True)
    assert problems(tab, 1280) == {}


def test_ages_are_those_of_the_moment_of_reading(tab: Page, tmp_path: Path) -> None:
    data = dashboard_data()
    arrival = utc_now() - timedelta(hours=3, minutes=30)
    health = tuple(replace(item, newest_arrival_at=arrival) for item in data.health)
    opened(tab, tmp_path, replace(data, health=health), 1280)
    shown = tab.evaluate("[...document.querySelectorAll('time')].map(node => [node.textContent, node.title])")
    assert shown.count(["3 h ago", instant(arrival)]) == 3
