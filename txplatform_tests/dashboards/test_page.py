"""The page holds the data, needs no other file, and escapes what it shows."""

import base64
import hashlib
import json
import re
from dataclasses import replace

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.dashboards.html.data import EntityFigures, NotComputed, Refusals, Withheld
from txplatform.dashboards.html.page import attention, healthy, render, tiles
from txplatform.dashboards.html.records import Records
from txplatform.warehouse.marts.files import marts
from txplatform_tests.dashboards.fabricated import (
    CONTRACTS,
    DIFFERENT,
    NOW,
    dashboard_data,
    figures_in,
    health,
    made_figures,
)

DATA = dashboard_data()
PAGE = render(DATA, CONTRACTS, "http://dagster/")


def with_mart(entity: str, mart: str, result: NotComputed) -> dict[str, EntityFigures]:
    found = DATA.figures[entity]
    return {**DATA.figures, entity: replace(found, marts={**found.marts, mart: result})}


def test_the_page_needs_nothing_from_elsewhere() -> None:
    assert not re.findall(r"""(?:src|href)=["'](?!data:,|api\.html|#entity)""", PAGE)
    for asking in ("fetch(", "@import", "url(", "XMLHttpRequest", "eval(", "innerHTML"):
        assert asking not in PAGE


def test_the_page_may_run_its_own_script_and_style_alone() -> None:
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', PAGE)
    allowed = dict(part.split(" ", 1) for part in policy.replace("&#39;", "'").split("; "))
    assert allowed["default-src"] == "'none'"
    for kind, text in (
        ("script", re.findall(r"<script>(.*?)</script>", PAGE, re.DOTALL)),
        ("style", re.findall(r"<style>(.*?)</style>", PAGE, re.DOTALL)),
    ):
        [own] = text
        assert allowed[f"{kind}-src"] == f"'sha256-{base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()}'"
    assert not re.findall(r"""\son\w+=|\sstyle=""", PAGE.partition("<script>")[0])


def test_the_same_data_gives_the_same_page() -> None:
    assert render(dashboard_data(), CONTRACTS, "http://dagster") == PAGE


def test_every_mart_has_its_dimensions_measures_statement_and_asset() -> None:
    shown = {mart["name"]: mart for entity in figures_in(PAGE) for mart in entity["marts"]}
    known = {mart.name: mart for contract in CONTRACTS.values() for mart in marts(contract, CONTRACTS)}
    assert shown.keys() == known.keys()
    for name, mart in known.items():
        assert [item["name"] for item in shown[name]["dimensions"]] == list(mart.dimensions)
        assert [item["name"] for item in shown[name]["measures"]] == list(mart.measures)
        assert shown[name]["sql"] == mart.sql
    rate = next(item for item in shown["payments_daily"]["measures"] if item["name"] == "refund_rate")
    assert (rate["form"], rate["parts"], rate["scale"], rate["digits"], rate["unit"]) == (
        "ratio", ["refunded_payments", "charged_payments"], 6, 1, "share",
    )  # fmt: skip
    [masked] = [item["name"] for item in shown["payments_top_customers"]["dimensions"] if item["masked"]]
    assert masked == "customer"
    assert 'data-dagster="http://dagster"' in PAGE


def test_a_new_entity_is_there_without_code() -> None:
    fields = (
        Field("order_id", FieldType.STRING, "Key.", required=True),
        Field("placed_at", FieldType.TIMESTAMP, "When.", required=True),
        Field("weight", FieldType.DECIMAL, "Weight.", precision=18, scale=3),
        Field("channel", FieldType.STRING, "Way.", enum=("shop", "web")),
    )
    template = CONTRACTS["refunds"]
    orders: Contract = replace(
        template, name="orders", title="Orders", fields=fields, key=("order_id",), partition_field="placed_at",
        quality=type(template.quality)(),
    )  # fmt: skip
    [mart] = marts(orders)
    found = EntityFigures({mart.name: made_figures(orders, mart, [NOW.date()])}, Records((), (), {}, ""))
    page = render(replace(DATA, health=(), figures={"orders": found}), {"orders": orders})
    [entity] = figures_in(page)
    [daily] = entity["marts"]
    assert (entity["title"], daily["name"], daily["rows"]) == ("Orders", "orders_daily", 2)
    assert [item["name"] for item in daily["measures"]] == ["records", "total_weight"]
    assert [item["name"] for item in daily["dimensions"]] == ["day", "channel"]


def test_parity_of_all_entities_is_shown_in_one_place() -> None:
    assert attention(DATA) == ()
    assert "change lane equals source: 2,436 records compared" in PAGE
    assert 'role="alert"' not in PAGE
    assert "2026-02-09 11:58:30" in PAGE, "up to which moment all was found equal"
    assert tiles(DATA)[-1].value == "3 of 3 equal"


def test_a_difference_is_named_at_the_top() -> None:
    data = replace(dashboard_data(trades_parity=DIFFERENT), figures={})
    assert attention(data) == ("trades: 1 missing, 2 different of 402 records; its figures are withheld",)
    assert "needs attention" in render(data, CONTRACTS)
    assert tiles(data)[-1].state == "bad"


def test_parity_that_was_not_checked_is_not_called_equal() -> None:
    data = replace(dashboard_data(trades_parity=None), figures={})
    assert attention(data) == ("trades: parity was not checked yet, its figures are withheld",)
    assert {tile.label: tile.value for tile in tiles(data)}["Trades"] == "not proven"
    assert "not checked" in render(data, CONTRACTS)
    assert tiles(data)[-1].value == "2 of 3 equal"


def test_a_mart_that_could_not_be_computed_is_named_and_the_page_is_not_green() -> None:
    data = replace(DATA, figures=with_mart("payments", "payments_daily", NotComputed("Decimal overflow")))
    assert healthy(DATA)
    assert not healthy(data)
    assert attention(data) == ("payments_daily could not be computed: Decimal overflow",)
    page = render(data, CONTRACTS)
    assert "needs attention" in page
    assert {mart["name"]: mart["problem"] for mart in figures_in(page)[0]["marts"] if mart["problem"]} == {
        "payments_daily": "could not be computed: Decimal overflow"
    }
    assert tiles(data)[-1].state == "good"


def test_withheld_figures_and_an_entity_that_cannot_be_read_say_so() -> None:
    figures = with_mart("trades", "trades_daily", Withheld("trades is not proven"))
    data = replace(DATA, figures=figures, unreadable={"refunds": "no such table"})
    assert attention(data) == ("refunds could not be read: no such table",)
    assert not healthy(data)
    assert tiles(data)[-1].value == "3 of 4 equal"
    assert "withheld: trades is not proven" in json.dumps(figures_in(render(data, CONTRACTS)))


def test_an_empty_lake_can_be_drawn() -> None:
    empty = replace(health("payments", rows=0), newest_record_at=None, newest_arrival_at=None)
    page = render(replace(DATA, health=(empty,), figures={}), CONTRACTS)
    assert re.search(r'<td class="number">\s*–\s*</td>', page)
    assert figures_in(page) == []


def test_markup_in_data_is_shown_as_text() -> None:
    page = render(replace(DATA, refusals=(Refusals("payments", "<script>x</script>", "enum", 1),)), CONTRACTS)
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page


def test_times_are_absolute_until_a_browser_makes_them_ages() -> None:
    assert PAGE.count('<time datetime="2026-11-23T10:00:01+00:00">2026-11-23 10:00:01 UTC</time>') == 3
    assert "ago" not in PAGE.partition("<script")[0]
    assert f"{NOW:%Y-%m-%d %H:%M:%S} UTC" in PAGE
