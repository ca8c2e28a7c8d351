"""What a local ledger table says of the objects there are."""

from datetime import UTC, date, datetime

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform_tests.lake_stand import BUCKET, Stand

DAY = date(2026, 11, 1)
NOW = datetime(2100, 1, 1, tzinfo=UTC)


def test_abandoned_objects_are_found_by_day(stand: Stand) -> None:
    days = [date(2026, 1, number) for number in (9, 10, 11)]
    for day in days:
        stand.put_raw_changes("a", b"x", day)
    abandoned = stand.ledger.pending(Lane.CHANGES, stand.contract.name)
    stand.put_raw_changes("waiting", b"x", days[1])
    stand.ledger.abandon(abandoned, "does not fit")
    for first, last in ((days[1], days[1]), (days[0], days[1]), (days[1], days[2])):
        found = stand.ledger.abandoned_between(Lane.CHANGES, stand.contract.name, first, last)
        assert [item.dt for item in found] == [day for day in days if first <= day <= last]


def test_an_object_with_a_long_key_has_a_row_like_any_other(stand: Stand) -> None:
    prefix = f"{names.lane_prefix(Lane.CHANGES, stand.contract.name)}dt={DAY}/"
    long = [char * (1024 - len(prefix) - 1) + ending for char in "az" for ending in "12"]
    for name in (*long, "m"):
        stand.clients.client("s3").put_object(Bucket=BUCKET, Key=prefix + name, Body=b"x")
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 5
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 0
    batch = stand.ledger.claim(Lane.CHANGES, stand.contract.name)
    assert sorted(item.object_key.removeprefix(prefix) for item in batch.objects) == sorted((*long, "m"))
    assert all(len(item.sort_key.encode()) <= 1024 for item in batch.objects)
    stand.ledger.done(batch.objects)
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == []


def test_objects_are_found_in_the_folders_that_say_what_they_are(stand: Stand) -> None:
    days = [date(2026, 1, number) for number in (9, 10, 11)]
    folders = ("", "source=ledger_b/", "source=ledger_a/", "source=ledger_a2/", "contract-version=1.2.0/")
    prefix = names.lane_prefix(Lane.FILES, stand.contract.name)
    for folder in folders:
        for day in days:
            key = f"{prefix}{folder}dt={day}/a.csv"
            stand.clients.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"x")
    assert stand.ledger.reconcile(Lane.FILES, stand.contract.name) == len(folders) * len(days)
    pending = stand.ledger.pending(Lane.FILES, stand.contract.name)
    named = sorted((item.system or "", item.folder_version or "", item.dt) for item in pending)
    assert named == sorted(
        (system, version, day)
        for system, version in [("", ""), ("", "1.2.0"), *((f"ledger_{name}", "") for name in ("a", "a2", "b"))]
        for day in days
    )
    assert stand.ledger.reconcile(Lane.FILES, stand.contract.name) == 0
    stand.ledger.abandon([item for item in pending if item.system != "ledger_b"], "does not fit")
    found = stand.ledger.abandoned_between(Lane.FILES, stand.contract.name, days[1], days[1])
    assert sorted(item.object_key.removeprefix(prefix) for item in found) == sorted(
        f"{folder}dt={days[1]}/a.csv" for folder in folders if folder != "source=ledger_b/"
    )


def test_a_folder_that_names_neither_system_nor_version_is_left_out(stand: Stand) -> None:
    prefix = names.lane_prefix(Lane.FILES, stand.contract.name)
    for folder in (
        "source=",
        "source=Ledger",
        "source=a/b",
        "source=a-b",
        "contract-version=1.2",
        "contract-version=1.2.0x",
    ):
        stand.clients.client("s3").put_object(Bucket=BUCKET, Key=f"{prefix}{folder}/dt={DAY}/a.csv", Body=b"x")
    assert stand.ledger.reconcile(Lane.FILES, stand.contract.name) == 0
