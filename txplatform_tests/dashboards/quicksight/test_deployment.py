"""QuickSight as code on the local AWS: created once, updated in place, versioned, taken down, renewed."""

from dataclasses import replace
from functools import cache

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.quicksight import account as accounts
from txplatform.dashboards.quicksight.deployment import Change, deploy, destroy, plan
from txplatform.dashboards.quicksight.ingestion import ingest
from txplatform.dashboards.quicksight.model import Kind, Resource
from txplatform.dashboards.quicksight.resources import resources
from txplatform.dashboards.quicksight.target import Target
from txplatform.dashboards.row_rules import RowRule
from txplatform.errors import QuickSightError
from txplatform_tests.dashboards.quicksight.in_process import ACCOUNT, REGION, LocalQuickSight

OWNER = f"arn:aws:quicksight:{REGION}:{ACCOUNT}:user/default/owner"
READER = f"arn:aws:quicksight:{REGION}:{ACCOUNT}:group/default/readers"
TARGET = Target(ACCOUNT, REGION, (OWNER,))
TRADES = {name: contract for name, contract in load_contracts().items() if name == "trades"}


@cache
def rendered(target: Target = TARGET) -> list[Resource]:
    return resources(TRADES, target)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> LocalQuickSight:
    monkeypatch.setattr(accounts, "_POLL_SECONDS", (0.0, 0.0))
    return LocalQuickSight()


def changes(service: LocalQuickSight, wanted: list[Resource]) -> set[Change]:
    return {step.change for step in plan(wanted, service.account())}


def test_a_second_deployment_changes_nothing(service: LocalQuickSight) -> None:
    assert [step.change for step in deploy(rendered(), service.account())] == [Change.CREATE] * len(rendered())
    assert changes(service, rendered()) == {Change.NONE}
    service.sent.clear()
    list(deploy(rendered(), service.account()))
    assert {line.partition(" ")[0] for line in service.sent} == {"GET"}


def test_what_differs_is_updated_in_place_and_a_dashboard_gets_a_version(service: LocalQuickSight) -> None:
    list(deploy(rendered(), service.account()))
    wanted = rendered(replace(TARGET, readers=(READER,)))
    steps = [step for step in deploy(wanted, service.account()) if step.change is not Change.NONE]
    assert [(step.change, step.kind) for step in steps] == [(Change.UPDATE, Kind.DASHBOARD)]
    shown = service.account().call("DescribeDashboard", DashboardId="txplatform-trades")["Dashboard"]
    assert shown["Version"]["VersionNumber"] == 2
    allowed = service.account().call("DescribeDashboardPermissions", DashboardId="txplatform-trades")["Permissions"]
    assert {item["Principal"] for item in allowed} == {OWNER, READER}
    list(deploy(rendered(), service.account()))
    allowed = service.account().call("DescribeDashboardPermissions", DashboardId="txplatform-trades")["Permissions"]
    assert {item["Principal"] for item in allowed} == {OWNER}


def test_a_deployment_that_died_before_its_last_word_is_done_again(service: LocalQuickSight) -> None:
    steps = deploy(rendered(), service.account())
    next(steps)
    first = rendered()[1]
    service.account().call("CreateDataSet", DataSetId=first.id, **first.request)  # and died before the digest
    assert [step.change for step in plan(rendered(), service.account())][:3] == [
        Change.NONE,
        Change.UPDATE,
        Change.CREATE,
    ]
    list(deploy(rendered(), service.account()))
    assert changes(service, rendered()) == {Change.NONE}


def test_what_no_contract_has_any_more_is_deleted_and_all_can_be_taken_down(service: LocalQuickSight) -> None:
    list(deploy(rendered(), service.account()))
    own = {"Name": "Own", "Type": "ATHENA", "DataSourceParameters": {"AthenaParameters": {}}}
    service.account().call("CreateDataSource", DataSourceId="own", **own)
    fewer = [item for item in rendered() if item.id != "txplatform-trades_hourly"]
    steps = [step for step in deploy(fewer, service.account()) if step.change is not Change.NONE]
    assert [(step.change, step.id) for step in steps] == [(Change.DELETE, "txplatform-trades_hourly")]
    assert {step.kind for step in destroy(service.account())} == set(Kind)
    assert plan([], service.account()) == []
    assert service.account().call("DescribeDataSource", DataSourceId="own")["DataSource"]["Name"] == "Own"


def test_rules_of_rows_are_there_before_what_they_restrict_and_go_after_it(service: LocalQuickSight) -> None:
    secured = resources({"trades": replace(TRADES["trades"], row_security="venue")}, TARGET)
    rules = next(item for item in secured if item.id == "txplatform-trades-rows")
    with pytest.raises(QuickSightError, match=r"There is no data set .*txplatform-trades-rows"):
        list(deploy([item for item in secured if item is not rules], service.account()))
    list(deploy(secured, service.account()))
    assert changes(service, secured) == {Change.NONE}
    more = resources(
        {"trades": replace(TRADES["trades"], row_security="venue")},
        replace(TARGET, row_rules=(RowRule("trades", READER, "kraken"),)),
    )
    steps = [step for step in deploy(more, service.account()) if step.change is not Change.NONE]
    assert [(step.change, step.id) for step in steps] == [(Change.UPDATE, rules.id)], "a rule changes its rules alone"
    assert [step.id for step in destroy(service.account()) if step.kind is Kind.DATA_SET][-1] == rules.id
    list(deploy(secured, service.account()))
    steps = [step for step in deploy(rendered(), service.account()) if step.change is Change.DELETE]
    assert [step.id for step in steps] == [rules.id]
    shown = service.account().call("DescribeDataSet", DataSetId="txplatform-trades_hourly")["DataSet"]
    assert "RowLevelPermissionDataSet" not in shown


def test_an_ingestion_is_waited_for_and_found_again_by_a_step_that_is_repeated(service: LocalQuickSight) -> None:
    list(deploy(rendered(), service.account()))
    for _ in range(2):
        assert ingest(service.account(), "txplatform-trades_daily", "run-1").ingestion_id == "run-1"
    service.account().call("DeleteDataSource", DataSourceId="txplatform-athena")
    with pytest.raises(QuickSightError, match="run-2 of txplatform-trades_daily failed: DATA_SOURCE_NOT_FOUND"):
        ingest(service.account(), "txplatform-trades_daily", "run-2")


def test_what_is_not_deployed_is_not_renewed(service: LocalQuickSight) -> None:
    with pytest.raises(QuickSightError, match=r"is not deployed\. Remedy: txplatform quicksight deploy"):
        ingest(service.account(), "txplatform-trades_daily", "run-1")


def test_an_unknown_member_is_refused_here_and_by_the_service(service: LocalQuickSight) -> None:
    data_set = rendered()[1]
    with pytest.raises(QuickSightError, match='Unknown parameter in input: "Colour"'):
        service.account().call("CreateDataSet", DataSetId="a", **data_set.request, Colour="red")
    with pytest.raises(QuickSightError, match="is 'MEMORY', none of SPICE, DIRECT_QUERY"):
        service.account().call("CreateDataSet", DataSetId="a", **{**data_set.request, "ImportMode": "MEMORY"})
    assert service.sent == []
