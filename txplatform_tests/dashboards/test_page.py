"""The page shows the data, needs no other file, and escapes what it shows."""

import re
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from txplatform.dashboards.html.cards import sides
from txplatform.dashboards.html.data import (
    CustomerValue,
    DayValue,
    NotComputed,
    Refusals,
    StatusCount,
    SymbolVolume,
    Withheld,
)
from txplatform.dashboards.html.page import attention, healthy, render, tiles
from txplatform_tests.dashboards.fabricated import DIFFERENT, NOW, dashboard_data, extreme_data, health


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = render(dashboard_data())
    assert not re.findall(r"""(?:src|href)=["'](?!data:,|api\.html)""", page)
    assert "fetch(" not in page
    assert "@import" not in page
    assert "url(" not in page


def test_the_same_data_gives_the_same_page() -> None:
    assert render(dashboard_data()) == render(dashboard_data())


def test_charts_are_well_formed_svg() -> None:
    drawings = re.findall(r"<svg.*?</svg>", render(dashboard_data()), re.DOTALL)
    assert len(drawings) == 2 * 9  # for wide and narrow windows
    for drawing in drawings:
        assert ElementTree.fromstring(drawing).tag == "svg"


def test_parity_of_all_entities_is_shown_in_one_place() -> None:
    data = dashboard_data()
    assert attention(data) == ()
    page = render(data)
    assert "change lane equals source: 2,436 records compared" in page
    assert 'role="alert"' not in page
    assert "2026-02-09 11:58:30" in page, "up to which moment all was found equal"
    assert tiles(data)[-1].value == "3 of 3 equal"


def test_a_difference_is_named_at_the_top() -> None:
    data = dashboard_data(trades_parity=DIFFERENT)
    assert attention(data) == ("trades: 1 missing, 2 different of 402 records; its figures are withheld",)
    page = render(data)
    assert "needs attention" in page
    assert tiles(data)[-1].state == "bad"


def test_parity_that_was_not_checked_is_not_called_equal() -> None:
    data = dashboard_data(trades_parity=None)
    assert attention(data) == ("trades: parity was not checked yet, its figures are withheld",)
    assert {tile.label: tile.value for tile in tiles(data)}["Trades"] == "not proven"
    assert "not checked" in render(data)
    assert tiles(data)[-1].value == "2 of 3 equal"


def test_a_section_that_could_not_be_computed_is_named_and_the_page_is_not_green() -> None:
    whole = dashboard_data()
    data = replace(whole, payments_by_day=NotComputed("Decimal overflow"))
    assert healthy(whole)
    assert not healthy(data)
    assert attention(data) == ("payments by day could not be computed: Decimal overflow",)
    assert [card.problem for side in sides(data) for card in side] == [
        "could not be computed: Decimal overflow", "", "", "could not be computed: Decimal overflow", "", "",
    ]  # fmt: skip
    page = render(data)
    assert page.count('<p class="problem">could not be computed: Decimal overflow</p>') == 2
    assert "needs attention" in page
    assert tiles(data)[-1].state == "good"


def test_withheld_figures_and_an_entity_that_cannot_be_read_say_so() -> None:
    whole = dashboard_data()
    data = replace(whole, trades_by_day=Withheld("trades is not proven"), unreadable={"refunds": "no such table"})
    assert attention(data) == ("refunds could not be read: no such table",)
    assert not healthy(data)
    assert tiles(data)[-1].value == "3 of 4 equal"
    assert '<p class="problem">withheld: trades is not proven</p>' in render(data)


def test_an_entity_without_marts_gets_its_row_and_no_chart() -> None:
    data = replace(
        dashboard_data(),
        health=(health("refunds"),),
        refusals=(),
        payments_by_day=(),
        payments_by_status=(),
        top_customers=(),
        trades_by_day=(),
        trades_by_symbol=(),
    )
    assert sides(data) == ((), ())
    assert "<td>refunds</td>" in render(data)


def test_an_empty_lake_can_be_drawn() -> None:
    empty = replace(health("payments", rows=0), newest_record_at=None, newest_arrival_at=None)
    page = render(replace(dashboard_data(), health=(empty,)))
    assert re.search(r'<td class="number">\s*–\s*</td>', page)


def test_markup_in_data_is_shown_as_text() -> None:
    page = render(replace(dashboard_data(), refusals=(Refusals("payments", "<script>x</script>", "enum", 1),)))
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page


def test_markup_in_a_chart_is_shown_as_text() -> None:
    hostile = "<img src=x>"
    day = dashboard_data().generated_at.date()
    page = render(
        replace(
            dashboard_data(),
            payments_by_day=(DayValue(day, hostile, 1, Decimal(1)),),
            payments_by_status=(StatusCount(hostile, 1),),
            top_customers=(CustomerValue(1, hostile, hostile, 1, Decimal(1)),),
            trades_by_day=(DayValue(day, hostile, 1, Decimal(1)),),
            trades_by_symbol=(SymbolVolume(hostile * 3, hostile, 1, Decimal(1), Decimal(1)),),
        )
    )
    assert "<img" not in page
    assert page.count("&lt;img src=x&gt;") > 10


@pytest.mark.parametrize(("days", "title"), [(10, "Payments per day"), (100, "Payments per week"), (546, "per month")])
def test_titles_name_the_step_of_the_axis(days: int, title: str) -> None:
    assert title in render(dashboard_data(days))


def test_key_figures_are_exact() -> None:
    values = {tile.label: tile for tile in tiles(dashboard_data())}
    assert values["Payments"].value == "1,234"
    assert values["In quarantine"].value == "9"
    assert f"{NOW:%Y-%m-%d %H:%M:%S} UTC" in render(dashboard_data())


def test_times_are_absolute_until_a_browser_makes_them_ages() -> None:
    page = render(dashboard_data())
    assert page.count('<time datetime="2026-11-23T10:00:01+00:00">2026-11-23 10:00:01 UTC</time>') == 3
    assert "ago" not in re.sub(r"<script>.*</script>", "", page, flags=re.DOTALL)


def test_what_is_left_out_is_counted() -> None:
    data = extreme_data()
    cards = {card.title: card for side in sides(data) for card in side}
    assert "; 3 more currencies not shown" in cards["Paid value per day"].subtitle
    assert "; 4 more currencies not shown" in cards["Trades by symbol"].subtitle
    assert cards["Trades by symbol"].groups[0].note.endswith(" in total; 2 more symbols not shown")
    assert tiles(data)[1].note.endswith(" · 4 more")
    several = (*data.top_customers, CustomerValue(1, "••••01", "USD", 1, Decimal(1)))
    [card] = [card for card in sides(replace(data, top_customers=several))[1] if card.title == "Top customers"]
    assert card.subtitle == "paid in EUR: captured and settled; identities masked; 1 more currency not shown"


def test_nothing_is_counted_as_left_out_when_all_is_shown() -> None:
    assert "not shown" not in render(dashboard_data())


def test_a_figure_that_has_no_room_is_shown_by_its_size_and_exact_when_pointed_at() -> None:
    page = render(extreme_data())
    assert "8.53e18" in page
    assert "EUR 8,533,390,000,000,000,000.00 in 999,999,999,999,999,999 payments" in page
