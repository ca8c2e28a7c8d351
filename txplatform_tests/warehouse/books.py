"""Entities' current views as tables in DuckDB's memory, to read marts over: rows in, answers out."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.views import view_columns
from txplatform.warehouse.double_entry import MART, STATEMENT, DoubleEntry, double_entry_of
from txplatform.warehouse.marts.files import marts
from txplatform_tests.warehouse.lake_in_memory import translated

Row = Mapping[str, Any]

AT = "2026-11-02 10:00:00"

_ENTITIES = ("payments", "refunds", "disputes", "payouts", "balance_transactions", "customers", "trades")


class Books:
    """A merchant's payments, refunds, disputes, payouts and ledger."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute("SET TimeZone = 'UTC'")
        contracts = load_contracts()
        for entity in _ENTITIES:
            columns = ", ".join(f'"{column.name}" {column.trino_type}' for column in view_columns(contracts[entity]))
            self._connection.execute(f"CREATE TABLE {entity} ({columns})")
        for entity in _ENTITIES:
            for mart in marts(contracts[entity], {name: contracts[name] for name in _ENTITIES}):
                self._connection.execute(translated(f"CREATE VIEW {mart.name} AS {mart.sql}"))

    def add(self, entity: str, *rows: Row) -> None:
        for row in rows:
            names, values = ", ".join(row), ", ".join("?" * len(row))
            self._connection.execute(f"INSERT INTO {entity} ({names}) VALUES ({values})", list(row.values()))

    def change(self, sql: str) -> None:
        """Run a statement that changes or deletes rows."""
        self._connection.execute(sql)

    def arrow(self, sql: str) -> pa.Table:
        return self._connection.execute(translated(sql)).to_arrow_table()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.arrow(sql).to_pylist()

    def double_entry(self) -> DoubleEntry:
        return double_entry_of(self.rows(STATEMENT))

    def unequal(self) -> list[tuple[Any, ...]]:
        """Part, source and state of all that does not agree."""
        sql = f"SELECT part, source_id, state FROM {MART} WHERE state NOT IN ('equal', 'converted') ORDER BY 1, 2"
        return [tuple(row.values()) for row in self.rows(sql)]

    def close(self) -> None:
        self._connection.close()


def entry(number: int, category: str, source: str | None, amount: str, fee: str = "0", **fields: Any) -> Row:
    """An entry of the ledger, in euro, of the first day."""
    row: dict[str, Any] = {
        "transaction_id": f"txn_{number}",
        "source_id": source,
        "type": category,
        "reporting_category": category,
        "amount": amount,
        "fee": fee,
        "currency": "EUR",
        "status": "available",
        "created_at": AT,
    } | fields
    return {"net": str(Decimal(row["amount"]) - Decimal(row["fee"]))} | row


def payment(number: int, amount: str, status: str = "captured", **fields: Any) -> Row:
    keys = {"payment_id": f"pi_{number}", "charge_id": f"ch_{number}", "merchant_id": f"mer_{number % 2}"}
    return keys | {"amount": amount, "currency": "EUR", "status": status, "created_at": AT} | fields


def refund(number: int, amount: str, status: str = "succeeded", **fields: Any) -> Row:
    keys = {"refund_id": f"re_{number}", "payment_id": f"pi_{number}", "charge_id": f"ch_{number}"}
    return keys | {"amount": amount, "currency": "EUR", "status": status, "created_at": AT} | fields


def dispute(number: int, amount: str, status: str, **fields: Any) -> Row:
    keys = {"dispute_id": f"dp_{number}", "payment_id": f"pi_{number}", "charge_id": f"ch_{number}"}
    return keys | {"amount": amount, "currency": "EUR", "status": status, "created_at": AT} | fields


def payout(number: int, amount: str, status: str = "paid", **fields: Any) -> Row:
    keys = {"payout_id": f"po_{number}", "merchant_id": "own_account"}
    return keys | {"amount": amount, "currency": "EUR", "status": status, "created_at": AT} | fields
