"""Marts that are tables: what a refresh leaves is what a view would show, whatever has come and however it ended."""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from txplatform.clock import utc_now
from txplatform.errors import CommitConflictError, QueryError
from txplatform.lake import mart_tables
from txplatform.lake.maintenance import former_marts, maintain
from txplatform.lake.maintenance.compaction import compact
from txplatform.lake.maintenance.former_marts import drop_former_tables
from txplatform.lake.maintenance.layout import Partition
from txplatform.lake.mart_tables import TableRefresh, refresh_table
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.marts import files
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.views import refresh_mart, refresh_view
from txplatform_tests.lake_stand import Stand, payment

TEXT = """\
-- Payments a day and status
-- Grain: day, status
-- Dimensions: day, status
-- Measures: records, total_amount
-- Personal data: none
-- Freshness: table by day
SELECT ${day:created_at} AS day, status, ${measures}
FROM payments
GROUP BY 1, 2
"""


class Shop:
    """A stand with a mart that is a table, whose file is in a folder of its own."""

    def __init__(self, stand: Stand, folder: Path) -> None:
        self.stand, self.folder, self.number = stand, folder, 0
        self.write(TEXT)

    def write(self, text: str) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        files.read_header.cache_clear()
        path = self.folder / self.stand.contract.name / "some.sql"
        path.parent.mkdir(parents=True)
        path.write_text(text.replace("FROM payments", f"FROM {self.stand.contract.name}"), encoding="utf-8")

    @property
    def mart(self) -> Mart:
        [mart] = files.marts(self.stand.contract, None, self.folder)
        return mart

    def change(self, *changes: tuple[int, str, str, str]) -> None:
        """Let changes come and be taken in: day, key, amount and status of a payment, which is deleted without one."""
        records = [
            (
                self.number + place,
                payment(key, amount or "1.00", created_at=f"2026-01-{day:02d}T12:00:00.000000Z", status=status),
                not amount,
            )
            for place, (day, key, amount, status) in enumerate(changes, 1)
        ]
        self.number += len(records)
        self.stand.put_changes(str(self.number), records)
        assert self.stand.ingest_changes().refused == 0

    def fold(self) -> None:
        self.stand.fold()
        refresh_view(self.stand.contract, self.stand.athena, self.stand.ledger)

    def refresh(self) -> TableRefresh:
        """Refresh the table, and hold it against what the statement gives now."""
        stand = self.stand
        done = refresh_table(self.mart, stand.contract, stand.lake, stand.athena, stand.ledger)
        assert self.rows() == self.rows(f"({self.mart.sql})")
        return done

    def drop(self) -> int:
        return drop_former_tables(self.stand.contract, self.stand.athena, self.stand.ledger, utc_now())

    def there(self, table: str) -> bool:
        return bool(self.stand.athena.view_version(table))

    def rows(self, of: str = "") -> list[tuple[Any, ...]]:
        found = self.stand.athena.arrow(f"SELECT * FROM {of or self.mart.name} m ORDER BY day, status")
        return [tuple(row.values()) for row in found.to_pylist()]


@pytest.fixture
def shop(stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    for module in (files.marts, files.mart_names, files.mart_tables):
        monkeypatch.setattr(module, "__defaults__", (*(module.__defaults__ or ())[:-1], tmp_path / "sql"))
    made = Shop(stand, tmp_path / "sql")
    made.change((1, "p1", "0.10", "captured"), (2, "p2", "0.20", "failed"))
    refresh_view(stand.contract, stand.athena, stand.ledger)
    return made


def test_days_are_replaced_of_which_records_have_come_or_gone_also_after_a_death(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand, execute = shop.stand, Athena.execute
    with monkeypatch.context() as patch:
        patch.setattr(mart_tables, "show_table", _die)
        with pytest.raises(QueryError):
            shop.refresh()
    assert shop.refresh().days is not None, "it was made, and is only shown"
    shop.change((2, "p2", "0.20", "captured"), (3, "p3", "9999999999999999.99", "captured"), (1, "p1", "", ""))
    with monkeypatch.context() as patch:
        patch.setattr(Athena, "execute", lambda athena, sql: _die(execute(athena, sql)))
        with pytest.raises(QueryError):
            shop.refresh()
    assert shop.refresh().days == 3, "what was replaced and not kept is replaced once more"
    assert shop.rows() == [
        (date(2026, 1, 2), "captured", 1, Decimal("0.20")),
        (date(2026, 1, 3), "captured", 1, Decimal("9999999999999999.99")),
    ]
    shop.fold()
    shop.refresh()
    assert shop.refresh().days == 0
    former = stand.ledger.mart_table(stand.contract.name, shop.mart.name)
    assert stand.ledger.set_mart_table(stand.contract.name, former)
    with pytest.raises(CommitConflictError, match="another refresh of it was faster"):
        mart_tables._keep(stand.ledger, stand.contract, former)


def _die(*_: Any) -> Any:
    raise QueryError("the process died")


def test_another_statement_or_many_days_make_it_whole_and_what_nothing_shows_is_dropped(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand, contract, view = shop.stand, shop.stand.contract, shop.mart.name
    first = shop.refresh().table
    shop.write(TEXT.replace("GROUP BY", "WHERE status <> 'failed'\nGROUP BY"))
    second = shop.refresh().table
    assert [row[0].day for row in shop.rows()] == [1]
    monkeypatch.setattr(mart_tables, "_MOST_DAYS", 0)
    third = shop.refresh().table
    assert shop.drop() == 0
    assert shop.there(first), "a query may still read it"
    monkeypatch.setattr(former_marts, "LEFT_FOR", timedelta(0))
    assert shop.drop() == 2
    assert [shop.there(name) for name in (first, second, third)] == [False, False, True]
    shop.write(TEXT.replace("table by day", "live"))
    assert shop.drop() == 0, "the view shows it until its refresh"
    refresh_mart(shop.mart, stand.athena, stand.ledger, [contract])
    assert shop.drop() == 1
    assert [row[0].day for row in shop.rows()] == [1, 2]

    shop.write(TEXT)
    table = shop.refresh().table
    report = maintain(contract, stand.lake, stand.athena, stand.ledger, dry_run=True)
    assert table in [item.table for item in report.tables]
    (shop.folder / contract.name / "some.sql").unlink()
    maintenance = import_module("txplatform.lake.maintenance.maintain")
    monkeypatch.setattr(maintenance, "_work", lambda *_: report.tables[0])  # compaction and VACUUM have their own tests
    assert maintain(contract, stand.lake, stand.athena, stand.ledger).problems == ()
    assert (shop.there(table), shop.there(view)) == (False, False)
    assert list(stand.ledger.mart_tables(contract.name)) == []


def test_a_table_without_partitions_is_compacted_whole() -> None:
    athena = Mock()
    assert compact(Mock(), "some__1", [Partition(0, ())], athena) == 1
    athena.execute.assert_called_once_with('OPTIMIZE "some__1" REWRITE DATA USING BIN_PACK')
