"""Who sees which rows and columns of a data set, from the contracts' classifications and the rules of the deployment.

A mart that has the field of its entity's `rowSecurity` shows each reader rows of their own. One that adds up rows over
this field, or reads a further entity that has one, is shown to those who see every row.
https://docs.aws.amazon.com/quicksight/latest/user/restrict-access-to-a-data-set-using-row-level-security.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from txplatform.contracts.model import Contract
from txplatform.dashboards.quicksight.model import Kind, Resource
from txplatform.dashboards.quicksight.target import DATA_SOURCE, Target, row_rules_id
from txplatform.warehouse.marts.model import Mart

_TABLE = "rules"  # the id of the one table, physical and logical
_PRINCIPALS = {"userarn": "UserARN", "grouparn": "GroupARN"}  # Athena's names are in lower case


def row_rules(contract: Contract, target: Target) -> Resource:
    """The data set of an entity's rules; it is asked of Athena, so that it is never older than what it restricts."""
    columns = [*_PRINCIPALS, contract.row_security]
    rows = ", ".join(f"({', '.join(map(_text, row))})" for row in _rules(contract, target))
    sql = f"SELECT * FROM (VALUES {rows}) AS t ({', '.join(columns)})"
    custom = {
        "DataSourceArn": target.arn("datasource", DATA_SOURCE),
        "Name": f"Who sees which rows of {contract.name}",
        "SqlQuery": sql,
        "Columns": [{"Name": name, "Type": "STRING"} for name in columns],
    }
    renamed = [
        {"RenameColumnOperation": {"ColumnName": name, "NewColumnName": new}} for name, new in _PRINCIPALS.items()
    ]
    logical = {"Alias": _TABLE, "Source": {"PhysicalTableId": _TABLE}, "DataTransforms": renamed}
    request = {
        "Name": f"{contract.name} rows by reader",
        "ImportMode": "DIRECT_QUERY",
        "PhysicalTableMap": {_TABLE: {"CustomSql": custom}},
        "LogicalTableMap": {_TABLE: logical},
        "Permissions": target.permissions("dataset"),
    }
    return Resource(Kind.DATA_SET, row_rules_id(contract.name), request)


def restrictions(mart: Mart, contracts: Mapping[str, Contract], target: Target) -> dict[str, Any]:
    """The members of a data set's request that restrict its rows and columns."""
    secured = [item for item in (contracts[name] for name in (mart.entity, *mart.reads)) if item.row_security]
    by_row = [item for item in secured if item.name == mart.entity and item.row_security in mart.dimensions]
    masked = list(target.personal_readers or target.owners)
    if not secured or secured == by_row:
        rows = {"RowLevelPermissionDataSet": _by_rules(mart.entity, target)} if secured else {}
        return rows | _columns([(masked, mart.masked)])
    every = _who_sees_every_row(secured, target)
    others = [column.name for column in mart.columns if column.name not in mart.masked]
    both = [name for name in masked if name in every] or list(target.owners)
    return _columns([(both, mart.masked), (every, others)])


def _by_rules(entity: str, target: Target) -> dict[str, str]:
    return {
        "Arn": target.arn("dataset", row_rules_id(entity)),
        "PermissionPolicy": "GRANT_ACCESS",
        "FormatVersion": "VERSION_2",  # by ARN, and a value is one text, commas and all
        "Status": "ENABLED",
    }


def _columns(rules: Sequence[tuple[Sequence[str], Sequence[str]]]) -> dict[str, Any]:
    found = [{"Principals": list(principals), "ColumnNames": list(names)} for principals, names in rules if names]
    return {"ColumnLevelPermissionRules": found} if found else {}


def _who_sees_every_row(secured: Sequence[Contract], target: Target) -> list[str]:
    """Those of whom all of the entities hide nothing, owners first."""
    free = [
        {rule.principal for rule in target.row_rules if rule.entity == contract.name and not rule.value}
        for contract in secured
    ]
    common = set.intersection(*free) - set(target.owners)
    return [*target.owners, *sorted(name for name in common if name.startswith("arn:"))]


def _rules(contract: Contract, target: Target) -> Iterator[tuple[str, str, str]]:
    """User, group and value of each rule; owners see every row."""
    found = [(name, "") for name in target.owners]
    found += [(rule.principal, rule.value) for rule in target.row_rules
              if rule.entity == contract.name and rule.of_quicksight]  # fmt: skip
    for principal, value in dict.fromkeys(found):
        is_group = principal.split(":", 5)[-1].startswith("group/")
        yield ("", principal, value) if is_group else (principal, "", value)


def _text(value: str) -> str:
    literal = "'" + value.replace("'", "''") + "'" if value else "NULL"
    return f"CAST({literal} AS varchar)"
