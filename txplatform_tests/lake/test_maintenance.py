"""Maintenance of an entity's tables on a local AWS: fewer files and versions, the same rows, exact at every moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.errors import QueryError
from txplatform.lake import changes, tables
from txplatform.lake.catalog import MAX_AGE
from txplatform.lake.maintenance import TableReport, layout, maintain
from txplatform_tests.lake_stand import BUCKET, Stand, payment


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four small files make a partition due, and twenty while it has unfolded rows."""
    monkeypatch.setattr(layout, "_SMALL_FILES", 5)
    monkeypatch.setattr(layout, "_SMALL_FILES_UNFOLDED", 20)


def run(stand: Stand, **options: Any) -> dict[str, TableReport]:
    report = maintain(stand.contract, stand.lake, stand.athena, stand.ledger, **options)
    assert not report.problems
    return {item.table.removeprefix(f"{stand.contract.name}_"): item for item in report.tables}


def commit(stand: Stand, *numbers: int) -> None:
    """One commit for each number, of a change to one of three payments."""
    for number in numbers:
        stand.put_changes(f"c{number}", [(number, payment(f"p{number % 3}", f"{number}.00", number), False)])
        stand.ingest_changes()


def changes_table(stand: Stand) -> str:
    return names.changes_table(stand.contract.name)


def content(stand: Stand) -> list[dict[str, Any]]:
    return sorted(stand.rows(changes_table(stand)).to_pylist(), key=lambda row: row["_order_key"])


def set_age(stand: Stand, seconds: int) -> None:
    """How old what no snapshot needs gets before it is removed, of all tables."""
    stand.lake.ensure(stand.contract)
    for name in (names.changes_table, names.files_table, names.snapshot_table, names.quarantine_table):
        with stand.lake.table(name(stand.contract.name)).transaction() as change:
            change.set_properties({MAX_AGE: str(seconds)})


@pytest.mark.usefixtures("few")
def test_folded_changes_are_compacted_and_say_the_same(stand: Stand) -> None:
    commit(stand, *range(1, 7))
    before, view = content(stand), stand.view()
    assert run(stand)["changes"].compacted == 0  # nothing is folded
    stand.fold()
    found = run(stand)["changes"]
    assert (found.data_files, found.small_files, found.due, found.compacted, found.unfolded_rows) == (6, 6, 1, 1, 0)
    assert run(stand, dry_run=True)["changes"].data_files == 1
    assert content(stand) == before
    assert stand.view() == view


@pytest.mark.usefixtures("few")
def test_a_partition_with_unfolded_rows_waits_unless_it_has_very_many_files(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(stand, *range(1, 6))
    stand.fold()
    commit(stand, 6)
    view = stand.view()
    assert [(item.due, item.unfolded_rows) for item in [run(stand)["changes"]]] == [(0, 1)]
    monkeypatch.setattr(layout, "_SMALL_FILES_UNFOLDED", 6)
    assert run(stand)["changes"].compacted == 1
    assert stand.view() == view
    stand.fold()
    assert stand.view() == view


def test_a_batch_whose_snapshot_has_expired_is_there_once_when_it_is_resumed(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its run ends after the commit and before the ledger hears of it; maintenance comes before the next run."""
    monkeypatch.setattr(tables, "SNAPSHOTS_KEPT", 2)
    set_age(stand, 0)
    commit(stand, 1)
    stand.put_changes("resumed", [(2, payment("p2"), False)])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(changes.Ledger, "done", killed)
        with pytest.raises(KeyboardInterrupt):
            stand.ingest_changes()
    committed = stand.lake.table(changes_table(stand)).current_snapshot()
    assert committed
    stand.fold()
    stand.fold()
    run(stand)
    assert stand.lake.table(changes_table(stand)).metadata.snapshot_by_id(committed.snapshot_id) is None
    with monkeypatch.context() as patch:
        patch.setattr("txplatform.ledger.rows.LandedObject.is_due", lambda *_: True)
        report = stand.ingest_changes()
    assert report.repeated == 1
    assert [row["payment_id"] for row in content(stand)] == ["p1", "p2"]


def files(stand: Stand) -> list[str]:
    pages = stand.clients.client("s3").get_paginator("list_objects_v2")
    prefix = f"{names.WAREHOUSE_PREFIX}/{changes_table(stand)}/"
    return [item["Key"] for page in pages.paginate(Bucket=BUCKET, Prefix=prefix) for item in page.get("Contents", ())]


@pytest.mark.usefixtures("few")
def test_files_that_nothing_needs_go_once_they_are_old_enough(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SNAPSHOTS_KEPT", 2)
    set_age(stand, 3600)
    commit(stand, *range(1, 7))
    stand.fold()
    before, written = content(stand), files(stand)
    run(stand)
    young = files(stand)
    assert set(written) <= set(young)
    set_age(stand, 0)
    assert run(stand)["changes"].vacuumed
    left = files(stand)
    assert len([key for key in left if key.endswith(".parquet")]) == 1
    assert len(left) < len(young)
    assert len(stand.lake.table(changes_table(stand)).metadata.snapshots) == 1
    assert content(stand) == before


def test_vacuum_waits_until_something_can_have_become_old(stand: Stand) -> None:
    set_age(stand, 3600)
    assert {item.vacuumed for item in run(stand).values()} == {True}
    assert {item.vacuumed for item in run(stand).values()} == {False}


def test_old_versions_of_a_view_are_deleted(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    for number in range(25):
        stand.athena.execute(f'CREATE OR REPLACE VIEW "{stand.contract.name}" AS SELECT {number} AS n')
    report = maintain(stand.contract, stand.lake, stand.athena, stand.ledger)
    assert report.glue_versions_deleted == 5
    glue = stand.clients.client("glue")
    kept = glue.get_table_versions(DatabaseName=names.DATABASE, TableName=stand.contract.name)["TableVersions"]
    assert len(kept) == 20
    assert stand.athena.arrow(f'SELECT n FROM "{stand.contract.name}"').to_pylist() == [{"n": 24}]


def failing(stand: Stand, monkeypatch: pytest.MonkeyPatch, word: str, message: str) -> None:
    execute: Callable[..., Any] = type(stand.athena).execute

    def refuse(athena: Any, sql: str) -> Any:
        if sql.startswith(word):
            raise QueryError(message)
        return execute(athena, sql)

    monkeypatch.setattr(type(stand.athena), "execute", refuse)


@pytest.mark.usefixtures("few")
def test_trouble_of_one_table_leaves_the_others(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    set_age(stand, 0)
    commit(stand, *range(1, 6))
    stand.fold()
    failing(stand, monkeypatch, f'OPTIMIZE "{changes_table(stand)}"', "S3 answers 403")
    report = maintain(stand.contract, stand.lake, stand.athena, stand.ledger)
    assert report.problems == (f"{changes_table(stand)}: S3 answers 403",)
    assert [item.vacuumed for item in report.tables] == [False, True, True, True]


@pytest.mark.usefixtures("few")
def test_a_race_that_compaction_lost_is_no_problem(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(stand, *range(1, 6))
    stand.fold()
    failing(stand, monkeypatch, "OPTIMIZE", "ICEBERG_COMMIT_ERROR: Failed to commit")
    found = run(stand)["changes"]
    assert (found.due, found.compacted) == (1, 0)


def test_compaction_and_commits_do_not_disturb_each_other(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_SMALL_FILES_UNFOLDED", 5)
    commit(stand, *range(1, 6))
    with ThreadPoolExecutor(1) as writer:
        written = writer.submit(commit, stand.with_settings(), *range(6, 12))
        while not written.done():
            run(stand)
        written.result()
    assert [row["amount"] for row in content(stand)] == [Decimal(f"{number}.00") for number in range(1, 12)]


def test_vacuum_is_repeated_until_athena_has_removed_all(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.lake.ensure(stand.contract)
    execute: Callable[..., Any] = type(stand.athena).execute
    runs: list[str] = []

    def partly(athena: Any, sql: str) -> Any:
        if sql.startswith("VACUUM"):
            runs.append(sql)
            if runs.count(sql) < 3:
                raise QueryError("ICEBERG_VACUUM_MORE_RUNS_NEEDED: Removed 1000 files in this round of vacuum")
        return execute(athena, sql)

    monkeypatch.setattr(type(stand.athena), "execute", partly)
    run(stand)
    assert len(runs) == 3 * 4


def test_a_dry_run_changes_nothing(stand: Stand) -> None:
    commit(stand, 1)
    locations = [stand.lake.table(f"{stand.contract.name}_{lane}").metadata_location for lane in (*Lane, "snapshot")]
    assert {(item.compacted, item.vacuumed) for item in run(stand, dry_run=True).values()} == {(0, False)}
    assert locations == [
        stand.lake.table(f"{stand.contract.name}_{lane}").metadata_location for lane in (*Lane, "snapshot")
    ]
