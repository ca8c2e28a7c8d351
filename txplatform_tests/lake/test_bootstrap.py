"""A table is loaded into the lake, for the first time or after its stream was lost, while writes go on."""

from datetime import UTC, date, timedelta
from typing import Any

import pytest

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.errors import InvocationError, LakeError
from txplatform.lake import bootstrap as module
from txplatform.lake.bootstrap import start_generation
from txplatform.parity.report import Kind
from txplatform_tests.lake_stand import Stand, csv_of, payment
from txplatform_tests.store_stand import Store

HEARTBEAT = {"pk": {"S": names.HEARTBEAT_KEY}, "_version": {"S": ""}, "_deleted": {"BOOL": True}}


@pytest.fixture
def store(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(stand, monkeypatch)


def test_a_table_that_was_there_before_its_stream_is_loaded_exactly(store: Store) -> None:
    store.put(payment("p1", "9999999999999999.99", description='a,"b"\n', fee="0.1000"))
    store.put(payment("p2"), _trace_id={"S": "trace-2"}, _written_by={"S": "https://i#crm"})
    store.put(payment("gone"), _deleted={"BOOL": True})
    store.put(payment("odd"), amount={"N": "1.234"}, _raw={"B": b"\x00"})
    store.put_item(HEARTBEAT | {"_written_at": {"S": "2026-11-26T18:00:00Z"}})
    store.lose()
    store.stand.put_file(date(2026, 1, 1), "old.csv", csv_of([payment("p2", "0.01"), payment("file")]))
    store.stand.ingest_files(date(2026, 1, 1))

    report = store.bootstrap()

    assert (report.generation, report.items, report.tombstones, report.refused) == (2, 5, 0, 0)
    view = store.stand.view("payment_id, amount, substr(_order_key, 1, 9) AS lane")
    assert [(row["payment_id"], str(row["amount"]), row["lane"]) for row in view[1:]] == [
        ("p1", "9999999999999999.99", "1|000002|"),
        ("p2", "12.30", "1|000002|"),
    ]
    assert (view[0]["payment_id"], view[0]["lane"][:2]) == ("file", "0|")
    rows = store.stand.rows(names.changes_table(store.stand.contract.name)).to_pylist()
    assert {row["payment_id"]: row["_trace_id"] for row in rows} == {"p1": None, "p2": "trace-2", "gone": None}
    assert {row["payment_id"]: row["_written_by"] for row in rows} == {"p1": None, "p2": "https://i#crm", "gone": None}
    ages = [utc_now() - row["_occurred_at"].replace(tzinfo=UTC) for row in rows]
    assert all(timedelta(minutes=50) < age < timedelta(minutes=70) for age in ages), "as it was written"
    assert [row["reasons"][0]["rule"] for row in store.stand.quarantine()] == ["row.undecodable"]


def test_what_an_outage_lost_comes_back_with_one_command(store: Store) -> None:
    for key in ("same", "changed", "removed", "deleted", "moved", "doubled"):
        store.put(payment(key))
    store.deliver()
    assert store.parity().equal
    store.put(payment("changed", "1.00", 1))
    store.put(payment("new"))
    store.remove("removed")
    store.put(payment("deleted"), _deleted={"BOOL": True})
    store.put(payment("moved", created_at="2026-02-01T00:00:00.000000Z"))
    store.lose()
    lost = store.parity()
    assert (lost.missing, lost.extra, lost.different) == (1, 2, 2)

    report = store.bootstrap()

    assert (report.items, report.refused) == (6, 0)
    assert report.tombstones == 2
    assert store.parity().equal
    again = store.bootstrap()
    assert (again.generation, again.items, again.tombstones) == (3, 6, 0)
    assert store.parity().equal
    keys = [row["payment_id"] for row in store.stand.view("payment_id")]
    assert keys == ["changed", "doubled", "moved", "new", "same"], "nothing twice"


def test_a_folded_row_that_the_view_hides_is_found(store: Store) -> None:
    """Its record moved while the stream was lost, and has changed once more since."""
    store.put(payment("moved"))
    store.put(payment("gone"))
    store.deliver()
    store.stand.fold()
    store.put(payment("moved", created_at="2026-02-01T00:00:00.000000Z"))
    store.remove("gone")
    store.lose()
    store.put(payment("moved", "7.00", 1, created_at="2026-02-01T00:00:00.000000Z"))
    start_generation(store.stand.clients, store.stand.contract.name)
    store.deliver()
    store.stand.fold()
    assert store.parity().counts == {Kind.EXTRA: 1, Kind.DOUBLED: 1}, "gone, and a former place of the other"
    report = store.bootstrap()
    assert report.tombstones == 2
    assert store.parity().equal
    store.stand.fold()
    assert store.parity().equal
    assert store.bootstrap().tombstones == 0


def test_changes_on_their_way_end_up_after_what_was_read(store: Store) -> None:
    store.put(payment("p1", "1.00", 1))
    store.put(payment("p1", "2.00", 2))
    store.put(payment("p2", "1.00", 1))
    store.bootstrap()
    assert store.parity().equal
    store.deliver(1)  # older than what was read, and of the new generation: for now it counts
    assert store.parity().different == 1
    store.deliver()
    assert store.parity().equal


def test_writes_between_the_parts_are_not_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        store.put(payment(f"p{number}"))
    store.deliver()
    monkeypatch.setattr(module, "_MOST_ITEMS", 1)
    minute = iter(range(1, 100))

    def write_meanwhile(_: object, event: Any) -> dict[str, Any]:
        number = next(minute)
        store.put(payment(f"p{number % 7}", f"{number}.00", number))
        if number == 3:
            store.remove("p5")
        return store.capture(event)

    monkeypatch.setattr(module, "capture", write_meanwhile)
    store.bootstrap()
    store.deliver()
    assert store.parity().equal


def test_an_interrupted_bootstrap_is_repeated(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        store.put(payment(f"p{number}"))
    store.lose()
    calls: list[object] = []

    def fail_at_the_third(_: object, event: Any) -> dict[str, Any]:
        calls.append(event)
        if len(calls) == 3:
            raise InvocationError("timed out")
        return store.capture(event)

    with monkeypatch.context() as patch:
        patch.setattr(module, "_MOST_ITEMS", 1)
        patch.setattr(module, "capture", fail_at_the_third)
        with pytest.raises(InvocationError, match="timed out"):
            store.bootstrap(segments=1)
    store.put(payment("p0", "7.00", 1))
    store.deliver()
    report = store.bootstrap()
    assert report.generation == 3
    assert store.parity().equal


def test_rows_of_items_that_are_refused_stay(store: Store) -> None:
    store.put(payment("p1"))
    store.put(payment("p2"))
    store.deliver()
    store.put(payment("p1"), status={"S": "unheard-of"})
    store.put(payment("p2", created_at="2026-02-01T00:00:00.000000Z"), amount={"N": "1.234"})
    store.lose()
    report = store.bootstrap()
    assert (report.tombstones, report.refused) == (1, 1), "p1 lies where it was, p2 does not"
    assert store.stand.view("payment_id") == [{"payment_id": "p1"}]


def test_tombstones_that_take_no_effect_end_the_bootstrap(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"identity": {"payment_id": "stays"}, "order_key": f"1|000001|{1:040d}", "item": None}
    monkeypatch.setattr(module, "absent_rows", lambda *_: [row])
    with pytest.raises(LakeError, match="1 row without an item left in the lake"):
        store.bootstrap()


def test_an_object_that_the_lane_abandons_ends_the_bootstrap(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(payment("p1"))

    def capture_and_abandon(_: object, event: Any) -> dict[str, Any]:
        answer = store.capture(event)
        lane, entity = names.Lane.CHANGES, store.stand.contract.name
        store.stand.ledger.reconcile(lane, entity)
        store.stand.ledger.abandon(store.stand.ledger.pending(lane, entity), "does not fit")
        return answer

    monkeypatch.setattr(module, "capture", capture_and_abandon)
    with pytest.raises(LakeError, match=r"abandoned: does not fit. Remedy: .*ledger redrive"):
        store.bootstrap()


def test_generations_that_begin_at_once_are_two(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    clients, entity = store.stand.clients, store.stand.contract.name
    dynamodb: Any = clients.client("dynamodb")
    put = dynamodb.put_item
    raced: list[int] = []

    def race(**arguments: Any) -> Any:
        if not raced:
            raced.append(0)
            raced.append(start_generation(clients, entity).number)
        return put(**arguments)

    monkeypatch.setattr(dynamodb, "put_item", race)
    assert (start_generation(clients, entity).number, raced[1]) == (3, 2)
