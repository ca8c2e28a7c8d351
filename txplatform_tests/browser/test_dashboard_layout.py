"""In a real browser nothing on the dashboard overlaps, sticks out or is too pale to read, in light and dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from txplatform.dashboards.html.page import render
from txplatform_tests.browser.chromium import Page, find_chromium, page
from txplatform_tests.dashboards.fabricated import DIFFERENT, dashboard_data

pytestmark = [pytest.mark.browser, pytest.mark.skipif(find_chromium() is None, reason="there is no Chromium here")]

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
[...document.querySelectorAll('.card')].flatMap(card => {
  const frame = card.getBoundingClientRect();
  return [...card.querySelectorAll('svg text, svg rect, h2, p')].filter(node => {
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
  for (const node of document.querySelectorAll('.card td, .card th, .card p, .card h2, svg text')) {
    const style = getComputedStyle(node);
    const ink = light(parse(node.tagName === 'text' ? style.fill : style.color));
    const ratio = (Math.max(ink, card) + 0.05) / (Math.min(ink, card) + 0.05);
    if (ratio < 4.5) pale.push([node.textContent.trim().slice(0, 30), ratio]);
  }
  return pale;
})()
"""


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    executable = find_chromium()
    assert executable is not None
    with page(executable) as opened:
        yield opened


@pytest.mark.parametrize("days", [5, 10, 45, 546])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_dashboard_is_legible(tab: Page, tmp_path: Path, days: int, dark: bool) -> None:
    file = tmp_path / "dashboard.html"
    file.write_text(render(dashboard_data(days, DIFFERENT)))
    tab.view(1280, 900, dark=dark)
    tab.open(file.as_uri())
    problems: dict[str, Any] = {
        name: tab.evaluate(query) for name, query in (("overlap", OVERLAPS), ("pale", PALE), ("outside", OUTSIDE))
    }
    assert problems == {"overlap": [], "pale": [], "outside": []}
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1280


def test_a_narrow_window_does_not_scroll_sideways(tab: Page, tmp_path: Path) -> None:
    file = tmp_path / "dashboard.html"
    file.write_text(render(dashboard_data()))
    tab.view(390, 800)
    tab.open(file.as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
