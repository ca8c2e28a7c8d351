"""Exports: whole or not at all, the same each time, over nothing that an export has not written."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from txplatform.cli.main import main
from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.powerbi import export as module
from txplatform.dashboards.powerbi.errors import PowerBiProjectError
from txplatform.dashboards.powerbi.export import export_project
from txplatform.dashboards.powerbi.manifest import NAME

CONTRACTS = {"refunds": load_contracts()["refunds"]}
MORE = {**CONTRACTS, "disputes": load_contracts()["disputes"]}
TABLE = "txplatform.SemanticModel/definition/tables/refunds_daily.tmdl"
REGION = "eu-central-1"


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_second_export_changes_nothing_and_leaves_what_others_put_there(tmp_path: Path) -> None:
    first = export_project(CONTRACTS, REGION, tmp_path / "a")
    cache = tmp_path / "a" / "txplatform.SemanticModel" / ".pbi" / "cache.abf"
    cache.parent.mkdir()
    cache.write_bytes(b"cache")
    before = content(tmp_path / "a")
    assert export_project(CONTRACTS, REGION, tmp_path / "a").changed == 0 < first.changed
    assert content(tmp_path / "a") == before
    export_project(CONTRACTS, REGION, tmp_path / "b")
    assert content(tmp_path / "b") == {path: text for path, text in before.items() if not path.endswith(".abf")}


def test_what_a_contract_loses_goes_from_the_project(tmp_path: Path) -> None:
    export_project(MORE, REGION, tmp_path)
    assert (tmp_path / "txplatform.Report/definition/pages/disputes").is_dir()
    export_project(CONTRACTS, REGION, tmp_path)
    alone = tmp_path / "alone"
    export_project(CONTRACTS, REGION, alone)
    assert {path for path in content(tmp_path) if not path.startswith("alone/")} == set(content(alone))
    assert not (tmp_path / "txplatform.Report/definition/pages/disputes").exists()


def test_a_file_that_was_changed_by_hand_is_not_overwritten(tmp_path: Path) -> None:
    export_project(CONTRACTS, REGION, tmp_path)
    (tmp_path / TABLE).write_text("table refunds_daily\n", encoding="utf-8")
    before = content(tmp_path)
    with pytest.raises(PowerBiProjectError, match=rf"changed since they were exported: {TABLE}\. Remedy: export to"):
        export_project(MORE, REGION, tmp_path)
    assert content(tmp_path) == before
    (tmp_path / TABLE).unlink()
    export_project(CONTRACTS, REGION, tmp_path)
    assert (tmp_path / TABLE).read_text(encoding="utf-8").startswith("/// ")


def test_a_folder_that_no_export_wrote_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(PowerBiProjectError, match=r"is no folder of an export.* Remedy: name a new or empty folder"):
        export_project(CONTRACTS, REGION, tmp_path)
    assert set(content(tmp_path)) == {"notes.txt"}
    with pytest.raises(PowerBiProjectError, match=r"notes\.txt: is no folder of an export"):
        export_project(CONTRACTS, REGION, tmp_path / "notes.txt")


@pytest.mark.parametrize("text", ["", "[]", '{"files": {"../../notes.txt": ["x"]}}', '{"files": {"/etc/x": ["x"]}}'])
def test_a_broken_manifest_or_one_that_names_files_elsewhere_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(PowerBiProjectError, match="is no manifest of an export"):
        export_project(CONTRACTS, REGION, tmp_path)


@pytest.mark.parametrize("written", [0, 1, 5])
def test_an_export_that_died_halfway_is_no_obstacle_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    export_project(CONTRACTS, REGION, tmp_path)
    count = 0

    def dies(path: Path, text: str) -> None:
        nonlocal count
        if count == written:
            raise KeyboardInterrupt
        count += 1
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    renamed = {"refunds": replace(MORE["refunds"], title="Given back"), "disputes": MORE["disputes"]}
    with monkeypatch.context() as patched:
        patched.setattr(module, "write_file", dies)
        with pytest.raises(KeyboardInterrupt):
            export_project(renamed, REGION, tmp_path)
    export_project(MORE, REGION, tmp_path)
    export_project(MORE, REGION, tmp_path / "whole")
    found = {path: text for path, text in content(tmp_path).items() if not path.startswith("whole/")}
    assert found == content(tmp_path / "whole")


def test_the_command_says_what_it_wrote_and_what_power_bi_cannot_hold(tmp_path: Path) -> None:
    out = tmp_path / "project"
    result = CliRunner().invoke(main, ["powerbi", "export", "--region", REGION, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{out}: 23 tables, ")
    assert "held with 15 digits, as Power BI has no exact type for them: trades_by_symbol.quantity" in result.output
    assert (out / "txplatform.pbip").exists()
    again = CliRunner().invoke(main, ["powerbi", "export", "--region", REGION, "--out", str(out)])
    assert ", 0 files changed\n" in again.output


def test_the_region_is_asked_for(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["powerbi", "export", "--out", str(tmp_path)], env={"AWS_REGION": None})
    assert result.exit_code == 2
    assert "Missing option '--region'" in result.output
