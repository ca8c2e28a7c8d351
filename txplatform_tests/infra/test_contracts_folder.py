"""A folder of contracts of someone's own has its own template, from which the local stack starts."""

import json
import shutil
from pathlib import Path

import pytest

from infra import bundle, committed, synth
from txplatform.contracts import names
from txplatform.contracts.loader import ENTITIES
from txplatform.contracts.mapping.loader import FOLDER, SHIPPED
from txplatform.errors import ConfigurationError
from txplatform.local_platform import platform_application

SYSTEM = """kind: SourceSystem
name: {name}
version: 1.0.0
description: A customer relationship management system.
match: "kind == 'account'"
records:
  - name: account
    entity: customers
    operation: patch
    fields: {{customer_id: id, updated_at: changed}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One entity under another name, customers, and source systems of their own."""
    (tmp_path / FOLDER).mkdir()
    shutil.copy(ENTITIES / "customers.yaml", tmp_path)
    trades = (ENTITIES / "trades.yaml").read_text().replace("name: trades\n", "name: fills\n")
    (tmp_path / "fills.yaml").write_text(trades)
    shutil.copy(SHIPPED / "salesforce.yaml", tmp_path / FOLDER)
    (tmp_path / FOLDER / "crm.yaml").write_text(SYSTEM.format(name="crm"))
    monkeypatch.setenv(names.CONTRACTS_VARIABLE, str(tmp_path))
    return tmp_path


def test_entities_and_systems_of_a_folder_are_in_its_template_and_on_the_local_stack(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigurationError, match=rf"Remedy: TXP_CONTRACTS_DIR={folder} make synth"):
        platform_application(folder=folder)
    shipped = committed.template_path().read_bytes()
    assert synth.main([]) == 0
    assert committed.template_path().read_bytes() == shipped
    application = platform_application(folder=folder)
    queues = {
        resource["Properties"]["QueueName"]
        for resource in application.template["Resources"].values()
        if resource["Type"] == "AWS::SQS::Queue"
    }
    expected = {"fills", "customers", "source-crm", "source-salesforce"}
    assert {names.inbound_queue(owner) for owner in expected} <= queues
    assert names.inbound_queue("payments") not in queues
    routes = json.dumps(application.template)
    assert "/v1/fills" in routes
    assert "/v1/payments" not in routes

    (folder / FOLDER / "shop.yaml").write_text(SYSTEM.format(name="shop"))
    with pytest.raises(ConfigurationError, match=r"no queue txplatform-source-shop-inbound.*Remedy: TXP_"):
        platform_application(folder=folder)
    capsys.readouterr()


def test_a_folder_without_contracts_fails_the_synthesis(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "TEMPLATES", folder)
    (folder / "fills.yaml").unlink()
    (folder / "customers.yaml").unlink()
    assert synth.main(["--check"]) == 1
    assert f"synthesis failed: {folder}: does not hold a contract" in capsys.readouterr().out


def test_the_shipped_contracts_have_the_template_of_the_repository() -> None:
    assert committed.contracts_folder({}) is None
    assert committed.contracts_folder({names.CONTRACTS_VARIABLE: ""}) is None
    assert platform_application().template == committed.load_template()
