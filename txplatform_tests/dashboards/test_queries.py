"""The results of Athena, ledger and parity become the data of the page."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.dashboards.html.data import NotComputed, ParityLine, Withheld
from txplatform.dashboards.html.queries import collect
from txplatform.errors import QueryError
from txplatform_tests.dashboards.fabricated import NOW

ARRIVAL = datetime(2026, 11, 23, 9, 59, 50)  # noqa: DTZ001 # a view holds UTC without a zone

REASON = "query 1 failed: NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow"


class FakeAthena:
    """Answers each statement by the first table whose name it mentions, and keeps the statements.

    A statement that mentions `broken` fails.
    """

    def __init__(self, broken: str = "nothing") -> None:
        self.statements: list[str] = []
        self.broken = broken
        self.answers = {
            "UNNEST": [
                {"field": None, "rule": "file.empty", "refused": 1},
                {"field": "amount", "rule": "type", "refused": 4},
            ],
            "_quarantine": [{"refused": 5}],
            "payments_daily": [{"day": date(2026, 11, 23), "currency": "EUR", "payments": 2, "value": Decimal("3.50")}],
            "payments_by_status": [{"status": "settled", "payments": 2}],
            "payments_top_customers": [
                {"place": 1, "customer": "••••01", "currency": "EUR", "payments": 2, "value": Decimal("3.50")}
            ],
            "trades_daily": [{"day": date(2026, 11, 23), "currency": "USD", "trades": 1, "notional": Decimal("0.1")}],
            "trades_by_symbol": [
                {
                    "symbol": "BTC/USD",
                    "currency": "USD",
                    "trades": 1,
                    "buy_notional": Decimal("0.1"),
                    "sell_notional": Decimal(0),
                }
            ],
            "newest_record_at": [{"records": 42, "file_records": 40, "newest_record_at": ARRIVAL}],
            "newest_arrival_at": [{"newest_arrival_at": ARRIVAL}],
        }

    def arrow(self, sql: str, /) -> pa.Table:
        self.statements.append(sql)
        if self.broken in sql:
            raise QueryError(REASON)
        return pa.Table.from_pylist(next(rows for name, rows in self.answers.items() if name in sql))


class FakeLedger:
    def pending(self, lane: Lane, entity: str, /) -> list[str]:
        return ["object"] if (lane, entity) == (Lane.CHANGES, "trades") else []


EQUAL = ParityLine(checked=3, in_flight=1, equal=True)
DIFFERENT = ParityLine(checked=3, in_flight=0, equal=False, differences="1 missing")
PROVEN = dict.fromkeys(load_contracts(), EQUAL)


def test_results_become_the_data_of_the_page() -> None:
    contracts = load_contracts()
    data = collect(FakeAthena(), FakeLedger(), PROVEN | {"trades": DIFFERENT}, contracts, NOW)
    assert [item.entity for item in data.health] == list(contracts)
    payments, trades = (item for item in data.health if item.entity in ("payments", "trades"))
    assert (payments.rows, payments.file_rows, payments.refused_rows, payments.parity) == (42, 40, 5, EQUAL)
    assert payments.newest_arrival_at == ARRIVAL.replace(tzinfo=UTC)
    assert (trades.pending_objects, trades.parity) == (1, DIFFERENT)
    assert (data.refusals[0].field, data.refusals[0].count) == ("amount", 4)
    assert data.refusals[-1].field == ""
    assert data.payments_by_day[0].value == Decimal("3.50")
    assert data.trades_by_day == Withheld("trades is not proven")
    data = collect(FakeAthena(), FakeLedger(), PROVEN, contracts, NOW)
    assert data.trades_by_symbol[0].bought == Decimal("0.1")


def test_figures_of_an_entity_that_is_not_proven_are_withheld_and_not_queried() -> None:
    for outcomes in ({"payments": EQUAL}, {"payments": EQUAL, "trades": DIFFERENT}):
        athena = FakeAthena()
        data = collect(athena, FakeLedger(), outcomes, load_contracts(), NOW)
        assert data.trades_by_day == data.trades_by_symbol == Withheld("trades is not proven")
        assert data.payments_by_day[0].value == Decimal("3.50")
        assert data.not_computed == {}
        assert not [sql for sql in athena.statements if "trades_daily" in sql]


def test_an_entity_that_cannot_be_read_leaves_the_others_alone() -> None:
    whole = collect(FakeAthena(), FakeLedger(), PROVEN, load_contracts(), NOW)
    data = collect(FakeAthena(broken='"customers"'), FakeLedger(), PROVEN, load_contracts(), NOW)
    assert data.unreadable == {"customers": REASON}
    assert data.health == tuple(item for item in whole.health if item.entity != "customers")
    assert data.payments_by_day == whole.payments_by_day


def test_a_mart_that_cannot_be_computed_leaves_the_others_alone() -> None:
    whole = collect(FakeAthena(), FakeLedger(), PROVEN, load_contracts(), NOW)
    data = collect(FakeAthena(broken="trades_daily"), FakeLedger(), PROVEN, load_contracts(), NOW)
    assert data == replace(whole, trades_by_day=NotComputed(REASON))
    assert data.not_computed == {"trades by day": REASON}


@pytest.mark.parametrize("missing", ["payments", "trades"])
def test_marts_of_entities_that_are_not_deployed_are_not_queried(missing: str) -> None:
    athena = FakeAthena()
    contracts = {name: contract for name, contract in load_contracts().items() if name != missing}
    data = collect(athena, FakeLedger(), {}, contracts, NOW)
    assert not [sql for sql in athena.statements if missing in sql]
    assert missing not in {item.entity for item in data.health}
