"""The history of an entity: its versions, and the state at any former moment, against a journal of the writes."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

import txplatform
from txplatform.cli.main import main
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.contracts.render.columns import DELETED, EPOCH, INGESTED_AT, ORDER_KEY, UNCOMMITTED
from txplatform.errors import QueryError
from txplatform.warehouse import as_of as as_of_module
from txplatform.warehouse.as_of import as_of
from txplatform.warehouse.history import history_view
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.views import refresh_mart
from txplatform_tests.lake_stand import Stand, csv_of, payment
from txplatform_tests.warehouse.lake_in_memory import START, LakeInMemory

CONTRACTS = load_contracts()
TRADES = CONTRACTS["trades"]
STATE = "SELECT trade_id, price FROM trades ORDER BY trade_id"


@pytest.fixture
def lake() -> Iterator[LakeInMemory]:
    lake = LakeInMemory(TRADES)
    yield lake
    lake.close()


def change(lake: LakeInMemory, number: int, key: str, second: int, day: int, price: int | None) -> dict[str, Any]:
    """A row of the changes table; a deletion has no price."""
    values = {
        "venue": "kraken",
        "trade_id": key,
        "executed_at": START + timedelta(days=day),
        "price": None if price is None else Decimal(price),
        DELETED: price is None,
        ORDER_KEY: f"1|000001|{number:040d}",
        "_occurred_at": START + timedelta(seconds=second),
        INGESTED_AT: lake.now,
        "_source": "s3://lake/object",
        "_row": 1,
        "_batch_id": "batch",
        "_written_by": f"issuer#{number}",
        EPOCH: UNCOMMITTED,
    }
    return {name: values.get(name) for name in lake.empty[Lane.CHANGES].schema}


def commit(lake: LakeInMemory, rows: list[dict[str, Any]]) -> None:
    lake.commit_changes(pl.DataFrame(rows, schema=lake.empty[Lane.CHANGES].schema, orient="row"))


@pytest.mark.parametrize("seed", range(3))
def test_the_state_at_any_second_is_that_of_the_journal(lake: LakeInMemory, seed: int) -> None:
    choose = random.Random(seed)
    state, days, journal, rows = dict[str, int](), dict[str, int](), dict[int, dict[str, int]](), list[Any]()
    second = 0
    for number in range(1, 60):
        second += choose.choice((0, 0, 1, 3))
        key, day = choose.choice("abc"), choose.randrange(2)
        deleted = key in state and choose.random() < 0.4
        day = days[key] if deleted else day
        rows.append(change(lake, number, key, second, day, None if deleted else number))
        if days.setdefault(key, day) != day:  # the place that the record has left
            rows.append(change(lake, number, key, second, days[key], None))
        days[key] = day
        state = {**state, key: number}
        if deleted:
            del state[key]
        journal[second] = state
    again = choose.sample(rows, 9)
    delivered = [*rows, *again]
    choose.shuffle(delivered)
    while delivered:
        commit(lake, [delivered.pop() for _ in range(min(len(delivered), choose.randrange(1, 15)))])
        if choose.random() < 0.3:
            list(lake.fold())
    for moment in (-1, *choose.sample(range(second + 2), 25)):
        past = as_of(STATE, START + timedelta(seconds=moment), CONTRACTS)
        known = [journal[at] for at in sorted(journal) if at <= moment]
        assert lake.run(past) == sorted((known[-1] if known else {}).items()), moment


def test_where_times_go_back_the_order_of_the_changes_counts(lake: LakeInMemory) -> None:
    commit(lake, [change(lake, number, "a", second, 0, number) for number, second in ((1, 5), (2, 4), (3, 9), (4, 7))])
    states = [lake.run(as_of(STATE, START + timedelta(seconds=second), CONTRACTS)) for second in range(3, 11)]
    assert [rows[0][1] if rows else None for rows in states] == [None, 2, 2, 2, 4, 4, 4, 4]


def test_versions_say_how_long_they_were_the_state_what_made_them_and_who(lake: LakeInMemory) -> None:
    writes = [(1, 0, 0, 5), (2, 0, 0, 6), (3, 4, 0, 7), (4, 5, 0, None), (5, 6, 0, 8)]
    commit(lake, [change(lake, number, "a", second, day, price) for number, second, day, price in writes])
    loaded = change(lake, 6, "b", 9, 0, 1) | {"_source": "s3://lake/cdc/trades/dt=2026-01-01/bootstrap-000002-x"}
    commit(lake, [loaded])
    found = lake.run(
        "SELECT trade_id, operation, written_by, lane, date_diff('second', valid_from, valid_to), price "
        f"FROM ({history_view(TRADES).sql}) ORDER BY order_key"
    )
    assert [(key, *rest[:1], rest[3]) for key, *rest in found] == [
        ("a", "insert", 0),  # superseded within the second: a version, and the state at no moment that has a name
        ("a", "update", 4),
        ("a", "update", 1),
        ("a", "delete", 1),
        ("a", "insert", None),
        ("b", "load", None),
    ]
    assert [item[2] for item in found] == [f"issuer#{number}" for number in range(1, 7)]
    assert {item[3] for item in found} == {"changes"}


def test_a_deletion_has_no_backfill(lake: LakeInMemory) -> None:
    filled = replace(TRADES["price"], evolution=replace(TRADES["price"].evolution, backfill="1.5"))
    contract = replace(TRADES, fields=tuple(filled if item.name == "price" else item for item in TRADES.fields))
    commit(lake, [change(lake, 1, "a", 1, 0, 5), change(lake, 2, "a", 2, 0, None)])
    rows = lake.run(f"SELECT operation, price FROM ({history_view(contract).sql}) ORDER BY order_key")
    assert rows == [("insert", Decimal(5)), ("delete", None)]


def test_fields_with_the_names_of_added_columns_keep_them() -> None:
    odd = replace(TRADES, fields=(*TRADES.fields, replace(TRADES["price"], name="operation")))
    view = history_view(odd)
    assert [column.name for column in view.columns if column.name.endswith("operation")] == ["operation", "_operation"]
    assert '"_operation" <>' in as_of("SELECT 1 FROM odd", START, {"odd": replace(odd, name="odd")})


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("SELECT * FROM trades_changes", "'trades_changes' has no past"),
        ("SELECT * FROM trades_history", "'trades_history' has no past"),
        ("SELECT * FROM other.trades", "'other.trades' has no past"),
        ("SELECT * FROM wrong.txplatform.trades", "'wrong.txplatform.trades' has no past"),
        ("SELECT * FROM trades FOR TIMESTAMP AS OF TIMESTAMP '2026-01-01 00:00:00 UTC'", "'trades' has no past"),
        ("SELECT (SELECT max(dt) FROM nowhere) FROM trades", "'nowhere' has no past"),
        ("TABLE trades", "'trades' has no past"),
        ("DELETE FROM trades", "only a query has a past"),
        ("SELECT FROM WHERE", "could not be read"),
    ],
)
def test_what_has_no_past_is_refused(sql: str, problem: str) -> None:
    with pytest.raises(QueryError, match=problem):
        as_of(sql, START, CONTRACTS)


def test_a_common_table_hides_a_view_whatever_the_case_of_its_name() -> None:
    past = as_of("WITH Trades AS (SELECT * FROM trades WHERE price > 1) SELECT count(*) FROM TRADES", START, CONTRACTS)
    assert past.count("UNION ALL") == 1
    assert past.endswith("FROM TRADES")
    assert as_of("WITH P AS (SELECT 1) SELECT * FROM p", START, CONTRACTS) == "WITH P AS (SELECT 1) SELECT * FROM p"


def test_a_moment_has_a_zone() -> None:
    with pytest.raises(QueryError, match="has no time zone"):
        as_of(STATE, START.replace(tzinfo=None), CONTRACTS)


def test_a_mart_that_counts_from_today_counts_from_that_day() -> None:
    past = as_of("SELECT * FROM payments_settlement_ageing", START, CONTRACTS)
    assert "current_timestamp" not in past
    assert "TIMESTAMP '2026-01-01 00:00:00.000000'" in past


def test_a_mart_without_a_past_is_in_the_way_of_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = Mart("trades_odd", "trades", "", "SELECT 1 AS x FROM trades_changes")
    noted = Mart("trades_noted", "trades", "", "SELECT price FROM trades -- the end")
    monkeypatch.setattr(as_of_module, "marts", lambda contract, _: (odd, noted) if contract is TRADES else ())
    assert as_of("SELECT * FROM trades_noted WHERE true", START, CONTRACTS).endswith(') AS "trades_noted" WHERE true')
    with pytest.raises(QueryError, match="trades_odd: 'trades_changes' has no past"):
        as_of("SELECT * FROM trades_odd", START, CONTRACTS)


def test_names_alone_are_replaced() -> None:
    sql = (
        "WITH t AS (SELECT 'trades' AS name FROM \"awsdatacatalog\".txplatform.trades) "
        "SELECT name, trades.price FROM t, Trades, trades AS x -- trades\n"
    )
    past = as_of(sql, START, CONTRACTS)
    assert past.count("UNION ALL") == 3
    assert past.startswith("WITH t AS (SELECT 'trades' AS name FROM (SELECT")
    assert past.endswith(" AS x -- trades\n")
    assert ') AS "trades", (SELECT' in past


def test_the_past_of_views_and_marts_on_athena(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = stand.contract
    day = datetime(2025, 12, 31, tzinfo=UTC).date()
    stand.put_file(day, "a.csv", csv_of([payment("p0", "3.00"), payment("p1", "4.00")]))
    stand.ingest_files(day)
    stand.put_changes("a", [(1, payment("p1", "5.00"), False), (2, payment("p2", "7.00"), False)])
    stand.put_changes("b", [(10, payment("p1", "6.00", minute=1), False), (11, payment("p2"), True)])
    stand.ingest_changes()
    now = {row["payment_id"]: row["amount"] for row in stand.view("payment_id, amount")}
    refresh_mart(history_view(contract), stand.athena, stand.ledger, [contract])
    monkeypatch.setattr("txplatform.contracts.loader.load_contracts", lambda *_: {contract.name: contract})
    for name, value in stand.environment.items():
        monkeypatch.setenv(name, value)

    def past(second: int, sql: str) -> list[tuple[Any, ...]]:
        moment = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=second)
        frame = txplatform.query(sql.format(contract.name), as_of=moment)
        return list(frame.itertuples(index=False, name=None))

    amounts = 'SELECT payment_id, amount FROM "{}" ORDER BY 1'
    assert past(0, amounts) == [("p0", Decimal("3.00")), ("p1", Decimal("4.00"))]
    assert past(2, amounts) == [("p0", Decimal("3.00")), ("p1", Decimal("5.00")), ("p2", Decimal("7.00"))]
    versions = stand.athena.arrow(f'SELECT operation FROM "{contract.name}_history" ORDER BY order_key')
    assert versions["operation"].to_pylist() == ["insert", "insert", "update", "insert", "update", "delete"]
    assert dict(past(11, amounts)) == now == {"p0": Decimal("3.00"), "p1": Decimal("6.00")}
    assert past(2, "SELECT sum(total_amount) FROM {}_daily") == [(Decimal("15.00"),)]
    result = CliRunner().invoke(
        main, ["query", "--as-of", "2026-11-01T00:00:05Z", f"SELECT count(*) n FROM {contract.name}"]
    )
    assert (result.exit_code, result.output.split()[1]) == (0, "3"), result.output


@pytest.mark.parametrize("moment", ["yesterday", "2999-01-01T00:00:00Z"])
def test_a_moment_has_been(moment: str) -> None:
    result = CliRunner().invoke(main, ["query", "--as-of", moment, "SELECT 1"])
    assert result.exit_code == 2
    assert "Remedy" in result.output
