"""The project as a whole: it would open, it is as the golden files say, and the same contracts give the same one."""

from dataclasses import replace

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.dashboards.powerbi.checks import project_violations
from txplatform.dashboards.powerbi.project import project_files
from txplatform.dashboards.powerbi.semantic_model import semantic_model
from txplatform.dashboards.powerbi.types import column_type
from txplatform.errors import ContractError
from txplatform_tests.dashboards.powerbi.golden_files import COMMAND, FOLDER, MARTS, files, golden
from txplatform_tests.samples.nested import purchases

CONTRACTS = load_contracts()


@pytest.mark.parametrize("entity", MARTS)
def test_golden(entity: str) -> None:
    expected = (FOLDER / f"{entity}.txt").read_text(encoding="utf-8")
    assert golden(files(), entity) == expected, f"if the change is meant: {COMMAND}"


def test_the_project_opens_and_is_the_same_each_time() -> None:
    assert project_violations(files()) == []
    assert dict(project_files(CONTRACTS, semantic_model(CONTRACTS, "eu-central-1"))) == files()


@pytest.mark.parametrize("contract", [*CONTRACTS.values(), purchases()], ids=lambda contract: contract.name)
def test_the_project_of_any_one_entity_opens(contract: Contract) -> None:
    """Marts that read further entities are left out, dimensions that nothing shares have no table."""
    contracts = {contract.name: contract}
    assert project_violations(project_files(contracts, semantic_model(contracts, "eu-central-1"))) == []


def test_descriptions_and_names_of_any_form_stay_in_their_place() -> None:
    hostile = replace(CONTRACTS["refunds"], title='Refunds "of" it\'s', description="a")
    fields = tuple(
        replace(field, description="two\nlines: 'a' = [b]\n\tmeasure x = 1") if field.name == "currency" else field
        for field in hostile.fields
    )
    contracts = {"refunds": replace(hostile, fields=fields)}
    made = project_files(contracts, semantic_model(contracts, 'eu" & Evil & "'))
    assert project_violations(made) == []
    assert (
        "\t/// two\n\t/// lines: 'a' = [b]\n" in made["txplatform.SemanticModel/definition/tables/refunds_daily.tmdl"]
    )
    assert 'Region = "eu"" & Evil & """ meta' in made["txplatform.SemanticModel/definition/expressions.tmdl"]


def test_tables_with_masked_values_are_for_the_role_of_their_entity_alone() -> None:
    roles = {role.name: role.conditions for role in semantic_model(CONTRACTS, "eu-central-1").roles}
    assert roles == {"reader": {"payments_top_customers": "FALSE()"}, "payments.personal": {}}


@pytest.mark.parametrize(
    ("trino", "type_", "m", "approximate"),
    [
        ("bigint", "int64", "Int64.Type", False),
        ("decimal(38, 0)", "decimal", "Currency.Type", False),
        ("decimal(38, 4)", "decimal", "Currency.Type", False),
        ("decimal(38, 5)", "double", "type number", True),
        ("date", "dateTime", "type date", False),
        ("timestamp(6)", "dateTime", "type datetime", False),
        ("varchar", "string", "type text", False),
    ],
)
def test_types(trino: str, type_: str, m: str, approximate: bool) -> None:
    found = column_type("some", "column", trino)
    assert (found.data_type, found.m_type, found.approximate) == (type_, m, approximate)


def test_a_type_without_an_equivalent_is_refused() -> None:
    with pytest.raises(ContractError, match=r"mart some: field 'items': the type array\(bigint\) has no equivalent"):
        column_type("some", "items", "array(bigint)")
