"""Files of a machine into RAW folders: their day, their name, and the same file again."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from txplatform.errors import FileDropError
from txplatform.lake.file_drops import FileDrop, drops
from txplatform.lake.file_upload import upload
from txplatform.ledger import State
from txplatform_tests.lake_stand import BUCKET, Stand

FIRST, LAST, DAY = date(2025, 11, 1), date(2026, 11, 27), date(2026, 3, 4)
MIB = 2**20


def _silent(_size: int) -> None:
    """Count nothing."""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2026-03-04.csv", DAY),
        ("trades_20260304.csv.gz", DAY),
        ("trades_2026_03_04_final.parquet", DAY),
        ("20260304-20260304.csv", DAY),
        ("dt=2026-03-04/part-20250101.csv", DAY),
        ("dt=2026-03-04/deeper/a.csv", DAY),
    ],
)
def test_the_day_is_that_of_the_folder_or_the_name(path: str, expected: date) -> None:
    assert [drop.day for drop in drops([Path(path)], None, FIRST, LAST)] == [expected]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("trades.csv", "neither its folder nor its name says its day"),
        ("120260304.csv", "neither its folder nor its name"),
        ("2026-0304.csv", "neither its folder nor its name"),
        ("2026-03-04_2026-03-05.csv", "more than one day"),
        ("2026-02-30.csv", "2026-02-30 is no day of the calendar"),
        ("dt=2026-02-30/a.csv", "2026-02-30 is no day of the calendar"),
        ("2019-03-04.csv", "its day 2019-03-04 is not from 2025-11-01 to 2026-11-27"),
        ("2026-11-28.csv", "is not from 2025-11-01 to 2026-11-27"),
    ],
)
def test_a_file_without_a_day_that_can_be_is_refused_with_the_remedy(path: str, problem: str) -> None:
    with pytest.raises(FileDropError, match=f"{problem}.*Remedy: name the day with --dt"):
        drops([Path(path)], None, FIRST, LAST)


def test_a_named_day_goes_before_names_and_folders() -> None:
    assert [drop.day for drop in drops([Path("dt=2026-01-01/2026-01-02.csv")], DAY, FIRST, LAST)] == [DAY]


def test_a_folder_names_the_version_that_its_files_were_written_for() -> None:
    path = Path("contract-version=1.2.0/dt=2026-01-01/x.csv")
    for named in (None, "1.2.0"):
        assert [drop.contract_version for drop in drops([path], None, FIRST, LAST, None, named)] == ["1.2.0"]
    with pytest.raises(FileDropError, match=r"contract-version=1\.2\.0 names another version than 1\.1\.0"):
        drops([path], None, FIRST, LAST, None, "1.1.0")


def test_two_files_that_would_be_one_object_are_refused() -> None:
    with pytest.raises(FileDropError, match=r"b/x\.csv: a/x\.csv has the same name and day"):
        drops([Path("a/x.csv"), Path("b/x.csv")], DAY, FIRST, LAST)


@pytest.mark.parametrize("name", ["_SUCCESS", ".hidden.csv", "part-0.crc"])
def test_what_the_lane_ignores_is_refused_and_not_waited_for(name: str) -> None:
    with pytest.raises(FileDropError, match=r"are ignored.*Remedy: rename it"):
        drops([Path(name)], DAY, FIRST, LAST)


@pytest.fixture
def drop(stand: Stand, tmp_path: Path) -> Callable[[bytes], FileDrop]:
    def write(content: bytes) -> FileDrop:
        path = tmp_path / "a.csv"
        path.write_bytes(content)
        return FileDrop(path, DAY)

    return write


def _versions(stand: Stand, key: str) -> int:
    return len(stand.clients.client("s3").list_object_versions(Bucket=BUCKET, Prefix=key).get("Versions", []))


def test_the_same_file_again_makes_no_new_version_and_a_changed_one_does(
    stand: Stand, drop: Callable[[bytes], FileDrop]
) -> None:
    entity = stand.contract.name
    first, was_new = upload(stand.clients, BUCKET, entity, drop(b"one\n"), _silent)
    again, is_new = upload(stand.clients, BUCKET, entity, drop(b"one\n"), _silent)
    assert (was_new, is_new, again.uri) == (True, False, first.uri)
    assert first.object_key == f"raw/{entity}/dt=2026-03-04/a.csv"
    changed, is_new = upload(stand.clients, BUCKET, entity, drop(b"two\n"), _silent)
    assert is_new
    assert changed.version_id != first.version_id
    assert _versions(stand, first.object_key) == 2


def test_an_object_that_somebody_else_put_there_is_replaced(stand: Stand, drop: Callable[[bytes], FileDrop]) -> None:
    stand.put_file(DAY, "a.csv", "one\n")
    _, is_new = upload(stand.clients, BUCKET, stand.contract.name, drop(b"one\n"), _silent)
    assert is_new


def test_a_large_file_goes_in_parts_whose_bytes_are_counted(stand: Stand, drop: Callable[[bytes], FileDrop]) -> None:
    moved: list[int] = []
    content = bytes(20 * MIB)
    large, _ = upload(stand.clients, BUCKET, stand.contract.name, drop(content), moved.append)
    assert (large.size, sum(moved)) == (len(content), len(content))
    assert large.etag.endswith("-3")
    again, is_new = upload(stand.clients, BUCKET, stand.contract.name, drop(content), moved.append)
    assert (is_new, again.version_id) == (False, large.version_id)


def test_the_ledger_knows_the_version_that_was_uploaded(stand: Stand, drop: Callable[[bytes], FileDrop]) -> None:
    item, _ = upload(stand.clients, BUCKET, stand.contract.name, drop(b"one\n"), _silent)
    assert stand.ledger.entered(item.lane, item.entity, [item]) == {}
    stand.ledger.reconcile(item.lane, item.entity, [DAY])
    assert stand.ledger.entered(item.lane, item.entity, [item])[item.sort_key][0] is State.PENDING
    stand.ledger.abandon([item], "broken")
    state, entry = stand.ledger.entered(item.lane, item.entity, [item])[item.sort_key]
    assert (state, entry.reason) == (State.FAILED, "broken")
