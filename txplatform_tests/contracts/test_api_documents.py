"""The OpenAPI documents that are kept of contract versions, and the steps of versions that breaking changes need."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from txplatform.cli.main import main
from txplatform.contracts.api_documents import check_documents, document_path, document_text, write_documents
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.errors import ContractError

SHIPPED = next(iter(load_contracts().values())).path.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Payments alone, without documents, at version 1.1.0."""
    shutil.copy(SHIPPED / "payments.yaml", tmp_path)
    edit(tmp_path, version="1.1.0")
    return tmp_path


def edit(folder: Path, *changes: tuple[str, str], version: str) -> None:
    """Replace texts of the contract, and its version."""
    path = folder / "payments.yaml"
    text = path.read_text(encoding="utf-8")
    former = load_contracts(folder)["payments"].version
    for old, new in [*changes, (f"version: {former}", f"version: {version}")]:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def run(command: str, folder: Path) -> Result:
    return CliRunner().invoke(main, ["contracts", command, "--directory", str(folder)])


def test_the_kept_documents_are_those_that_are_rendered(contract: Contract) -> None:
    path = document_path(contract)
    assert path.read_text(encoding="utf-8") == document_text(contract), "write them with: txplatform contracts openapi"


def test_the_kept_documents_break_no_clients() -> None:
    check_documents(load_contracts())


def test_documents_are_written_once(folder: Path) -> None:
    contracts = load_contracts(folder)
    [path] = write_documents(contracts)
    assert (path, json.loads(path.read_text())["openapi"]) == (folder / "openapi" / "payments-1.1.0.json", "3.1.0")
    assert write_documents(contracts) == []
    check_documents(contracts)


def test_contracts_without_documents_are_checked_without(folder: Path) -> None:
    assert run("check", folder).exit_code == 0


def test_a_missing_document_is_named_with_the_command_that_writes_it(folder: Path) -> None:
    (folder / "openapi").mkdir()
    result = run("check", folder)
    assert result.exit_code == 1
    assert "version 1.1.0 of 'payments' has no OpenAPI document. Remedy: write it with" in result.output


def test_a_document_that_is_not_current_is_named(folder: Path) -> None:
    run("openapi", folder)
    path = folder / "openapi" / "payments-1.1.0.json"
    path.write_text(path.read_text().replace("Create a record", "Make a record"))
    result = run("check", folder)
    assert result.exit_code == 1
    assert "is not the document that is rendered now" in result.output
    assert run("openapi", folder).exit_code == run("check", folder).exit_code == 0


ENUM = ("phone, recurring]", "phone, recurring, kiosk]")
WORDS = ("How far the payment has come.", "How far it has come.")


@pytest.mark.parametrize(("version", "refused"), [("1.1.0", True), ("1.1.7", True), ("1.2.0", False), ("2.0.0", False)])
def test_a_breaking_change_needs_a_greater_major_or_minor_version(folder: Path, version: str, refused: bool) -> None:
    run("openapi", folder)
    edit(folder, ENUM, version=version)
    written, checked = run("openapi", folder), run("check", folder)
    assert (written.exit_code, checked.exit_code) == ((1, 1) if refused else (0, 0)), written.output
    if refused:
        assert "clients of payments 1.1.0 break: " in written.output
        assert "properties channel enum kiosk was added" in written.output
        assert "raise 'version' of the contract to 1.2.0" in written.output
        assert [path.name for path in (folder / "openapi").iterdir()] == ["payments-1.1.0.json"]


def test_what_breaks_nobody_needs_no_step(folder: Path) -> None:
    run("openapi", folder)
    edit(folder, WORDS, version="1.1.1")
    assert run("openapi", folder).exit_code == run("check", folder).exit_code == 0


def test_a_document_written_by_hand_does_not_hide_a_break(folder: Path) -> None:
    run("openapi", folder)
    edit(folder, ENUM, version="1.1.1")
    contract = load_contracts(folder)["payments"]
    document_path(contract).write_text(document_text(contract), encoding="utf-8")
    assert "clients of payments 1.1.0 break" in run("check", folder).output


@pytest.mark.parametrize("text", ["", "{", "\x00"])
def test_a_damaged_document_is_named(folder: Path, text: str) -> None:
    run("openapi", folder)
    path = folder / "openapi" / "payments-1.1.0.json"
    path.write_text(text)
    with pytest.raises(ContractError, match="is not readable as JSON"):
        check_documents(load_contracts(folder))


def test_other_files_of_the_folder_are_left_alone(folder: Path) -> None:
    run("openapi", folder)
    for name in ("payments-draft.json", "payments-0.9.json", "README.md", "refunds-1.0.0.json"):
        (folder / "openapi" / name).write_text("x")
    edit(folder, WORDS, version="1.1.1")
    assert run("openapi", folder).exit_code == run("check", folder).exit_code == 0
