"""`txplatform ingest --source`: files in the own form of a source system."""

import json
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from txplatform.cli import file_arrivals
from txplatform.cli.main import main
from txplatform.contracts.mapping.loader import FOLDER, load_systems
from txplatform.contracts.names import Lane
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform_tests.lake_stand import Stand

DAY = date(2026, 3, 4)
SHOP = """
kind: SourceSystem
name: shop
version: 1.0.0
description: Orders of a shop.
match: order_id
ignore:
  - {when: "state == 'test'", reason: test_order}
records:
  - name: order
    entity: ENTITY
    fields:
      payment_id: order_id
      customer_id: buyer
      merchant_id: {constant: shop}
      amount: {from: euro, transforms: [{decimal: {point: ","}}]}
      currency: {constant: EUR}
      status: state
      method: {constant: card}
      created_at: at
      updated_at: at
"""
ORDERS = """order_id,buyer,euro,state,at
s-1,cus_1,"12,50",captured,2026-03-04T10:00:00Z
s-2,cus_1,"1,00",test,2026-03-04T10:00:00Z
"""
LATE = "s-3,cus_1,12.50,captured,2026-03-04T10:00:00Z\n"


@pytest.fixture
def shop(known: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """The stand with a source system, where what has landed is taken in whenever the command waits."""
    directory = tmp_path / "contracts"
    (directory / FOLDER).mkdir()
    (directory / FOLDER / "shop.yaml").write_text(SHOP.replace("ENTITY", known.contract.name), encoding="utf-8")
    contracts = {known.contract.name: known.contract}
    mappings = FileMappings(load_systems(contracts, directory).values(), contracts)

    def work(_seconds: float) -> None:
        known.ledger.reconcile(Lane.FILES, known.contract.name, [DAY])
        known.ingest_files(DAY, mappings=mappings)

    monkeypatch.setattr(file_arrivals, "time", SimpleNamespace(sleep=work, monotonic=time.monotonic))
    return known


def run(stand: Stand, folder: Path, content: str, *arguments: str) -> Result:
    path = folder / "orders_2026-03-04.csv"
    path.write_text(content, encoding="utf-8")
    return CliRunner().invoke(main, ["ingest", "--entity", stand.contract.name, str(path), *arguments])


def document(result: Result) -> Any:
    (file,) = json.loads(result.stdout)["files"]
    return file


def test_a_file_of_a_system_is_mapped_on_its_way_into_the_lake(shop: Stand, tmp_path: Path) -> None:
    found = document(run(shop, tmp_path, ORDERS, "--source", "shop", "--json"))
    assert f"/raw/{shop.contract.name}/source=shop/dt=2026-03-04/orders_2026-03-04.csv" in found["object"]
    assert (found["state"], found["accepted"], found["refused"]) == ("DONE", 1, 0)
    assert [(row["payment_id"], str(row["amount"])) for row in shop.view("payment_id, amount")] == [("s-1", "12.50")]


def test_a_dry_run_maps_as_the_lane_does(shop: Stand, tmp_path: Path) -> None:
    real = document(run(shop, tmp_path, ORDERS + LATE, "--source", "shop", "--json"))
    tried = document(run(shop, tmp_path, ORDERS + LATE, "--source", "shop", "--dry-run", "--json"))
    assert (tried["accepted"], tried["refused"], tried["passed_over"]) == (1, 1, {"test_order": 1})
    assert {name: tried[name] for name in ("reasons", "rows")} == {name: real[name] for name in ("reasons", "rows")}


def test_a_dry_run_says_what_the_mapping_ignores(shop: Stand, tmp_path: Path) -> None:
    result = run(shop, tmp_path, ORDERS, "--source", "shop", "--dry-run")
    assert result.exit_code == 0
    assert "1 row accepted, 0 refused; neither: 1 test_order" in result.output


def test_the_remedy_of_a_rule_names_the_mapping_too(shop: Stand, tmp_path: Path) -> None:
    refused = run(shop, tmp_path, ORDERS + LATE, "--source", "shop", "--dry-run").output
    assert ": correct the value, or what the mapping or the contract says of it" in refused
    other = run(shop, tmp_path, "a,b\n1,2\n", "--source", "shop", "--dry-run").output
    assert "file.unrecognised: name the system that wrote the file, or correct its 'match'" in other


def test_without_source_it_is_the_contracts_own_form(shop: Stand, tmp_path: Path) -> None:
    result = run(shop, tmp_path, ORDERS, "--dry-run")
    assert result.exit_code == 1
    assert "file.header" in result.output


def test_a_dry_run_knows_the_contracts_default_source(shop: Stand, tmp_path: Path) -> None:
    path = tmp_path / "contracts" / f"{shop.contract.name}.yaml"
    text, begin = path.read_text(encoding="utf-8"), "\ncustomProperties:\n"
    assert begin in text
    default = f"{begin}  - {{property: defaultSource, value: shop}}\n"
    path.write_text(text.replace(begin, default, 1), encoding="utf-8")
    assert run(shop, tmp_path, ORDERS, "--dry-run").exit_code == 0


def test_a_version_beside_a_source_is_the_present_one(shop: Stand, tmp_path: Path) -> None:
    present = shop.contract.version
    result = run(shop, tmp_path, ORDERS, "--source", "shop", "--dry-run", "--contract-version", present)
    assert result.exit_code == 0, result.output
    result = run(shop, tmp_path, ORDERS, "--source", "shop", "--dry-run", "--contract-version", "0.0.1")
    assert result.exit_code == 2
    assert f"of contract {present}, the present one" in " ".join(result.output.split())


def test_a_system_that_is_not_there_is_refused_before_anything_is_sent(shop: Stand, tmp_path: Path) -> None:
    result = run(shop, tmp_path, ORDERS, "--source", "../shop")
    assert result.exit_code == 1
    assert "there is no source system '../shop': name one that maps to " in result.output
    assert ", of shop, or add it to the folder 'sources'" in result.output
    assert list(shop.ledger.landing_area.objects(Lane.FILES, shop.contract.name)) == []
