"""`txplatform maintain` on a local AWS."""

import pytest
from click.testing import CliRunner

from txplatform.cli import maintenance
from txplatform.cli.main import main
from txplatform.contracts import names
from txplatform.errors import QueryError
from txplatform.lake.maintenance import layout
from txplatform.warehouse.athena import Athena, QueryResult
from txplatform_tests.lake_stand import Stand, payment


@pytest.fixture
def stand(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """The stand with its entity as the only contract, and its settings in the environment."""
    for name, value in stand.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(maintenance, "load_contracts", lambda _: {stand.contract.name: stand.contract})
    return stand


def test_what_is_due_is_shown_then_done_and_an_error_ends_the_command(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_SMALL_FILES", 5)
    for number in range(1, 6):
        stand.put_changes(f"c{number}", [(number, payment(f"p{number}"), False)])
        stand.ingest_changes()
    stand.fold()
    shown = CliRunner().invoke(main, ["maintain", stand.contract.name, "--dry-run"])
    assert shown.exit_code == 0, shown.output
    (line,) = [
        line.split() for line in shown.output.splitlines() if line.startswith(names.changes_table(stand.contract.name))
    ]
    assert line == [names.changes_table(stand.contract.name), "5", "5", "0", line[4], line[5], "0", "1"]
    assert stand.lake.table(names.changes_table(stand.contract.name)).inspect.files().num_rows == 5
    done = CliRunner().invoke(main, ["maintain", stand.contract.name])
    assert done.exit_code == 0, done.output
    assert "1 of 1 partitions compacted; VACUUM, 0 metadata files removed" in done.output
    assert stand.lake.table(names.changes_table(stand.contract.name)).inspect.files().num_rows == 1


def test_problems_end_the_command_with_an_error(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.lake.ensure(stand.contract)

    def refuse(_: Athena, sql: str) -> QueryResult:
        raise QueryError(f"no permission: {sql}")

    monkeypatch.setattr(Athena, "execute", refuse)
    for name in (names.changes_table, names.files_table, names.snapshot_table, names.quarantine_table):
        with stand.lake.table(name(stand.contract.name)).transaction() as change:
            change.set_properties({"vacuum_max_snapshot_age_seconds": "0"})
    failed = CliRunner().invoke(main, ["maintain", stand.contract.name])
    assert failed.exit_code == 1
    assert f"Error: {stand.contract.name}_changes: no permission: VACUUM" in failed.output
    assert f"{stand.contract.name}_quarantine" in failed.output


def test_an_unknown_entity_is_named(stand: Stand) -> None:
    assert "there is no contract 'nobody'" in CliRunner().invoke(main, ["maintain", "nobody"]).output
