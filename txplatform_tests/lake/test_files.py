"""The files lane on a local AWS."""

import gzip
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.lake import day_chunks, day_replacement, delivery
from txplatform.lake import files as files_module
from txplatform.ledger import LandingArea
from txplatform_tests.lake_stand import BUCKET, Stand, csv_of, payment

DAY, NEXT = date(2026, 1, 1), date(2026, 1, 2)


def amounts(stand: Stand) -> dict[str, Decimal]:
    return {row["payment_id"]: row["amount"] for row in stand.view("payment_id, amount")}


def remove_file(stand: Stand, day: date, name: str) -> None:
    key = f"{names.lane_prefix(Lane.FILES, stand.contract.name)}dt={day}/{name}"
    stand.clients.client("s3").delete_object(Bucket=BUCKET, Key=key)


def test_a_day_is_replaced_with_tombstones_and_again_without_change(stand: Stand) -> None:
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "1.10"), payment("p2", "2.20"), payment("p3", "3.30")]))
    stand.put_file(NEXT, "a.csv.gz", gzip.compress(csv_of([payment("p9", "9.90")]).encode()))
    first = stand.ingest_files(DAY, NEXT)
    assert [(day.day, day.rows, day.refused, day.tombstones) for day in first.days] == [(DAY, 3, 0, 0), (NEXT, 1, 0, 0)]
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []
    stand.fold()
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "1.11"), payment("p3", "3.30")]))
    second = stand.ingest_files(DAY)
    assert [(day.rows, day.tombstones) for day in second.days] == [(2, 1)]
    state = {"p1": Decimal("1.11"), "p3": Decimal("3.30"), "p9": Decimal("9.90")}
    assert amounts(stand) == state
    third = stand.ingest_files(DAY)
    assert [(day.rows, day.tombstones) for day in third.days] == [(2, 1)]
    assert amounts(stand) == state
    assert stand.rows(names.files_table(stand.contract.name)).num_rows == 4
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "1.11"), payment("p2", "2.21"), payment("p3", "3.30")]))
    stand.ingest_files(DAY)
    stand.fold()
    assert amounts(stand) == state | {"p2": Decimal("2.21")}


def test_redelivery_with_an_older_version_still_replaces_what_was_folded(stand: Stand) -> None:
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "5.00", minute=50)]))
    stand.ingest_files(DAY)
    stand.fold()
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "4.00", minute=10)]))
    stand.ingest_files(DAY)
    assert amounts(stand) == {"p1": Decimal("4.00")}
    stand.fold()
    assert amounts(stand) == {"p1": Decimal("4.00")}


def test_newest_version_wins_across_days_and_within_a_file(stand: Stand) -> None:
    stand.put_file(
        NEXT, "a.csv", csv_of([payment("p1", "1.00", minute=1), payment("p2", "2.00"), payment("p2", "2.01")])
    )
    stand.put_file(DAY, "late.csv", csv_of([payment("p1", "7.00", minute=7)]))
    stand.ingest_files(DAY, NEXT)
    assert amounts(stand) == {"p1": Decimal("7.00"), "p2": Decimal("2.01")}


def test_damaged_redelivery_deletes_nothing(stand: Stand) -> None:
    good = csv_of([payment("p1", "1.00"), payment("p2", "2.00"), payment("p3", "3.00")])
    stand.put_file(DAY, "a.csv.gz", gzip.compress(good.encode()))
    stand.put_file(DAY, "b.csv", csv_of([payment("p4", "4.00"), payment("p5", "5.00")]))
    stand.ingest_files(DAY)
    stand.put_file(DAY, "a.csv.gz", gzip.compress(good.encode())[:-12])
    stand.put_file(DAY, "b.csv", csv_of([payment("p4", "not a number")]))
    stand.alerts()
    report = stand.ingest_files(DAY)
    assert (report.rows, report.refused, report.days[0].tombstones) == (0, 2, 1)
    assert report.days[0].reasons == {":file.truncated_gzip": 1, "amount:type": 1}
    assert amounts(stand) == {key: Decimal(f"{key[1]}.00") for key in ("p1", "p2", "p3", "p4")}
    assert len(stand.alerts()) == 1
    stand.put_file(DAY, "a.csv.gz", gzip.compress(good.encode()))
    stand.put_file(DAY, "b.csv", csv_of([payment("p4", "4.40")]))
    assert stand.ingest_files(DAY).refused == 0
    assert stand.quarantine() == []


def test_a_day_whose_files_are_gone_is_deleted_only_on_demand(stand: Stand) -> None:
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "1.00"), payment("p2", "2.00")]))
    stand.ingest_files(DAY)
    stand.put_file(DAY, "late.csv", csv_of([payment("p3", "3.00")]))
    for name in ("a.csv", "late.csv"):
        remove_file(stand, DAY, name)
    stand.put_file(NEXT, "a.csv", csv_of([payment("p9", "9.00")]))
    report = stand.ingest_files(DAY, NEXT, date(2026, 1, 3))
    assert report.emptied == {DAY: 2}
    assert [day.day for day in report.days] == [NEXT, date(2026, 1, 3)]
    state = {"p1": Decimal("1.00"), "p2": Decimal("2.00"), "p9": Decimal("9.00")}
    assert amounts(stand) == state
    (left,) = stand.ledger.pending(Lane.FILES, stand.contract.name)
    assert (left.dt, left.attempts) == (DAY, 1)
    assert f"{DAY} (2 rows). They stay as they are." in (left.reason or "")
    report = stand.ingest_files(DAY, delete_emptied=True)
    assert report.days[0].tombstones == 2
    assert amounts(stand) == {"p9": Decimal("9.00")}
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []
    stand.ingest_files(DAY)


def test_a_day_that_is_emptied_after_it_was_measured_stays(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, key in ((DAY, "p1"), (NEXT, "p2")):
        stand.put_file(day, "a.csv", csv_of([payment(key)]))
    stand.ingest_files(DAY, NEXT)
    real = files_module.chunks

    def measure_and_lose(*arguments: object) -> object:
        for chunk in real(*arguments):  # type: ignore[arg-type]
            remove_file(stand, DAY, "a.csv")
            yield chunk

    monkeypatch.setattr(files_module, "chunks", measure_and_lose)
    report = stand.ingest_files(DAY, NEXT)
    assert (report.emptied, [day.day for day in report.days]) == ({DAY: 1}, [NEXT])
    assert set(amounts(stand)) == {"p1", "p2"}


def test_an_object_that_the_listing_lacked_stays_pending(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.csv", "b.csv", "gone.csv"):
        stand.put_file(DAY, name, csv_of([payment(name)]))
    remove_file(stand, DAY, "gone.csv")
    real = LandingArea.objects
    with monkeypatch.context() as patch:
        patch.setattr(
            LandingArea,
            "objects",
            lambda *arguments: [item for item in real(*arguments) if not item.object_key.endswith("b.csv")],
        )
        assert stand.ingest_files(DAY).rows == 1
    (left,) = stand.ledger.pending(Lane.FILES, stand.contract.name)
    assert left.object_key.endswith("/b.csv")
    assert left.reason == "the object was not listed when its day was read"


def test_abandoned_objects_of_a_day_are_done_with_it(stand: Stand) -> None:
    days = [date(2026, 1, number) for number in (1, 2, 3, 4)]
    for day in days:
        stand.put_file(day, "a.csv", csv_of([payment(f"p{day.day}")]))
    stand.ledger.abandon(stand.ledger.pending(Lane.FILES, stand.contract.name), "does not fit")
    assert stand.ingest_files(days[1], days[3]).rows == 2
    left = stand.ledger.abandoned(Lane.FILES, stand.contract.name)
    assert [item.dt for item in left] == [days[0], days[2]]
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []


@pytest.mark.parametrize("name", [f"{DAY}.csv", f"{DAY}-old/a.csv", f"{DAY} copy/a.csv"])
def test_an_unrecognised_object_beside_a_day_does_not_hide_it(stand: Stand, name: str) -> None:
    key = f"{names.lane_prefix(Lane.FILES, stand.contract.name)}dt={name}"
    stand.clients.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"x")
    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    assert stand.ingest_files(DAY).rows == 1
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []


def test_malformed_files_do_not_stop_the_good_one(stand: Stand) -> None:
    without_amount = {name: value for name, value in payment("p2").items() if name != "amount"}
    stand.put_file(DAY, "missing.csv", csv_of([without_amount, without_amount | {"payment_id": "p3", "status": "odd"}]))
    stand.put_file(DAY, "empty.csv", b"")
    stand.put_file(DAY, "torn.csv.gz", gzip.compress(csv_of([payment("p4")]).encode())[:-9])
    stand.put_file(DAY, "picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    stand.put_file(DAY, "good.csv", csv_of([payment("p1")]))
    report = stand.ingest_files(DAY)
    assert (report.rows, report.refused) == (1, 5)
    assert report.days[0].reasons == {
        "amount:file.missing_column": 2,
        ":file.empty": 1,
        ":file.truncated_gzip": 1,
        ":file.unknown_format": 1,
        "status:enum": 1,
    }
    odd = next(row for row in stand.quarantine() if "odd" in row["payload"])
    assert sorted(reason["rule"] for reason in odd["reasons"]) == ["enum", "file.missing_column"]
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []
    again = stand.ingest_files(DAY)
    assert again.refused == 5
    assert len(stand.quarantine()) == 5


def test_racing_runs_of_a_day_end_with_what_the_day_holds(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "1.00")]))
    stand.lake.ensure(stand.contract)
    real, readings = delivery.in_landing_order, []

    def list_then_be_overtaken(*arguments: object) -> object:
        listed = real(*arguments)  # type: ignore[arg-type]
        readings.append(len(listed))
        if len(readings) == 1:
            monkeypatch.setattr(delivery, "in_landing_order", real)
            stand.put_file(DAY, "b.csv", csv_of([payment("p2", "2.00")]))
            stand.with_settings().ingest_files(DAY)
        return listed

    monkeypatch.setattr(delivery, "in_landing_order", list_then_be_overtaken)
    report = stand.ingest_files(DAY)
    assert report.rows == 2
    assert amounts(stand) == {"p1": Decimal("1.00"), "p2": Decimal("2.00")}


def test_commit_to_another_day_does_not_disturb(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "1.00")]))
    stand.put_file(NEXT, "a.csv", csv_of([payment("p2", "2.00")]))
    stand.lake.ensure(stand.contract)
    real, calls = day_replacement.replace_refused, []

    def replace_and_be_overtaken(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 1:
            stand.with_settings().ingest_files(NEXT)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(day_replacement, "replace_refused", replace_and_be_overtaken)
    stand.ingest_files(DAY)
    assert len(calls) == 2
    assert amounts(stand) == {"p1": Decimal("1.00"), "p2": Decimal("2.00")}


def test_many_days_are_one_commit_each_bound(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_chunks, "_MOST_DAYS", 4)
    days = [date(2026, 1, number) for number in (1, 2, 3, 5, 6)]
    for day in days:
        stand.put_file(day, "a.csv", csv_of([payment(f"p{day.day}", f"{day.day}.00")]))
    report = stand.ingest_files(*days)
    assert len(report.snapshot_ids) == 2
    assert [day.rows for day in report.days] == [1] * 5
    assert amounts(stand) == {f"p{day.day}": Decimal(day.day) for day in days}


@pytest.mark.parametrize("torn", [True, False], ids=["object", "row"])
def test_a_damaged_redelivery_leaves_no_older_row_of_the_key_in_charge(stand: Stand, torn: bool) -> None:
    newer = csv_of([payment("p1", "100.00", minute=10)])
    stand.put_file(DAY, "a.csv", newer)
    stand.put_file(DAY, "b.csv", csv_of([payment("p1", "1.00", minute=5)]))
    stand.ingest_files(DAY)
    damaged = gzip.compress(newer.encode())[:-6] if torn else csv_of([payment("p1", "1OO.00", minute=11)])
    stand.put_file(DAY, "a.csv", damaged)
    for _ in range(2):
        report = stand.ingest_files(DAY)
        assert (report.rows, report.refused) == (1, 1)
        assert amounts(stand) == {"p1": Decimal("100.00")}
    stand.put_file(DAY, "b.csv", csv_of([payment("p1", "2.00", minute=20)]))
    stand.ingest_files(DAY)
    assert amounts(stand) == {"p1": Decimal("2.00")}
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "30.00", minute=30)]))
    stand.ingest_files(DAY)
    assert amounts(stand) == {"p1": Decimal("30.00")}


def test_a_damaged_redelivery_under_another_name_deletes_nothing(stand: Stand) -> None:
    records = [payment("p1", "1.00"), payment("p2", "2.00")]
    stand.put_file(DAY, "v1.csv", csv_of(records))
    stand.put_file(NEXT, "v1.csv", csv_of([payment("p3", "3.00")]))
    stand.ingest_files(DAY, NEXT)
    for day in (DAY, NEXT):
        remove_file(stand, day, "v1.csv")
    stand.put_file(DAY, "v2.csv.gz", gzip.compress(csv_of(records).encode())[:-6])
    report = stand.ingest_files(DAY, NEXT, delete_emptied=True)
    assert [day.tombstones for day in report.days] == [0, 1]
    assert amounts(stand) == {"p1": Decimal("1.00"), "p2": Decimal("2.00")}
    stand.put_file(DAY, "v2.csv.gz", gzip.compress(csv_of(records[:1]).encode()))
    assert stand.ingest_files(DAY).days[0].tombstones == 1
    assert amounts(stand) == {"p1": Decimal("1.00")}


def test_rows_of_files_of_one_second_have_order_keys_of_their_own(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, second = LandingArea.objects, datetime(2026, 1, 3, tzinfo=UTC)
    for day in (DAY, NEXT):
        for number, name in enumerate(("b.csv", "a.csv", "c.csv"), day.day * 10):
            stand.put_file(day, name, csv_of([payment("p1", f"{number}.00")]))
    in_one_second = lambda *arguments: (replace(item, landed_at=second) for item in real(*arguments))  # noqa: E731
    monkeypatch.setattr(LandingArea, "objects", in_one_second)
    stand.ingest_files(DAY, NEXT)
    rows = stand.rows(names.files_table(stand.contract.name))
    assert len(set(rows["_order_key"].to_pylist())) == 6
    assert amounts(stand) == {"p1": Decimal("22.00")}
