"""`txplatform quarantine` on a local AWS: what it lists, shows and exports, redrives and deletes."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from txplatform.cli.main import main
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY = date(2026, 1, 1)


@pytest.fixture
def refused(known: Stand) -> Stand:
    """Two refused rows of a file and one refused change."""
    records = [payment("p1", status="odd"), payment("p2", amount="1.005", status="odd"), payment("p3")]
    known.put_file(DAY, "a.csv", csv_of(records))
    known.ingest_files(DAY)
    known.put_changes("one", [(1, payment("p4", status="odd", payer_name="Ada Secret"), False)])
    known.ingest_changes()
    return known


def run(stand: Stand, command: str, *arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, ["quarantine", command, stand.contract.name, *arguments], input=answer)


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def correct_the_contract(stand: Stand) -> None:
    """Let the contract file allow the status `odd`."""
    (path,) = Path(os.environ["TXP_CONTRACTS_DIR"]).glob("*.yaml")
    text = path.read_text(encoding="utf-8")
    assert "captured," in text
    path.write_text(text.replace("captured,", "captured, odd,"), encoding="utf-8")


def test_rows_are_counted_by_lane_rule_and_field(refused: Stand) -> None:
    lines = run(refused, "list").output.splitlines()
    assert lines[0] == f"{refused.contract.name}_quarantine: 3 rows"
    assert [line.split()[:4] for line in lines[1:]] == [
        ["2", "files", "enum", "status"],
        ["1", "changes", "enum", "status"],
        ["1", "files", "scale", "amount"],
    ]
    assert document(run(refused, "list", "--rule", "scale", "--json"))["rows"] == 1
    assert document(run(refused, "list", "--lane", "changes", "--json"))["rows"] == 1
    assert document(run(refused, "list", "--to", "2025-12-31", "--json"))["rows"] == 0


def test_a_row_is_shown_by_the_beginning_of_its_id_and_masked(refused: Stand) -> None:
    listed = document(run(refused, "list", "--rows", "--json"))["listed"]
    (change,) = [row for row in listed if row["lane"] == "changes"]
    shown = run(refused, "show", change["quarantine_id"][:12]).output
    assert "status: enum: must be one of" in shown
    assert '"payment_id": "p4"' in shown
    assert "Ada Secret" not in shown
    assert "Ada Secret" in run(refused, "show", change["quarantine_id"], "--personal").output
    missing = run(refused, "show", "f" * 64)
    assert missing.exit_code == 1
    assert "Remedy: txplatform quarantine list" in missing.output


def test_rows_are_exported_as_json_lines(refused: Stand, tmp_path: Path) -> None:
    target = tmp_path / "rows.jsonl"
    result = run(refused, "export", "--lane", "files", "--to-file", str(target), "--personal")
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert sorted(row["row"] for row in rows) == [2, 3]
    assert all(row["payload"].startswith("p") for row in rows)
    masked = run(refused, "export", "--lane", "files").stdout
    assert "cus_1" not in masked
    assert masked.count("\n") == 2


def test_a_redrive_after_a_correction_brings_in_what_passes(refused: Stand) -> None:
    before = document(run(refused, "redrive", "--dry-run", "--json"))
    assert (before["passing"], before["refused"]) == (0, 3)
    correct_the_contract(refused)
    dry = document(run(refused, "redrive", "--dry-run", "--json"))
    assert (dry["passing"], dry["refused"], dry["gone"], dry["reasons"]) == (2, 1, 0, {"amount:scale": 1})
    assert document(run(refused, "list", "--json"))["rows"] == 3
    declined = run(refused, "redrive", answer="n\n")
    assert declined.exit_code == 1
    assert "Bring 2 rows into the lake?" in declined.output
    done = document(run(refused, "redrive", "--yes", "--json"))
    assert (done["redriven"], done["skipped_days"]) == (2, [])
    assert [row["payment_id"] for row in refused.view("payment_id")] == ["p1", "p3", "p4"]
    again = run(refused, "redrive", "--yes")
    assert again.exit_code == 0
    assert "0 rows would pass, 1 would be refused again" in again.output


def test_a_redrive_by_filter_leaves_the_rest(refused: Stand) -> None:
    correct_the_contract(refused)
    done = document(run(refused, "redrive", "--lane", "changes", "--yes", "--json"))
    assert (done["passing"], done["redriven"]) == (1, 1)
    assert document(run(refused, "list", "--json"))["rows"] == 2


def test_rows_whose_file_is_gone_stay_and_say_so(refused: Stand) -> None:
    correct_the_contract(refused)
    key = f"raw/{refused.contract.name}/dt={DAY}/a.csv"
    refused.clients.client("s3").delete_object(Bucket=refused.settings.lake_bucket, Key=key)
    dry = document(run(refused, "redrive", "--lane", "files", "--dry-run", "--json"))
    assert (dry["passing"], dry["gone"]) == (0, 2)


def test_a_purge_needs_a_filter_a_confirmation_and_leaves_an_audit_line(refused: Stand) -> None:
    assert run(refused, "purge", "--yes").exit_code == 2
    assert run(refused, "purge", "--all", "--rule", "scale", "--yes").exit_code == 2
    assert run(refused, "purge", "--all", "--json").exit_code == 2
    assert run(refused, "purge", "--rule", "scale", answer="n\n").exit_code == 1
    assert document(run(refused, "purge", "--rule", "scale", "--dry-run", "--json"))["deleted"] == 0
    assert document(run(refused, "list", "--json"))["rows"] == 3
    result = run(refused, "purge", "--rule", "scale", "--yes")
    assert result.exit_code == 0, result.output
    assert f"1 row deleted, see s3://{refused.settings.lake_bucket}/audit/quarantine/" in result.output
    assert document(run(refused, "purge", "--all", "--yes", "--json"))["deleted"] == 2
    assert document(run(refused, "list", "--json"))["rows"] == 0
