"""Current views and marts on a local Athena."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlglot
from sqlglot import exp

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.contracts.render.views import view_columns
from txplatform.warehouse.marts.files import mart_names, marts
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.views import refresh_mart, refresh_view
from txplatform_tests.lake_stand import Stand, csv_of, payment

CONTRACTS = load_contracts()
MARTS = [mart for contract in CONTRACTS.values() for mart in marts(contract, CONTRACTS)]


def test_view_has_the_contracts_columns_and_survives_being_replaced(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    first = refresh_view(stand.contract, stand.athena, stand.ledger)
    assert (first.folded, first.query_id is None) == (None, False)
    assert refresh_view(stand.contract, stand.athena, stand.ledger).query_id is None
    stand.fold()
    second = refresh_view(stand.contract, stand.athena, stand.ledger)
    assert second.folded is not None
    assert second.query_id is not None
    result = stand.athena.execute(f'SELECT * FROM "{stand.contract.name}"')
    assert [name for name, _ in result.columns] == [column.name for column in view_columns(stand.contract)]
    assert dict(result.columns)["amount"] == "decimal"


def test_operational_store_outranks_files(stand: Stand) -> None:
    stand.put_changes("a", [(1, payment("p1", "1.00"), False)])
    stand.ingest_changes()
    stand.put_file(date(2026, 1, 1), "a.csv", csv_of([payment("p1", "9.00", 99), payment("p2", "2.00")]))
    stand.ingest_files(date(2026, 1, 1))
    assert stand.view("payment_id, amount") == [
        {"payment_id": "p1", "amount": Decimal("1.00")},
        {"payment_id": "p2", "amount": Decimal("2.00")},
    ]


def test_marts_are_described_and_belong_to_an_entity() -> None:
    assert {mart.name for mart in MARTS} == {
        "balance_transactions_daily",
        "balance_transactions_double_entry",
        "customers_growth",
        "customers_segments",
        "customers_value",
        "disputes_daily",
        "payments_breakdown",
        "payments_daily",
        "payments_by_status",
        "payments_net_revenue",
        "payments_settlement_ageing",
        "payments_top_customers",
        "payouts_daily",
        "refunds_daily",
        "trades_daily",
        "trades_by_symbol",
        "trades_hourly",
    }
    assert all(mart.description and not mart.sql.startswith("--") for mart in MARTS)


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_a_mart_reads_its_entity_and_those_that_it_names(mart: Mart) -> None:
    query = sqlglot.parse_one(mart.sql, read="athena")
    steps = {step.alias for step in query.find_all(exp.CTE)}
    assert {table.name for table in query.find_all(exp.Table)} - steps == {mart.entity, *mart.reads}
    outer = {column.name for column in query.selects if isinstance(column, exp.Column)}
    read = [load_contracts()[entity] for entity in (mart.entity, *mart.reads)]
    personal = {field.name for contract in read for field in contract.fields if field.personal}
    assert not outer & personal


def test_a_mart_of_several_entities_is_made_where_all_of_them_are() -> None:
    payments = CONTRACTS["payments"]
    some = {name: CONTRACTS[name] for name in ("payments", "refunds", "balance_transactions")}
    alone = [name for name in mart_names(payments) if name != "payments_net_revenue"]
    assert [mart.name for mart in marts(payments, some)] == [mart.name for mart in marts(payments)] == alone
    assert [mart.name for mart in marts(payments, CONTRACTS)] == mart_names(payments)


@pytest.mark.parametrize("contract", load_contracts().values(), ids=lambda contract: contract.name)
def test_a_hundred_million_of_the_greatest_values_can_be_summed(contract: Contract) -> None:
    for field in contract.fields:
        if field.precision is None:
            continue
        assert field.scale is not None
        for bound in (field.minimum, field.maximum):
            greatest = Decimal(10) ** (field.precision - field.scale) if bound is None else abs(bound)
            assert greatest * 100_000_000 <= Decimal(10) ** (38 - field.scale), field.name  # Athena: decimal(38, scale)


@pytest.fixture
def shop(stand: Stand) -> Stand:
    """The stand under the entity's own name, which the marts read; no other test may use that."""
    stand.contract = replace(stand.contract, name="payments")
    return stand


@pytest.fixture
def floor(credentials: None) -> Stand:
    """A trading floor: the stand under the name of trades, which the marts read; no other test may use that."""
    trades = Stand.of("trades")
    trades.contract = replace(trades.contract, name="trades")
    return trades


def trade(number: int, side: str, notional: str, **fields: str) -> dict[str, str]:
    moment = "2026-01-01T00:00:00.000000Z"
    record = {
        "venue": "kraken",
        "trade_id": str(number),
        "symbol": "BTC/USD",
        "side": side,
        "order_type": "limit",
        "price": "1.0000000000",
        "quantity": "1.0000000000",
        "notional": f"{Decimal(notional):.18f}",
        "currency": "USD",
        "executed_at": moment,
        "updated_at": moment,
    }
    return record | fields


def test_marts_of_trades_sum_exactly_up_to_the_greatest_notional(floor: Stand) -> None:
    greatest = floor.contract["notional"].maximum
    assert greatest is not None
    records = [
        trade(1, "buy", "0.000000000000000001"),
        trade(2, "buy", "10.5"),
        trade(3, "sell", "4"),
        trade(4, "buy", str(greatest), symbol="DOGE/USD", executed_at="2026-01-02T00:00:00.000000Z"),
        trade(5, "buy", str(greatest), symbol="DOGE/USD", executed_at="2026-01-02T23:59:59.999999Z"),
        trade(6, "sell", "7", currency="EUR"),
    ]
    floor.put_changes("a", [(number, record, False) for number, record in enumerate(records, 1)])
    assert floor.ingest_changes().refused == 0
    refresh_view(floor.contract, floor.athena, floor.ledger)
    for mart in marts(floor.contract):
        refresh_mart(mart, floor.athena, floor.ledger)
    columns = "symbol, currency, trades, buy_notional, sell_notional"
    by_symbol = floor.athena.arrow(f"SELECT {columns} FROM trades_by_symbol ORDER BY symbol, currency DESC").to_pylist()
    assert [tuple(row.values()) for row in by_symbol] == [
        ("BTC/USD", "USD", 3, Decimal("10.500000000000000001"), Decimal(4)),
        ("BTC/USD", "EUR", 1, Decimal(0), Decimal(7)),
        ("DOGE/USD", "USD", 2, 2 * greatest, Decimal(0)),
    ]
    daily = floor.athena.arrow("SELECT * FROM trades_daily ORDER BY day, currency DESC").to_pylist()
    assert [tuple(row.values()) for row in daily] == [
        (date(2026, 1, 1), "USD", 3, Decimal("14.500000000000000001")),
        (date(2026, 1, 1), "EUR", 1, Decimal(7)),
        (date(2026, 1, 2), "USD", 2, 2 * greatest),
    ]


def test_marts_sum_exactly_and_mask_customers(shop: Stand) -> None:
    records = [
        payment("p1", "0.10", customer_id="customer-0001"),
        payment("p2", "0.20", customer_id="customer-0001"),
        payment("p3", "9999999999999999.99", customer_id="c2", currency="USD"),
        payment("p4", "5.00", status="failed"),
        payment("p5", "0.40", status="settled", customer_id="12345"),
        payment("p6", "7.00", status="refunded", customer_id="123456"),
        payment("p7", "8.00", status="authorised", customer_id="customer-0001"),
        payment("p8", "0.05", customer_id="123456"),
    ]
    shop.put_changes("a", [(number, record, False) for number, record in enumerate(records, 1)])
    shop.ingest_changes()
    refresh_view(shop.contract, shop.athena, shop.ledger)
    for mart in marts(shop.contract):
        refresh_mart(mart, shop.athena, shop.ledger)
    columns = "day, currency, payments, value"
    daily = shop.athena.arrow(f"SELECT {columns} FROM payments_daily ORDER BY currency").to_pylist()
    assert daily == [
        {"day": date(2026, 1, 1), "currency": "EUR", "payments": 7, "value": Decimal("0.75")},
        {"day": date(2026, 1, 1), "currency": "USD", "payments": 1, "value": Decimal("9999999999999999.99")},
    ]
    status = shop.athena.arrow("SELECT * FROM payments_by_status ORDER BY status, currency").to_pylist()
    assert [(row["status"], row["currency"], row["amount"]) for row in status] == [
        ("authorised", "EUR", Decimal("8.00")),
        ("captured", "EUR", Decimal("0.35")),
        ("captured", "USD", Decimal("9999999999999999.99")),
        ("failed", "EUR", Decimal("5.00")),
        ("refunded", "EUR", Decimal("7.00")),
        ("settled", "EUR", Decimal("0.40")),
    ]
    top = shop.athena.arrow("SELECT * FROM payments_top_customers ORDER BY currency, place").to_pylist()
    assert [tuple(row.values()) for row in top] == [
        (1, "••••", "EUR", 1, Decimal("0.40")),
        (2, "••••01", "EUR", 2, Decimal("0.30")),
        (3, "••••56", "EUR", 1, Decimal("0.05")),
        (1, "••••", "USD", 1, Decimal("9999999999999999.99")),
    ]
