"""Who sees which rows: the file of rules, and what it becomes in QuickSight and in Power BI."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.dashboards.powerbi.checks import project_violations
from txplatform.dashboards.powerbi.project import project_files
from txplatform.dashboards.powerbi.semantic_model import semantic_model
from txplatform.dashboards.quicksight.resources import resources
from txplatform.dashboards.quicksight.target import Target
from txplatform.dashboards.row_rules import RowRule, read_row_rules
from txplatform.errors import ContractError
from txplatform_tests.local.aws.athena.without_tables import answer, connect

CONTRACTS = load_contracts()
SECURED: Mapping[str, Contract] = {
    **CONTRACTS,
    "payments": replace(CONTRACTS["payments"], row_security="merchant_id"),
}
_ARN = "arn:aws:quicksight:eu-west-1:123456789012"
OWNER, ADA, FINANCE = f"{_ARN}:user/default/owner", f"{_ARN}:user/default/ada", f"{_ARN}:group/default/finance"
HEADER = "entity,principal,value\n"
RULES = (
    RowRule("payments", ADA, "mer_1"),
    RowRule("payments", ADA, 'O\'Neil, "Ltd"'),
    RowRule("payments", FINANCE, ""),
    RowRule("payments", "ada@example.com", "mer_1"),
)


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_is_read_as_csv(tmp_path: Path) -> None:
    text = f'{HEADER}payments,{ADA},mer_1\npayments,{ADA},"O\'Neil, ""Ltd"""\npayments,{FINANCE},\n'
    text += f"payments,ada@example.com,mer_1\npayments,{ADA},mer_1\n"
    assert read_row_rules(written(tmp_path, "\ufeff" + text), SECURED) == RULES


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ":1: has other columns"),
        ("entity,user,value\n", ":1: has other columns"),
        (f"{HEADER}payments,{ADA}\n", ":2: has 2 cells"),
        (f"{HEADER}trades,{ADA},x\n", ":2: 'trades' is no entity whose contract has rowSecurity"),
        (f"{HEADER}payments,ada,x\n", ":2: 'ada' is no principal"),
        (f"{HEADER}payments,arn:aws:iam::123456789012:user/ada,x\n", "is no principal"),
        (f'{HEADER}payments,a"@example.com,x\n', "is no principal"),
        (f'{HEADER}payments,{ADA},"x\n', ": is no CSV"),
    ],
)
def test_a_rule_that_would_hide_or_show_by_mistake_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ContractError) as caught:
        read_row_rules(written(tmp_path, text), SECURED)
    assert problem in str(caught.value)
    assert "Remedy: " in str(caught.value)


def requests(contracts: Mapping[str, Contract], rules: tuple[RowRule, ...]) -> dict[str, dict[str, Any]]:
    target = Target("123456789012", "eu-west-1", (OWNER,), row_rules=rules)
    return {item.id: item.request for item in resources(contracts, target)}


def test_quicksight_restricts_the_rows_of_marts_that_have_the_field() -> None:
    found = requests(SECURED, RULES)
    arn = f"{_ARN}:dataset/txplatform-payments-rows"
    policy = {"Arn": arn, "PermissionPolicy": "GRANT_ACCESS", "FormatVersion": "VERSION_2", "Status": "ENABLED"}
    by_row = {name for name, request in found.items() if "RowLevelPermissionDataSet" in request}
    assert by_row == {"txplatform-payments_breakdown"}
    assert found["txplatform-payments_breakdown"]["RowLevelPermissionDataSet"] == policy
    assert "ColumnLevelPermissionRules" not in found["txplatform-payments_breakdown"]
    assert list(found).index("txplatform-payments-rows") < list(found).index("txplatform-payments_breakdown")


def test_the_rules_of_quicksight_are_rows_that_athena_gives() -> None:
    request = requests(SECURED, RULES)["txplatform-payments-rows"]
    custom = request["PhysicalTableMap"]["rules"]["CustomSql"]
    assert [column["Name"] for column in custom["Columns"]] == ["userarn", "grouparn", "merchant_id"]
    assert answer(connect(), custom["SqlQuery"]) == [
        [OWNER, None, None],
        [ADA, None, "mer_1"],
        [ADA, None, 'O\'Neil, "Ltd"'],
        [None, FINANCE, None],
    ]
    assert request["ImportMode"] == "DIRECT_QUERY"


def test_marts_that_add_up_rows_of_others_are_for_those_who_see_all() -> None:
    found = requests(SECURED, RULES)
    for mart in ("payments_daily", "customers_value", "balance_transactions_double_entry"):
        [rule] = found[f"txplatform-{mart}"]["ColumnLevelPermissionRules"]
        assert rule["Principals"] == [OWNER, FINANCE]
        columns = found[f"txplatform-{mart}"]["PhysicalTableMap"]["mart"]["RelationalTable"]["InputColumns"]
        assert rule["ColumnNames"] == [column["Name"] for column in columns]
    masked, others = found["txplatform-payments_top_customers"]["ColumnLevelPermissionRules"]
    assert (masked["ColumnNames"], masked["Principals"]) == (["customer"], [OWNER])
    assert others["Principals"] == [OWNER, FINANCE]
    assert "ColumnLevelPermissionRules" not in found["txplatform-trades_daily"]


def test_without_rules_owners_alone_see_rows_and_without_the_field_nothing_is_restricted() -> None:
    request = requests(SECURED, ())["txplatform-payments-rows"]
    sql = request["PhysicalTableMap"]["rules"]["CustomSql"]["SqlQuery"]
    assert answer(connect(), sql) == [[OWNER, None, None]]
    plain = requests(CONTRACTS, ())
    assert not any("RowLevelPermissionDataSet" in item or name.endswith("-rows") for name, item in plain.items())


def test_power_bi_has_a_role_that_sees_rows_of_its_own() -> None:
    model = semantic_model(SECURED, "eu-central-1", RULES)
    roles = {role.name: dict(role.conditions) for role in model.roles}
    assert set(roles) == {"reader", "payments.personal", "restricted"}
    own = roles["restricted"]
    [access] = [table for table in model.tables if table.name == "access"]
    assert access.source == (
        'DATATABLE("entity", STRING, "principal", STRING, "value", STRING, {{"payments", "ada@example.com", "mer_1"}})'
    )
    mine = "FILTER('access', 'access'[entity] = \"payments\" && 'access'[principal] = USERPRINCIPALNAME()"
    every = f"NOT ISEMPTY({mine} && 'access'[value] = \"\"))"
    assert own["payments_breakdown"] == (
        f"'payments_breakdown'[merchant_id] IN SELECTCOLUMNS({mine}), \"seen\", 'access'[value]) || {every}"
    )
    assert own["payments_daily"] == own["customers_value"] == every
    assert own["payments_top_customers"] == "FALSE()"
    assert own["access"] == "'access'[principal] = USERPRINCIPALNAME()"
    assert "trades_daily" not in own
    assert roles["reader"]["access"] == roles["payments.personal"]["access"] == "FALSE()"
    assert project_violations(project_files(SECURED, model)) == []
    without = semantic_model(SECURED, "eu-central-1")
    assert project_violations(project_files(SECURED, without)) == []


def test_a_condition_of_a_role_that_names_nothing_is_found() -> None:
    files = dict(project_files(SECURED, semantic_model(SECURED, "eu-central-1", RULES)))
    [path] = [path for path in files if path.endswith("roles/restricted.tmdl")]
    files[path] = files[path].replace("[merchant_id]", "[merchant]")
    assert any("role 'restricted': there is no 'payments_breakdown'[merchant]" in line
               for line in project_violations(files))  # fmt: skip
