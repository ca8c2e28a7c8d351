"""The files lane's share: what Athena shows of a day against what its run recorded."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from txplatform.contracts import names
from txplatform.parity.report import Difference, Kind
from txplatform_tests.lake_stand import csv_of, payment
from txplatform_tests.parity.stores import Store

DAY, OTHER = date(2026, 1, 1), date(2026, 1, 2)


def test_days_add_up_to_what_their_objects_held(store: Store) -> None:
    """Rows of all versions, also where a damaged second delivery leaves former rows as they are."""
    store.put_file(DAY, "a.csv", csv_of([payment("a", "1.10"), payment("b", "2.20"), payment("b", "2.30", 1)]))
    store.put_file(OTHER, "b.csv", csv_of([payment("c", "0.01")]))
    store.ingest_files(DAY, OTHER)
    held = store.ledger.held_days(store.contract.name)
    assert {day: (item.rows, item.sums["amount"]) for day, item in held.items()} == {
        DAY: (3, Decimal("5.60")),
        OTHER: (1, Decimal("0.01")),
    }
    store.put_file(DAY, "a.csv", csv_of([payment("a", "1.20"), payment("b", "not a number")]))
    store.ingest_files(DAY)
    assert store.ledger.held_days(store.contract.name)[DAY].rows == 2
    report = store.check()
    assert (report.equal, report.days) == (True, 2)


def test_a_lost_row_and_a_changed_value_are_found(store: Store) -> None:
    store.put_file(DAY, "a.csv", csv_of([payment("a", "1.10"), payment("b", "2.20")]))
    store.put_file(OTHER, "b.csv", csv_of([payment("c", "0.01")]))
    store.ingest_files(DAY, OTHER)
    table = store.lake.table(names.files_table(store.contract.name))
    rows = table.scan().to_arrow()
    kept = [row for row in rows.to_pylist() if row["payment_id"] != "a"]
    kept = [row | ({"amount": Decimal("0.02")} if row["payment_id"] == "c" else {}) for row in kept]
    table.overwrite(type(rows).from_pylist(kept, rows.schema))
    report = store.check()
    assert (report.day, report.days) == (2, 2)
    assert set(report.samples) == {
        Difference(Kind.DAY, str(DAY), "rows", "2", "1"),
        Difference(Kind.DAY, str(DAY), "amount", "3.30", "2.20"),
        Difference(Kind.DAY, str(OTHER), "amount", "0.01", "0.02"),
    }
    assert report.remedies == [f"materialise the days of {store.contract.name}_files that differ again"]
    assert report.verified_through is None


def test_a_day_that_is_being_replaced_is_not_a_difference(store: Store) -> None:
    """Its run has committed and not recorded yet: the record is another one when it is read again."""
    store.put_file(DAY, "a.csv", csv_of([payment("a", "1.10")]))
    store.ingest_files(DAY)
    held = store.ledger.held_days(store.contract.name)[DAY]
    readings = iter([replace(held, rows=9), held])
    store.ledger.held_days = lambda _: {DAY: next(readings)}  # type: ignore[method-assign]
    assert store.check(timedelta(seconds=0.1)).equal


def test_the_verified_moment_never_goes_back(store: Store) -> None:
    name = store.contract.name
    assert store.ledger.verified_through(name) is None
    first = store.check().verified_through
    assert first is not None
    store.ledger.set_verified_through(name, first - timedelta(hours=1))
    assert store.ledger.verified_through(name) == first
    store.put(payment("missing"))
    assert store.check().verified_through == first
    assert store.check(keys=["other"]).verified_through == first, "some keys prove nothing about all"
