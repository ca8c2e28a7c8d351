"""Everything that QuickSight shows of these contracts: one data source, a data set for each mart, and for each entity
an analysis and a dashboard with a sheet for each mart."""

from collections.abc import Mapping, Sequence
from typing import Any

from txplatform.contracts.model import Contract
from txplatform.dashboards.quicksight.data_sets import data_set, data_source
from txplatform.dashboards.quicksight.fields import calculated, formats
from txplatform.dashboards.quicksight.filters import filter_controls, filter_groups
from txplatform.dashboards.quicksight.model import Kind, Resource, check
from txplatform.dashboards.quicksight.security import row_rules
from txplatform.dashboards.quicksight.target import Target, dashboard_id, data_set_id
from txplatform.dashboards.quicksight.visuals import visuals
from txplatform.warehouse.marts.dictionary import measures
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.marts.model import Mart


def resources(contracts: Mapping[str, Contract], target: Target) -> list[Resource]:
    """In the order in which they need each other, each checked by the service's model; raise QuickSightError."""
    found = [data_source(target)]
    found += [row_rules(contract, target) for contract in contracts.values() if contract.row_security]
    for contract in contracts.values():
        shown = marts(contract, contracts)
        found += [data_set(contracts, mart, target) for mart in shown]
        found += _dashboard(contract, shown, target)
    for item in found:
        check(f"Create{item.kind}", {"AwsAccountId": target.account, f"{item.kind}Id": item.id, **item.request})
    return sorted(found, key=lambda item: list(Kind).index(item.kind))


def _dashboard(contract: Contract, shown: Sequence[Mart], target: Target) -> list[Resource]:
    content = {"Name": contract.title, "Definition": definition(contract, shown, target)}
    strict = {"ValidationStrategy": {"Mode": "STRICT"}}
    return [
        Resource(kind, dashboard_id(contract.name), {**content, **strict, "Permissions": target.permissions(name)})
        for kind, name in ((Kind.ANALYSIS, "analysis"), (Kind.DASHBOARD, "dashboard"))
    ]


def definition(contract: Contract, shown: Sequence[Mart], target: Target) -> dict[str, Any]:
    """The definition of an entity's analysis and dashboard."""
    known = measures(contract)
    return {
        "DataSetIdentifierDeclarations": [
            {"Identifier": mart.name, "DataSetArn": target.arn("dataset", data_set_id(mart.name))} for mart in shown
        ],
        "Sheets": [
            {
                "SheetId": mart.name,
                "Name": mart.name.removeprefix(f"{contract.name}_").replace("_", " ").capitalize(),
                "Description": mart.description,
                "ContentType": "INTERACTIVE",
                "Visuals": visuals(mart, known),
                "FilterControls": filter_controls(mart),
            }
            for mart in shown
        ],
        "CalculatedFields": [field for mart in shown for field in calculated(mart, known)],
        "ColumnConfigurations": [item for mart in shown for item in formats(mart, known)],
        "FilterGroups": [group for mart in shown for group in filter_groups(mart, mart.name)],
    }
