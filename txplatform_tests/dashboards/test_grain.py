"""A mart that is too large for the page is read by fewer dimensions; its sums stay."""

import duckdb
import pyarrow as pa
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.html.grain import large_figures, small_figures
from txplatform.errors import QueryError
from txplatform.warehouse.marts.files import marts

CONTRACTS = load_contracts()
PAYMENTS = {mart.name: mart for mart in marts(CONTRACTS["payments"], CONTRACTS)}
HOURLY = next(mart for mart in marts(CONTRACTS["trades"], CONTRACTS) if mart.name == "trades_hourly")
GROWTH = next(mart for mart in marts(CONTRACTS["customers"], CONTRACTS) if mart.name == "customers_growth")


class Engine:
    """Runs statements over tables of DuckDB, as Athena would, and keeps them."""

    def __init__(self, *statements: str) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        for statement in statements:
            self.connection.execute(statement)

    def arrow(self, sql: str) -> pa.Table:
        return self.connection.execute(sql).to_arrow_table()


@pytest.fixture(scope="module")
def engine() -> Engine:
    by_row = "['EUR', 'USD'][1 + n % 2] AS currency, 's' || n % 3 AS status, 'm' || n % 4 AS method"
    figures = "1 AS payments, CAST(0.01 AS decimal(38, 3)) AS amount, CAST(n AS decimal(38, 3)) AS value"
    counts = "1 AS accepted_payments, 1 AS charged_payments, 0 AS refunded_payments"
    trades = "'BTC' AS symbol, 'kraken' AS venue, 'buy' AS side, 'USD' AS currency, 1 AS trades"
    sums = "CAST(1 AS decimal(38, 10)) AS quantity, CAST(2 AS decimal(38, 18)) AS notional"
    return Engine(
        "CREATE TABLE payments_breakdown AS SELECT DATE '2026-01-01' + CAST(n % 10 AS integer) AS day, "
        f"{by_row}, 'mer_' || n AS merchant_id, {figures}, {counts} FROM range(400) t(n)",
        f"CREATE TABLE trades_hourly AS SELECT TIMESTAMP '2026-01-01' + n * INTERVAL 1 HOUR AS hour, {trades}, {sums} "
        "FROM range(240) t(n)",
        "CREATE TABLE customers_growth AS SELECT DATE '2026-01-01' + CAST(n AS integer) AS day, "
        "'s' || n % 2 AS segment, 1 AS new_customers, n AS customers_so_far FROM range(100) t(n)",
    )


def test_a_small_mart_is_read_as_it_is(engine: Engine) -> None:
    found = small_figures(engine, CONTRACTS["payments"], PAYMENTS["payments_breakdown"])
    assert found is not None
    assert (found.rows, found.left_out) == (400, ())
    assert "acceptance_rate" not in found.scales, "ratios are made of their parts"
    assert small_figures(engine, CONTRACTS["payments"], PAYMENTS["payments_breakdown"], 399) is None


def test_the_widest_dimension_goes_first_and_sums_stay(engine: Engine) -> None:
    mart = PAYMENTS["payments_breakdown"]
    found = large_figures(engine, CONTRACTS["payments"], mart, 100)
    assert (found.left_out, found.whole) == (("merchant_id",), 400)
    assert found.rows <= 100
    assert sum(map(int, found.values["value"].split())) == sum(range(400)) * 10 ** found.scales["value"]
    fewer = large_figures(engine, CONTRACTS["payments"], mart, 59)
    assert list(fewer.grain) == ["day", "currency", "status"]
    whole = large_figures(engine, CONTRACTS["payments"], mart, 400)
    assert (whole.rows, whole.left_out) == (400, ())
    with pytest.raises(QueryError, match="payments_breakdown has more than 9 rows by each of its dimensions"):
        large_figures(engine, CONTRACTS["payments"], mart, 9)


def test_hours_become_days_before_anything_is_left_out(engine: Engine) -> None:
    found = large_figures(engine, CONTRACTS["trades"], HOURLY, 50)
    assert (found.rows, dict(found.grain)["hour"]) == (10, "CAST(hour AS date)")
    assert found.words["hour"][0] == "2026-01-01"
    assert found.values["trades"].split() == ["24"] * 10


def test_figures_that_must_not_be_added_go_with_what_is_left_out(engine: Engine) -> None:
    whole = large_figures(engine, CONTRACTS["customers"], GROWTH, 100)
    assert set(whole.scales) == {"new_customers", "customers_so_far"}
    engine.connection.execute("INSERT INTO customers_growth SELECT day, 'other', 2, 3 FROM customers_growth")
    by_day = large_figures(engine, CONTRACTS["customers"], GROWTH, 100)
    assert (list(by_day.grain), list(by_day.scales)) == (["day"], ["new_customers"])
    assert set(by_day.values["new_customers"].split()) == {"3"}
