"""What is rendered for QuickSight: types, security, and references that exist."""

import re
from dataclasses import replace

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.quicksight.data_sets import data_set
from txplatform.dashboards.quicksight.model import check
from txplatform.dashboards.quicksight.resources import definition, resources
from txplatform.dashboards.quicksight.target import Target
from txplatform.errors import QuickSightError
from txplatform.warehouse.marts.files import marts
from txplatform_tests.samples.nested import purchases

CONTRACTS = load_contracts()
OWNER, AUDITOR = ("arn:aws:quicksight:eu-west-1:123456789012:user/default/" + name for name in ("owner", "auditor"))
TARGET = Target("123456789012", "eu-west-1", (OWNER,))


def test_masked_columns_are_shown_to_few_and_no_personal_field_is_in_a_data_set() -> None:
    [top] = [mart for mart in marts(CONTRACTS["payments"], CONTRACTS) if mart.masked]
    for target, principal in ((TARGET, OWNER), (replace(TARGET, personal_readers=(AUDITOR,)), AUDITOR)):
        rules = data_set(CONTRACTS, top, target).request["ColumnLevelPermissionRules"]
        assert rules == [{"Principals": [principal], "ColumnNames": ["customer"]}]
    for contract in CONTRACTS.values():
        for mart in marts(contract, CONTRACTS):
            read = [contract, *(CONTRACTS[name] for name in mart.reads)]
            personal = {field.name for item in read for field in item.fields if field.personal}
            assert not personal & {column.name for column in mart.columns}


def test_columns_have_exact_types_descriptions_and_folders() -> None:
    [daily] = [mart for mart in marts(CONTRACTS["trades"]) if mart.name == "trades_hourly"]
    request = data_set(CONTRACTS, daily, TARGET).request
    columns = {item["Name"]: item for item in request["PhysicalTableMap"]["mart"]["RelationalTable"]["InputColumns"]}
    assert columns["notional"] == {"Name": "notional", "Type": "DECIMAL", "SubType": "FIXED"}
    assert (columns["hour"]["Type"], columns["trades"]["Type"]) == ("DATETIME", "INTEGER")
    assert request["FieldFolders"]["Measures"]["columns"] == ["trades", "quantity", "notional", "vwap"]
    assert request["ImportMode"] == "SPICE"
    direct = data_set({"trades": replace(CONTRACTS["trades"], dashboard_import="direct")}, daily, TARGET)
    assert direct.request["ImportMode"] == "DIRECT_QUERY"


@pytest.mark.parametrize("contract", [*CONTRACTS.values(), purchases()], ids=lambda contract: contract.name)
def test_everything_that_a_definition_names_is_there(contract: object) -> None:
    known = {**CONTRACTS, contract.name: contract}  # type: ignore[attr-defined]
    shown = marts(known[contract.name], known)  # type: ignore[attr-defined]
    found = definition(known[contract.name], shown, TARGET)  # type: ignore[attr-defined]
    columns = {mart.name: {column.name for column in mart.columns} for mart in shown}
    for field in found["CalculatedFields"]:
        assert set(re.findall(r"\{(\w+)\}", field["Expression"])) <= columns[field["DataSetIdentifier"]]
        assert field["Name"] not in columns[field["DataSetIdentifier"]]
        columns[field["DataSetIdentifier"]].add(field["Name"])
    named: list[tuple[str, str]] = []

    def visit(value: object) -> None:
        match value:
            case {"DataSetIdentifier": identifier, "ColumnName": name}:
                named.append((identifier, name))
            case dict():
                for item in value.values():
                    visit(item)
            case list():
                for item in value:
                    visit(item)
            case _:
                pass

    visit(found)
    assert named
    assert [pair for pair in named if pair[1] not in columns[pair[0]]] == []


def test_a_request_is_held_against_the_model_to_its_depths() -> None:
    [source, *_] = resources({}, TARGET)
    request = {"AwsAccountId": "123456789012", "DataSourceId": "a", **source.request}
    check("CreateDataSource", request)
    for wrong, problem in (
        ({"Type": "ORACLE8"}, "CreateDataSource.Type is 'ORACLE8'"),
        ({"AwsAccountId": "12"}, "Invalid length|does not match"),
        ({"Name": "n" * 200}, "Name has 200 characters, of 128 at most"),
        ({"DataSourceParameters": {"AthenaParameters": {"Workgroup": "a"}}}, 'Unknown parameter .*"Workgroup"'),
        ({"Permissions": [{"Principal": OWNER}]}, 'Missing required parameter .*"Actions"'),
    ):
        with pytest.raises(QuickSightError, match=problem):
            check("CreateDataSource", {**request, **wrong})
