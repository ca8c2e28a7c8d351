"""Links from an asset to its function and its contract: files here, pages where a source address is set."""

from dataclasses import replace
from pathlib import Path

import dagster as dg

from txplatform.contracts.loader import load_contracts
from txplatform.definitions import compose
from txplatform.defs.code_references import REFERENCES
from txplatform.defs.resources import PlatformResource

ROOT = Path(__file__).parents[2]
CONTRACT = "txplatform/contracts/entities/payments.yaml"
CONTRACTS = {"payments": load_contracts()["payments"]}


def _references(definitions: dg.Definitions, asset: str) -> list[dg.LocalFileCodeReference | dg.UrlCodeReference]:
    entry = definitions.get_repository_def().asset_graph.get(dg.AssetKey(asset)).metadata.get(REFERENCES)
    return entry.code_references if entry else []


def test_files_are_named_with_the_line_of_the_function_and_the_contract() -> None:
    definitions = compose(CONTRACTS, PlatformResource())
    function, contract = _references(definitions, "payments_changes")
    assert isinstance(function, dg.LocalFileCodeReference)
    path, line = Path(function.file_path), function.line_number or 0
    assert path == ROOT / "txplatform/defs/changes/assets.py"
    assert "def changes(" in "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[line - 1 : line + 30])
    assert (contract.source, contract.label) == (str(ROOT / CONTRACT), "contract")
    assert [reference.source for reference in _references(definitions, "payments_table")] == [str(ROOT / CONTRACT)]
    assert [Path(item.source.rpartition(":")[0]).name for item in _references(definitions, "dashboard")] == [
        "assets.py"
    ]
    assert _references(definitions, "power_bi_report") == []


def test_every_asset_that_runs_has_a_reference() -> None:
    definitions = compose(load_contracts(), PlatformResource())
    graph = definitions.get_repository_def().asset_graph
    assert all(_references(definitions, key.to_user_string()) for key in graph.executable_asset_keys)


def test_a_source_address_makes_them_pages(tmp_path: Path) -> None:
    elsewhere = replace(CONTRACTS["payments"], path=tmp_path / "payments.yaml")
    address = "https://example.org/txplatform/blob/main/"
    function, contract = _references(compose(CONTRACTS, PlatformResource(), address), "payments_changes")
    assert function.source.startswith(f"{address}txplatform/defs/changes/assets.py#L")
    assert contract.source == address + CONTRACT
    _, contract = _references(compose({"payments": elsewhere}, PlatformResource(), address), "payments_changes")
    assert contract.source == str(tmp_path / "payments.yaml")
