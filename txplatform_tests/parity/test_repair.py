"""Repair writes again exactly what differs, outranks the lake, and is outranked by what the stream brings later."""

from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.errors import LakeError
from txplatform.lake import landed
from txplatform.lake.changes import ChangesReport, ingest_changes
from txplatform.parity import repair as repairing
from txplatform.parity.emission import outranking
from txplatform.parity.repair import Repair, RepairReport
from txplatform.parity.report import Kind, ParityReport
from txplatform_tests.lake_stand import payment
from txplatform_tests.parity.stores import NO_GRACE, Store

OTHER_DAY = {"created_at": "2026-03-05T00:00:00.000000Z"}


def repair(store: Store, keys: list[str] | None = None) -> RepairReport:
    store.view()
    task = Repair(store.contract, store.clients, store.lake, store.ledger, store.athena, store.topic, NO_GRACE)
    return task.run(keys)


def changes(store: Store) -> list[dict[str, Any]]:
    return store.rows(names.changes_table(store.contract.name)).to_pylist()


@pytest.fixture
def broken(store: Store) -> Store:
    """A lake that differs in every way that can be repaired, part of it folded."""
    equal, digit, moved = payment("equal"), payment("digit", "1.00"), payment("moved")
    store.changed(equal, digit, payment("ghost"), moved, payment("deleted in the lake"))
    store.changed(payment("deleted in the lake"), deleted=True)
    store.fold()
    store.changed(payment("young ghost"))
    for record in (equal, payment("digit", "2.00"), moved | OTHER_DAY, payment("deleted in the lake")):
        store.put(record)
    store.put(payment("missing", fee="0.1000", items_count=3, settled_on="2026-02-28", description="ü"))
    store.delete(payment("ghost"))
    return store


def test_what_differs_is_written_again_and_nothing_else(broken: Store) -> None:
    before = len(changes(broken))
    assert broken.check().counts == {Kind.MISSING: 2, Kind.EXTRA: 2, Kind.DIFFERENT: 2}
    report = repair(broken)
    assert (report.differing, report.written, report.equal) == (6, 6, True)
    assert len(changes(broken)) == before + 7, "a row a key, and a tombstone where a record has moved"
    written = [row for row in changes(broken) if row["_order_key"].find("~") > 0 or row["payment_id"] == "missing"]
    assert {(row["_written_by"], row["_request_id"]) for row in written if not row["_deleted"]} == {
        ("https://i#crm", "r-1")
    }, "a repaired row says who wrote the item"
    assert broken.check().equal
    broken.fold()
    assert broken.check().equal, "in every partition"
    assert repair(broken).after is None
    assert {row["payment_id"] for row in broken.view()} == {"equal", "digit", "moved", "missing", "deleted in the lake"}


def test_what_the_stream_brings_later_wins(broken: Store) -> None:
    assert repair(broken).equal
    broken.put(payment("digit", "3.00"))
    broken.put(payment("missing", "4.00"))
    broken.changed(payment("digit", "3.00"), payment("missing", "4.00"))
    assert broken.check().equal


def test_a_lost_change_that_comes_after_the_repair_changes_nothing(store: Store) -> None:
    """The redriven change has the sequence number that the stream gave it."""
    store.changed(payment("p1", "1.00"))
    store.put(payment("p1", "2.00"))
    store.sequence += 1  # its change is lost
    assert repair(store).equal
    store.put_changes("redriven", [(store.sequence, payment("p1", "2.00"), False)])
    store.ingest_changes()
    assert store.check().equal


def test_a_repair_that_died_before_the_ingestion_is_done_by_the_next(
    broken: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as death:
        death.setattr(repairing, "ingest_landed", die)
        with pytest.raises(KeyboardInterrupt):
            repair(broken)
    rows = len(changes(broken))
    assert repair(broken).equal
    assert len(changes(broken)) == rows + 7, "the same lines lie under the same name"
    assert broken.check().equal


def test_an_object_of_others_that_cannot_be_ingested_does_not_end_a_repair(
    broken: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [LakeError("an object of others")] * 2

    def fail_at_first(*arguments: Any) -> ChangesReport:
        if failures:
            raise failures.pop()
        return ingest_changes(*arguments)

    monkeypatch.setattr(repairing, "ingest_changes", fail_at_first)
    monkeypatch.setattr(landed, "ingest_changes", fail_at_first)
    assert repair(broken).equal
    assert not failures


def test_a_repair_in_which_a_key_could_not_be_decided_on_is_not_equal() -> None:
    compared = ParityReport("payments", checked=1)
    assert RepairReport("payments", 1, 1, 0, (), compared).equal
    assert not RepairReport("payments", 1, 1, 1, (), compared).equal
    assert not RepairReport("payments", 0, 0, 1, (), None).equal


def test_a_second_repair_outranks_the_first(store: Store) -> None:
    store.changed(payment("p1", "1.00"))
    for amount in ("2.00", "3.00"):
        store.put(payment("p1", amount))
        assert repair(store, ["p1"]).equal
    keys = sorted(row["_order_key"] for row in changes(store))
    base = f"1|000001|{1:040d}"
    assert keys == [base, f"{base}~000002", f"{base}~000004"]
    ingest_changes(store.contract, store.lake, store.ledger, store.topic)
    assert store.check().equal


def test_what_the_api_did_not_write_is_left_and_named(store: Store) -> None:
    store.dynamodb.put_item(TableName=store.table, Item={"pk": {"S": "by hand"}})
    store.put(payment("digits"), amount={"N": "1.001"})
    store.put(payment("missing"))
    store.lake.ensure(store.contract)
    report = repair(store)
    assert (report.differing, report.written, report.equal) == (3, 1, False)
    assert report.after is not None
    assert report.after.counts == {Kind.UNRECOGNISED: 1, Kind.MISSING: 1}
    assert store.dynamodb.get_item(TableName=store.table, Key={"pk": {"S": "by hand"}})["Item"] == {
        "pk": {"S": "by hand"}
    }


def test_order_keys_of_repairs_sort_between_those_of_the_stream() -> None:
    base, following = f"1|000001|{9:040d}", f"1|000001|{10:040d}"
    repaired = outranking(base, 1)
    assert base < repaired < outranking(repaired, 1) < outranking(repaired, 90) < following
