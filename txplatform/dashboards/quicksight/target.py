"""Where resources are made and for whom: account, region, and principals; and the names that they have there."""

from dataclasses import dataclass
from typing import Any

from txplatform.contracts.names import PREFIX
from txplatform.dashboards.row_rules import RowRule

DATA_SOURCE = f"{PREFIX}-athena"
_ACTIONS = {
    "datasource": ("DescribeDataSource", "DescribeDataSourcePermissions", "PassDataSource"),
    "dataset": ("DescribeDataSet", "DescribeDataSetPermissions", "PassDataSet", "DescribeIngestion", "ListIngestions"),
    "analysis": ("DescribeAnalysis", "DescribeAnalysisPermissions", "QueryAnalysis"),
    "dashboard": ("DescribeDashboard", "ListDashboardVersions", "QueryDashboard"),
}
_OWNER_ACTIONS = {
    "datasource": ("UpdateDataSource", "DeleteDataSource", "UpdateDataSourcePermissions"),
    "dataset": ("UpdateDataSet", "DeleteDataSet", "CreateIngestion", "CancelIngestion", "UpdateDataSetPermissions"),
    "analysis": ("UpdateAnalysis", "DeleteAnalysis", "RestoreAnalysis", "UpdateAnalysisPermissions"),
    "dashboard": (
        *("UpdateDashboard", "DeleteDashboard", "UpdateDashboardPermissions", "UpdateDashboardPublishedVersion"),
        "DescribeDashboardPermissions",
    ),
}


@dataclass(frozen=True, slots=True)
class Target:
    """An account's QuickSight in one region. Principals are ARNs of its users and groups.

    `owners` may change everything, `readers` see the dashboards; columns that show personal values in part are shown to
    `personal_readers`, where there are none to owners. `row_rules` say who sees which rows of entities that have
    `rowSecurity`; owners see all.
    """

    account: str
    region: str
    owners: tuple[str, ...]
    readers: tuple[str, ...] = ()
    personal_readers: tuple[str, ...] = ()
    row_rules: tuple[RowRule, ...] = ()

    def arn(self, kind: str, name: str) -> str:
        """The ARN of a resource."""
        return f"arn:aws:quicksight:{self.region}:{self.account}:{kind}/{name}"

    def permissions(self, kind: str) -> list[dict[str, Any]]:
        """Who may do what with a resource of a kind; readers have dashboards alone."""
        seen = [f"quicksight:{action}" for action in _ACTIONS[kind]]
        every = [*seen, *(f"quicksight:{action}" for action in _OWNER_ACTIONS[kind])]
        readers = [{"Principal": name, "Actions": seen} for name in self.readers if kind == "dashboard"]
        return [*({"Principal": name, "Actions": every} for name in self.owners), *readers]


def data_set_id(mart: str) -> str:
    """The id of the data set over a mart."""
    return f"{PREFIX}-{mart}"


def row_rules_id(entity: str) -> str:
    """The id of the data set of who sees which rows of an entity; in order, it comes before those over its marts."""
    return f"{PREFIX}-{entity}-rows"


def dashboard_id(entity: str) -> str:
    """The id of an entity's dashboard, and of the analysis that it is of."""
    return f"{PREFIX}-{entity}"
