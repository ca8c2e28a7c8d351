"""Figures of marts: their columns are as declared, rates are of sums, and money is exact."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.html.data import DashboardData, EntityFigures, NotComputed
from txplatform.dashboards.html.document import document
from txplatform.dashboards.html.figures import Figures, as_text
from txplatform.dashboards.html.grain import small_figures
from txplatform.dashboards.html.records import Records
from txplatform.warehouse.marts.dictionary import measures
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.marts.measures import Figure
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.marts.rollup import rolled_up
from txplatform_tests.dashboards.script_runner import run_script
from txplatform_tests.local.aws.athena.without_tables import answer, connect
from txplatform_tests.warehouse.books import Books, dispute, entry, payment, payout, refund

CONTRACTS = load_contracts()
MARTS = [mart for contract in CONTRACTS.values() for mart in marts(contract, CONTRACTS)]
AT = "2026-11-02 10:30:00"
_SHOWN = """
const none = { from: "", to: "", picked: {} };
const answer = {};
for (const mart of given.map(prepared).flatMap(entity => entity.marts)) {
  const measures = mart.measures.filter(measure => measure.form !== "figure");
  answer[mart.name] = [[], ...mart.dimensions.map(dimension => [dimension])].map(by => ({
    by: by.map(dimension => dimension.name),
    sql: statement(mart, none, by, measures),
    figures: groups(mart, selected(mart, none), by, measures).map(group => [
      ...group.places.map((place, index) => by[index].words[place] ?? ""),
      ...measures.map((measure, place) => exactText(group.figures[place], measure.scale)),
    ]),
  }));
}
"""


@pytest.fixture(scope="module")
def books() -> Books:
    """Records of every entity: several days, currencies and states, and customers that are known or not."""
    found = Books()
    states = ("captured", "settled", "refunded", "failed", "authorised")
    for number in range(40):
        day = f"2026-11-{1 + number % 7:02d} {number % 24:02d}:15:00"
        currency = "EUR" if number % 3 else "USD"
        common = {"currency": currency, "created_at": day}
        customer = f"customer-{number % 5}"
        fields = {"customer_id": customer, "method": "card" if number % 2 else "wallet", **common}
        found.add("payments", payment(number, f"{number}.{number % 10}7", states[number % 5], **fields))
        found.add("refunds", refund(number, "0.005", "succeeded" if number % 4 else "failed", **common))
        found.add("disputes", dispute(number, "1", "lost" if number % 2 else "won", **common))
        found.add("payouts", payout(number, "2.5", **common))
        found.add("balance_transactions", entry(number, "charge", f"ch_{number}", "3", "0.125", **common))
        side, symbol = ("buy" if number % 2 else "sell"), f"SYM{number % 3}"
        trade = {"venue": "kraken", "trade_id": str(number), "symbol": symbol, "side": side, "currency": currency}
        amounts = {"price": "1.5", "quantity": f"{number + 1}", "notional": f"{(number + 1) * 1.5}"}
        found.add("trades", {**trade, **amounts, "executed_at": day})
        if number < 4:
            person = {"customer_id": f"customer-{number}", "segment": ["consumer", "enterprise"][number % 2]}
            found.add("customers", {**person, "status": "active", "balance": "5.01", "created_at": day})
    return found


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_a_mart_has_the_columns_and_the_grain_that_it_declares(books: Books, mart: Mart) -> None:
    found = books.rows(f"SELECT column_name AS name, data_type AS type FROM duckdb_columns() "
                       f"WHERE table_name = '{mart.name}' ORDER BY column_index")  # fmt: skip
    types = {"TIMESTAMP": "timestamp(6)"}
    shown = [(row["name"], types.get(row["type"], row["type"].lower().replace(",", ", "))) for row in found]
    assert shown == [(column.name, column.trino_type) for column in mart.columns]
    grain = ", ".join(mart.grain)
    [row] = books.rows(f"SELECT count(*) AS n, (SELECT count(*) FROM (SELECT DISTINCT {grain} FROM {mart.name})) AS d "
                       f"FROM {mart.name}")  # fmt: skip
    assert row["n"] == row["d"] > 0


@pytest.fixture(scope="module")
def on_the_page(books: Books) -> dict[str, Any]:
    """What the page's own script shows of every mart, by everything and by each dimension, with its statements."""
    found: dict[str, dict[str, Figures | NotComputed]] = {}
    for mart in MARTS:
        figures = small_figures(books, CONTRACTS[mart.entity], mart)
        assert figures is not None
        found.setdefault(mart.entity, {})[mart.name] = figures
    figures = {name: EntityFigures(item, Records((), (), {}, "")) for name, item in found.items()}
    return run_script(_SHOWN, document(DashboardData(datetime.now(UTC), (), figures=figures), CONTRACTS))


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_the_page_computes_what_athena_shows(books: Books, on_the_page: dict[str, Any], mart: Mart) -> None:
    """Its figures are those of the rolled-up mart, and the statements that it shows beside them give the same."""
    contract, known = CONTRACTS[mart.entity], measures(CONTRACTS[mart.entity])
    shown = [name for name in mart.measures if not isinstance(known[name].form, Figure)]
    assert len(on_the_page[mart.name]) == len(mart.dimensions) + 1
    for case in on_the_page[mart.name]:
        expected = books.rows(rolled_up(contract, mart.name, case["by"], shown))
        lines = sorted([*(as_text(value) for value in row.values())] for row in expected)
        assert sorted(case["figures"]) == [[text.replace("None", "") for text in line] for line in lines]
        assert sorted([*map(as_text, row.values())] for row in books.rows(case["sql"])) == lines


def test_rates_of_several_days_are_those_of_their_payments_and_not_means(books: Books) -> None:
    contract = CONTRACTS["payments"]
    [row] = books.rows(rolled_up(contract, "payments_daily", (), ("acceptance_rate", "payments")))
    [direct] = books.rows("SELECT count(*) FILTER (WHERE status <> 'failed') AS accepted, count(*) AS n FROM payments")
    assert (Decimal(row["acceptance_rate"]), row["payments"]) == (Decimal(direct["accepted"]) / direct["n"], 40)


def test_a_customers_value_is_what_was_charged_less_what_came_back(books: Books) -> None:
    [total] = books.rows("SELECT sum(customer_value) AS worth, sum(charged_payments) AS n FROM customers_value")
    [charged] = books.rows(
        "SELECT sum(amount) AS charged, count(*) AS n FROM payments WHERE status IN ('captured', 'settled', 'refunded')"
    )
    [back] = books.rows(
        "SELECT count(*) * DECIMAL '0.005' AS back FROM refunds r JOIN payments p ON r.payment_id = p.payment_id "
        "WHERE r.status = 'succeeded' AND p.status IN ('captured', 'settled', 'refunded')"
    )
    assert (total["worth"], total["n"]) == (charged["charged"] - back["back"], charged["n"])


def test_the_price_weighted_by_volume_is_exact_to_its_scale() -> None:
    contract = CONTRACTS["trades"]
    [mart] = [mart for mart in marts(contract) if mart.name == "trades_by_symbol"]
    values = "('A', 'USD', 'buy', DECIMAL '1', DECIMAL '1.000000000000000000'), "
    values += "('A', 'USD', 'sell', DECIMAL '2', DECIMAL '1.000000000000000000')"
    columns = ["decimal(28, 10)", "decimal(38, 18)"]
    table = f"(SELECT s AS symbol, c AS currency, d AS side, CAST(q AS {columns[0]}) AS quantity, "
    table += f"CAST(n AS {columns[1]}) AS notional FROM (VALUES {values}) v(s, c, d, q, n)) trades"
    [row] = answer(connect(), mart.sql.replace("FROM trades", f"FROM {table}"))
    assert row == ["A", "USD", "2", "3.0000000000", "2.000000000000000000", "1.000000000000000000",
                   "1.000000000000000000", "0.666666666666666667"]  # fmt: skip
