"""The contract files are valid by the standard's own package, which refuses files that are not."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pydantic
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from txplatform.contracts.keys.example import EXAMPLE
from txplatform.contracts.model import Contract
from txplatform_tests.samples.nested import PURCHASES

# The package's own reader of this file calls a function that is deprecated.
SCHEMA = jsonschema_rs.validator_for(files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8"))


def _document(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _violations(document: Any) -> list[str]:
    return [f"{error.instance_path}: {error.message}" for error in SCHEMA.iter_errors(document)]


def test_the_shipped_contracts_are_valid(contract: Contract) -> None:
    model = OpenDataContractStandard.from_file(str(contract.path))

    assert model.name == contract.name
    assert model.schema_ is not None
    assert [field.name for field in model.schema_[0].properties or []] == [field.name for field in contract.fields]
    assert _violations(_document(contract.path)) == []


def test_the_example_of_the_reference_is_valid() -> None:
    """The field `channel` is left out, because it is written as before version 3.1 on purpose."""
    document = _document(EXAMPLE)
    properties = document["schema"][0]["properties"]
    document["schema"][0]["properties"] = [field for field in properties if field["name"] != "channel"]

    OpenDataContractStandard(**document)
    assert _violations(document) == []


def test_the_sample_of_nested_data_is_valid() -> None:
    document = _document(PURCHASES)

    OpenDataContractStandard(**document)
    assert _violations(document) == []


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: document.pop("id"),
        lambda document: document.update(apiVersion="v9"),
        lambda document: document["schema"][0]["properties"][0].update(logicalType="text"),
        lambda document: document["schema"][0]["properties"][0].update(requried=True),
        lambda document: document["team"]["members"][0].pop("username"),
        lambda document: document["slaProperties"][0].pop("value"),
    ],
)
def test_a_wrong_contract_is_not_valid(contract: Contract, edit: Callable[[Any], object]) -> None:
    document = _document(contract.path)
    edit(document)

    assert _violations(document)


def test_the_model_refuses_an_unknown_key(contract: Contract) -> None:
    with pytest.raises(pydantic.ValidationError, match="retries"):
        OpenDataContractStandard(**_document(contract.path), retries=3)
