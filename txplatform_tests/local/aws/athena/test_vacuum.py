"""VACUUM: what expires, which files go with it, and which must stay."""

import time
from collections.abc import Callable

import pytest
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.table import Table

from txplatform.local.aws.athena import vacuum
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.clients import LocalClients
from txplatform_tests.local.aws.athena.conftest import append, create_table, sale
from txplatform_tests.local.aws.aws_process import BUCKET, Ask

Stored = Callable[[], set[str]]


@pytest.fixture
def table(iceberg: GlueCatalog, name: str) -> Table:
    table = create_table(iceberg, name)
    for number in range(5):
        append(table, sale(f"{number}", "1.00"))
    return table


@pytest.fixture
def stored(client: LocalClients, name: str) -> Stored:
    """List the objects of the table."""

    def run() -> set[str]:
        listed = client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"warehouse/{name}/")
        return {item["Key"].removeprefix(f"warehouse/{name}/") for item in listed["Contents"]}

    return run


def keep(ask: Ask, name: str, **properties: int) -> None:
    pairs = ", ".join(f"'vacuum_{key}' = '{value}'" for key, value in properties.items())
    assert ask(f"ALTER TABLE {name} SET TBLPROPERTIES ({pairs})").error == ""


def wait_until_older_than_the_age() -> None:
    time.sleep(1.1)  # S3 counts whole seconds


def test_expired_snapshots_take_their_files_with_them(table: Table, name: str, ask: Ask, stored: Stored) -> None:
    ask(f"OPTIMIZE {name} REWRITE DATA USING BIN_PACK")
    assert len({key for key in stored() if key.startswith("data/")}) == 6
    keep(ask, name, max_snapshot_age_seconds=0, max_metadata_files_to_keep=1)
    wait_until_older_than_the_age()
    answer = ask(f"VACUUM {name}")
    assert answer.error == ""
    assert answer.execution["StatementType"] == "DML"
    table.refresh()
    (snapshot,) = table.snapshots()
    (data_file,) = table.scan().plan_files()
    manifests = (manifest.manifest_path for manifest in snapshot.manifests(table.io))
    before = table.metadata.metadata_log[-1].metadata_file
    named = (data_file.file.file_path, snapshot.manifest_list, *manifests, table.metadata_location, before)
    assert stored() == {location.partition(f"{name}/")[2] for location in named}
    assert ask(f"SELECT count(*) FROM {name}").rows == [("5",)]


def test_young_snapshots_and_the_latest_few_stay(table: Table, name: str, ask: Ask, stored: Stored) -> None:
    before = stored()
    assert ask(f"VACUUM {name}").error == ""
    assert stored() == before
    keep(ask, name, max_snapshot_age_seconds=0, min_snapshots_to_keep=3)
    wait_until_older_than_the_age()
    assert ask(f"VACUUM {name}").error == ""
    kept = [snapshot.snapshot_id for snapshot in table.refresh().snapshots()]
    assert len(kept) == 3
    counts = [ask(f"SELECT count(*) FROM {name} FOR VERSION AS OF {snapshot}").rows for snapshot in kept]
    assert counts == [[("3",)], [("4",)], [("5",)]]


def test_a_tagged_snapshot_stays_readable(table: Table, name: str, ask: Ask) -> None:
    first = table.snapshots()[0].snapshot_id
    table.manage_snapshots().create_tag(first, "audit").commit()
    keep(ask, name, max_snapshot_age_seconds=0)
    wait_until_older_than_the_age()
    assert ask(f"VACUUM {name}").error == ""
    assert table.refresh().snapshots()[0].snapshot_id == first
    assert ask(f"SELECT count(*) FROM {name} FOR VERSION AS OF {first}").rows == [("1",)]


def test_files_without_a_name_go_when_they_are_old(
    table: Table, name: str, ask: Ask, stored: Stored, client: LocalClients
) -> None:
    def put(key: str) -> None:
        client("s3").put_object(Bucket=BUCKET, Key=f"warehouse/{key}", Body=b"x")

    put(f"{name}/data/orphan.parquet")
    put(f"{name}_2/data/neighbour.parquet")
    wait_until_older_than_the_age()
    time.sleep(1)
    put(f"{name}/data/uncommitted.parquet")
    keep(ask, name, max_snapshot_age_seconds=2, min_snapshots_to_keep=5)
    assert ask(f"VACUUM {name}").error == ""
    assert "data/orphan.parquet" not in stored()
    assert "data/uncommitted.parquet" in stored(), "a writer may be about to commit it"
    assert client("s3").head_object(Bucket=BUCKET, Key=f"warehouse/{name}_2/data/neighbour.parquet")
    assert ask(f"SELECT count(*) FROM {name}").rows == [("5",)]


def test_more_files_than_one_statement_deletes_need_more_statements(
    table: Table, name: str, stored: Stored, client: LocalClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [f"data/{number}.parquet" for number in range(3)]
    for key in keys:
        client("s3").put_object(Bucket=BUCKET, Key=f"warehouse/{name}/{key}", Body=b"x")
    candidates = [f"{table.location()}/{key}" for key in keys]
    monkeypatch.setattr(vacuum, "MOST_FILES", 2)
    with pytest.raises(StatementError, match="ICEBERG_VACUUM_MORE_RUNS_NEEDED: Removed 2 files"):
        vacuum.delete_unnamed(table, candidates, client("s3"))
    assert len(stored() & set(keys)) == 1
    vacuum.delete_unnamed(table, candidates[2:], client("s3"))
    assert not stored() & set(keys)


@pytest.mark.parametrize("sql", ["VACUUM nowhere", "VACUUM", "VACUUM a b c"])
def test_refused(sql: str, ask: Ask) -> None:
    assert ask(sql).error.startswith(("TABLE_NOT_FOUND", "NOT_SUPPORTED"))
