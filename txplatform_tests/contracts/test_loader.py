"""Contract files become Contracts."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from txplatform.contracts.loader import ENTITIES, load_contract, load_contracts
from txplatform.contracts.model import Contract, FieldType
from txplatform.errors import ContractError
from txplatform_tests.contracts.documents import Document, add, custom, minimal, prop, write


def test_a_missing_file_and_an_empty_directory_are_contract_errors(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="cannot be read"):
        load_contract(tmp_path / "orders.yaml")
    with pytest.raises(ContractError, match="does not hold a contract"):
        load_contracts(tmp_path)


def test_two_files_of_one_entity_are_refused(tmp_path: Path) -> None:
    write(tmp_path, minimal()).rename(tmp_path / "first.yaml")
    write(tmp_path, minimal()).rename(tmp_path / "second.yaml")

    with pytest.raises(ContractError, match=r"already defined by first\.yaml") as caught:
        load_contracts(tmp_path)
    assert caught.value.path == tmp_path / "second.yaml"


@pytest.mark.parametrize(("first", "second"), [("shop", "shop_files"), ("shop", "shop_daily"), ("a_b_c", "a_b")])
def test_an_entity_that_is_called_like_a_table_of_another_is_refused(tmp_path: Path, first: str, second: str) -> None:
    for name in (first, second):
        document: Document = minimal()
        document["name"] = name
        document["schema"][0]["name"] = name
        write(tmp_path, document).rename(tmp_path / f"{name}.yaml")

    with pytest.raises(ContractError, match=f"'{max(first, second, key=len)}' may be a table") as caught:
        load_contracts(tmp_path)
    assert caught.value.path == tmp_path / f"{max(first, second)}.yaml"


def test_the_least_contract_loads(tmp_path: Path) -> None:
    contract = load_contract(write(tmp_path, minimal()))

    assert (contract.name, contract.key, contract.version_field) == ("orders", ("order_id",), "updated_at")
    assert (contract.partition_field, contract.partition_transform) == ("created_at", "day")
    assert contract.files_from == date(2024, 1, 1)
    assert contract["total"].type is FieldType.DECIMAL
    assert (contract["total"].precision, contract["total"].scale) == (18, 2)
    assert not contract["total"].required


def test_forms_of_earlier_versions_of_the_standard_are_read(tmp_path: Path) -> None:
    document = minimal()
    document["apiVersion"] = "v3.0.2"
    prop(document, "created_at").update(logicalType="date", physicalType="timestamp")
    add(document, name="code", quality=[{"rule": "invalidValues", "validValues": ["a", "b"], "mustBe": 0}])

    contract = load_contract(write(tmp_path, document))

    assert contract["created_at"].type is FieldType.TIMESTAMP
    assert contract["code"].enum == ("a", "b")


def test_bounds_keep_all_38_digits(tmp_path: Path) -> None:
    document = minimal()
    add(document, name="exact", logicalType="number", physicalType="decimal(38,18)", logicalTypeOptions={
        "exclusiveMinimum": "-12345678901234567890.123456789012345678",
        "maximum": "99999999999999999999.999999999999999999",
    })  # fmt: skip
    text = yaml.safe_dump(document).replace("'-12345678901234567890", "-12345678901234567890")
    path = tmp_path / "orders.yaml"
    path.write_text(text.replace("12345678901234567890.123456789012345678'", "12345678901234567890.123456789012345678"))

    field = load_contract(path)["exact"]

    assert field.minimum == Decimal("-12345678901234567890.123456789012345677")
    assert field.maximum == Decimal("99999999999999999999.999999999999999999")


def test_defaults_may_be_written_as_yaml_values(tmp_path: Path) -> None:
    document = minimal()
    add(document, name="paid", logicalType="boolean")
    add(document, name="count", logicalType="integer")
    custom(document, "paid", default=False)
    custom(document, "count", default=3)
    custom(document, "total", default="0.50")

    contract = load_contract(write(tmp_path, document))

    defaults = [contract[name].alignment.default for name in ("paid", "count", "total")]
    assert defaults == ["false", "3", "0.50"]


def test_shipped_entities() -> None:
    contracts = load_contracts()

    assert {"customers", "payments", "trades"} <= set(contracts)
    assert list(contracts) == sorted(contracts)
    assert contracts["trades"].key == ("venue", "trade_id")
    assert contracts["customers"].partition_transform == "month"
    assert contracts["payments"].files_from == date(2025, 11, 1)
    assert contracts["trades"]["price"].minimum == Decimal("0.0000000001")
    assert contracts["payments"]["status"].alignment.values["succeeded"] == "captured"


def test_each_shipped_entity_has_its_own_file_and_enough_to_show(contract: Contract) -> None:
    assert contract.path == ENTITIES / f"{contract.name}.yaml"
    assert 12 <= len(contract.fields) <= 20
    assert {FieldType.DECIMAL, FieldType.TIMESTAMP} <= {field.type for field in contract.fields}
    assert any(field.enum for field in contract.fields)
    assert any(field.personal for field in contract.fields)
    assert any(not field.required for field in contract.fields)
    assert all(field.description and field.example is not None for field in contract.fields)
