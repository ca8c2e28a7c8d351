"""Files whose records are not all of it: without a header, and with names that say what their rows do not."""

import gzip
import io
import json
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from txplatform.contracts.mapping.model import FileLayout
from txplatform.errors import ContractError
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.mapping.layouts import layout_of
from txplatform_tests.contracts.mapping.systems import shop
from txplatform_tests.ingest.mapping.files import gated, reasons, refusable

TRADES = b"""\
5683283301,87521.42000000,0.00012000,10.50257040,1766534400123456,True,True
5683283302,87521.43000000,0.00100000,87.52143000,1766534400223456,False,True
"""
AGGREGATES = b"3050000001,87521.42000000,0.00012000,5683283301,5683283303,1566534400123,False,True\n"


def test_a_dump_of_trades_without_a_header_is_rows_of_its_symbol() -> None:
    gate = gated("binance", "trades", "raw/trades/source=binance/dt=2025-12-24/BTCUSDT-trades-2025-12-24.csv", TRADES)
    rows = gate.good.select("trade_id", "symbol", "side", "price", "notional", "currency", "executed_at").rows()
    assert [row[:6] for row in rows] == [
        ("BTCUSDT-5683283301", "BTCUSDT", "sell", Decimal("87521.42"), Decimal("10.5025704"), "USDT"),
        ("BTCUSDT-5683283302", "BTCUSDT", "buy", Decimal("87521.43"), Decimal("87.52143"), "USDT"),
    ]
    assert [row[6].isoformat() for row in rows] == [
        "2025-12-24T00:00:00.123456+00:00",
        "2025-12-24T00:00:00.223456+00:00",
    ]
    assert gate.rows.to_list() == [1, 2]


@pytest.mark.parametrize("name", ["ETHEUR-aggTrades-2019-08-23.csv.gz", "ETHEUR-aggTrades-2019-08.csv.gz"])
def test_a_dump_before_2025_counts_milliseconds(name: str) -> None:
    gate = gated("binance", "trades", name, gzip.compress(AGGREGATES))
    assert gate.good.select("trade_id", "side", "currency").rows() == [("ETHEUR-agg-3050000001", "buy", "EUR")]
    assert gate.good["executed_at"][0].isoformat() == "2019-08-23T04:26:40.123000+00:00"


def test_what_a_dump_says_of_its_unit_is_not_what_its_numbers_say() -> None:
    gate = gated("binance", "trades", "BTCUSDT-trades-2024-12-24.csv", TRADES)
    assert {field for found in reasons(gate).values() for field, _ in found} == {"executed_at", "updated_at"}


def test_a_row_of_another_number_of_fields_is_refused_with_its_line() -> None:
    gate = gated("binance", "trades", "BTCUSDT-trades-2025-12-24.csv", TRADES + b"5683283303,1\n")
    assert gate.rows.to_list() == [1, 2]
    assert reasons(gate) == {3: [("", "row.fields")]}


def test_a_column_that_the_name_says_too_refuses_the_file() -> None:
    sink = io.BytesIO()
    pl.DataFrame({"symbol": ["ETHEUR"], "dump": ["x"]}).write_parquet(sink)
    found = refusable("binance", "trades", "BTCEUR-trades-2025.parquet", sink.getvalue())
    assert isinstance(found, FileRejected)
    assert (found.rule, "dump, symbol" in found.message) == ("file.header", True)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("a/orders-2026-01.csv", {"month": "2026-01"}),
        ("a/orders-2026-01.CSV.gz", {"month": "2026-01"}),
        ("2026.01-orders.v2.parquet", {}),
        ("a/2026.01-orders.parquet", {"month": "2026.01"}),
        ("orders-.csv", {}),
        ("orders-2026-01.csv/part", {}),
    ],
)
def test_the_parts_of_a_name(name: str, values: dict[str, str]) -> None:
    assert layout_of([FileLayout(("orders-{month}", "{month}-orders"))], name).values == values


@pytest.mark.parametrize(
    ("layout", "problem"),
    [
        ({"name": "orders/{day}"}, "'layouts[1].name' is 'orders/{day}'"),
        ({"name": "{shop}{day}"}, "is '{shop}{day}'"),
        ({"name": "orders-{Day}"}, "is 'orders-{Day}'"),
        ({"name": ["orders-{day}", "orders-{month}"]}, "different parts"),
        ({"name": "{day}-of-{day}"}, "say day twice"),
        ({"name": "{day}", "columns": ["id", "day"]}, "say day twice"),
        ({"name": "orders", "columns": ["id"], "constants": {"id": "1"}}, "say id twice"),
        ({"name": "-".join(f"{{a{n}}}" for n in range(9))}, "has 9 parts"),
        ({"columns": ["id"]}, "'layouts[1].name' is missing"),
    ],
)
def test_a_layout_that_says_nothing_certain_is_refused(layout: dict[str, Any], problem: str) -> None:
    with pytest.raises(ContractError) as caught:
        shop(lambda document: document.update(layouts=[layout]))
    assert problem in str(caught.value), json.dumps(layout)
