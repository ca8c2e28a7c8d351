"""The results of Athena, ledger and parity become the data of the page."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.dashboards.html.data import EntityFigures, NotComputed, ParityLine, Withheld
from txplatform.dashboards.html.figures import Figures
from txplatform.dashboards.html.proven import from_text, proven_figures, to_text
from txplatform.dashboards.html.queries import collect
from txplatform.dashboards.html.records import Records
from txplatform.errors import QueryError
from txplatform.warehouse.marts.files import marts
from txplatform_tests.dashboards.fabricated import NOW

ARRIVAL = datetime(2026, 11, 23, 9, 59, 50)  # noqa: DTZ001 # a view holds UTC without a zone

DAY = date(2026, 11, 23)
CONTRACTS = load_contracts()
MARTS = {mart.name: mart for contract in CONTRACTS.values() for mart in marts(contract, CONTRACTS)}
VALUES = {"date": DAY, "timestamp": ARRIVAL, "varchar": "x", "bigint": 2, "decimal": Decimal("3.5")}
REASON = "query 1 failed: NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow"


class FakeAthena:
    """Answers each statement by the first table whose name it mentions, a mart by one row, and keeps the statements.

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
            "newest_record_at": [{"records": 42, "file_records": 40, "newest_record_at": ARRIVAL}],
            "newest_arrival_at": [{"newest_arrival_at": ARRIVAL}],
        }

    def arrow(self, sql: str, /) -> pa.Table:
        self.statements.append(sql)
        if self.broken in sql:
            raise QueryError(REASON)
        mart = MARTS.get((re.findall(r"FROM (\w+) LIMIT", sql) or [""])[0])
        if mart:
            types = {column.name: column.trino_type for column in mart.columns}
            names = sql.removeprefix("SELECT ").partition(" FROM")[0].split(", ")
            return pa.table({name: [VALUES[types[name].partition("(")[0]]] for name in names})
        if "shown_of" in sql:
            names = sql.partition(" FROM")[0].partition("shown_of, ")[2].replace('"', "").split(", ")
            return pa.table({"shown_day": [DAY], "shown_of": [9], **{name: ["x"] for name in names}})
        return pa.Table.from_pylist(next(rows for name, rows in self.answers.items() if name in sql))


class FakeLedger:
    def pending(self, lane: Lane, entity: str, /) -> list[str]:
        return ["object"] if (lane, entity) == (Lane.CHANGES, "trades") else []


EQUAL = ParityLine(checked=3, in_flight=1, equal=True)
DIFFERENT = ParityLine(checked=3, in_flight=0, equal=False, differences="1 missing")
PROVEN = dict.fromkeys(load_contracts(), EQUAL)


def figures_of(data_figures: EntityFigures, mart: str) -> Figures:
    found = data_figures.marts[mart]
    assert isinstance(found, Figures)
    return found


def test_results_become_the_data_of_the_page() -> None:
    data = collect(FakeAthena(), FakeLedger(), PROVEN | {"trades": DIFFERENT}, CONTRACTS, NOW)
    assert [item.entity for item in data.health] == list(CONTRACTS)
    payments, trades = (item for item in data.health if item.entity in ("payments", "trades"))
    assert (payments.rows, payments.file_rows, payments.refused_rows, payments.parity) == (42, 40, 5, EQUAL)
    assert payments.newest_arrival_at == ARRIVAL.replace(tzinfo=UTC)
    assert (trades.pending_objects, trades.parity) == (1, DIFFERENT)
    assert (data.refusals[0].field, data.refusals[0].count) == ("amount", 4)
    assert data.refusals[-1].field == ""
    daily = figures_of(data.figures["payments"], "payments_daily")
    assert (daily.words["day"], daily.values["value"]) == (["2026-11-23"], "350")
    records = data.figures["payments"].records
    assert isinstance(records, Records)
    assert (records.counts, records.since, records.columns[0]) == ({"2026-11-23": 9}, "2026-11-23", "payment_id")
    assert set(data.figures["trades"].marts.values()) == {Withheld("trades is not proven")}
    assert {name for found in data.figures.values() for name in found.marts} == set(MARTS)


def test_figures_of_an_entity_that_is_not_proven_are_withheld_and_not_queried() -> None:
    for outcomes in (PROVEN | {"refunds": DIFFERENT}, {name: EQUAL for name in CONTRACTS if name != "refunds"}):
        athena = FakeAthena()
        data = collect(athena, FakeLedger(), outcomes, CONTRACTS, NOW)
        withheld = Withheld("refunds is not proven")
        assert data.figures["refunds"] == EntityFigures({"refunds_daily": withheld}, withheld)
        # What reads refunds has figures of both.
        assert data.figures["payments"].marts["payments_net_revenue"] == withheld
        assert data.figures["customers"].marts["customers_value"] == withheld
        assert figures_of(data.figures["payments"], "payments_daily").rows == 1
        assert data.not_computed == {}
        assert not [sql for sql in athena.statements if "refunds_daily" in sql or "customers_value" in sql]


def test_figures_that_were_kept_stand_for_those_that_are_not_proven() -> None:
    whole = collect(FakeAthena(), FakeLedger(), PROVEN, CONTRACTS, NOW)
    kept = {name: from_text(to_text(proven_figures(found, NOW))) for name, found in whole.figures.items()}
    data = collect(FakeAthena(), FakeLedger(), PROVEN | {"refunds": DIFFERENT}, CONTRACTS, NOW, kept)  # type: ignore[arg-type]
    net = figures_of(data.figures["payments"], "payments_net_revenue")
    assert net == replace(figures_of(whole.figures["payments"], "payments_net_revenue"), as_of=NOW)
    assert (data.figures["refunds"].as_of, data.figures["payments"].as_of) == (NOW, None)
    assert figures_of(data.figures["payments"], "payments_daily").as_of is None


def test_kept_figures_of_other_columns_or_of_an_older_version_are_not_shown() -> None:
    whole = collect(FakeAthena(), FakeLedger(), PROVEN, CONTRACTS, NOW)
    text = to_text(proven_figures(whole.figures["refunds"], NOW)).replace('"currency"', '"former"')
    kept = from_text(text)
    assert kept is not None
    red = collect(FakeAthena(), FakeLedger(), PROVEN | {"refunds": DIFFERENT}, CONTRACTS, NOW, {"refunds": kept})
    assert red.figures["refunds"].marts["refunds_daily"] == Withheld("refunds is not proven")
    for old in (
        '{"as_of": "2026-01-01T00:00:00+00:00", "sections": {}}',
        "[]",
        "",
        '{"marts": {"m": {}}, "records": null}',
    ):
        assert from_text(old) is None


def test_an_entity_that_cannot_be_read_leaves_the_others_alone() -> None:
    whole = collect(FakeAthena(), FakeLedger(), PROVEN, CONTRACTS, NOW)
    data = collect(FakeAthena(broken='FROM "disputes"'), FakeLedger(), PROVEN, CONTRACTS, NOW)
    assert data.unreadable == {"disputes": REASON}
    assert data.health == tuple(item for item in whole.health if item.entity != "disputes")
    assert data.figures["trades"] == whole.figures["trades"]


def test_a_mart_that_cannot_be_computed_leaves_the_others_alone() -> None:
    whole = collect(FakeAthena(), FakeLedger(), PROVEN, CONTRACTS, NOW)
    data = collect(FakeAthena(broken="FROM trades_daily"), FakeLedger(), PROVEN, CONTRACTS, NOW)
    assert data.figures["trades"].marts == {**whole.figures["trades"].marts, "trades_daily": NotComputed(REASON)}
    assert data.not_computed == {"trades_daily": REASON}
    data = collect(FakeAthena(broken="shown_of"), FakeLedger(), PROVEN, CONTRACTS, NOW)
    assert data.not_computed == {f"records of {name}": REASON for name in CONTRACTS}


@pytest.mark.parametrize("missing", ["payments", "trades"])
def test_marts_of_entities_that_are_not_deployed_are_not_queried(missing: str) -> None:
    athena = FakeAthena()
    contracts = {name: contract for name, contract in CONTRACTS.items() if name != missing}
    data = collect(athena, FakeLedger(), dict.fromkeys(contracts, EQUAL), contracts, NOW)
    assert not [sql for sql in athena.statements if missing in sql]
    assert missing not in {item.entity for item in data.health}
