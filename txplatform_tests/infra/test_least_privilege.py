"""What no role may do, whoever takes it: read from both templates, the policies that roles share included."""

import re

import pytest

from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Function, function_name
from txplatform_tests.infra import roles
from txplatform_tests.infra.grants import Grant

ENTITY_TABLES = {f"Table {names.entity_table(entity)}" for entity in load_contracts()}
LEDGER = f"Table {names.LEDGER_TABLE}"
LOGS = f"Bucket {names.PREFIX}-dagster-logs-<account>-<region>"
PLATFORM_TASKS = [f"task {names.PREFIX}-{name}" for name in ("run", "code")]
OTHER_TASKS = [f"task {names.PREFIX}-{name}" for name in ("daemon", "webserver")]
_READS = re.compile(r":(Batch)?(Get|Describe|List|Query|Scan)")
# Actions that AWS restricts to no resource, and who may take them.
UNRESTRICTED = {
    "xray:PutTraceSegments": "function",
    "xray:PutTelemetryRecords": "function",
    "ecr:GetAuthorizationToken": "start",
    "ecs:DescribeTaskDefinition": "task",
    "ec2:DescribeNetworkInterfaces": "task",
}


@pytest.fixture(scope="module")
def rights() -> dict[str, set[Grant]]:
    return roles.rights(*roles.templates())


def function(name: Function) -> str:
    return f"function {function_name(name)}"


def written_tables(allowed: set[Grant]) -> set[str]:
    """The tables of DynamoDB of which a role may change something."""
    return {on for action, on in allowed if action.startswith("dynamodb:") and not _READS.search(action)}


def test_every_function_and_task_has_a_role_of_its_own(rights: dict[str, set[Grant]]) -> None:
    kinds = [taker.split()[0] for taker in rights if " " in taker]
    assert {kind: kinds.count(kind) for kind in kinds} == {"function": len(Function), "task": 4, "start": 4}
    assert len(rights) == len(Function) + 8 + 2  # the heartbeat's and that of the network's log


def test_source_reads_no_record(rights: dict[str, set[Grant]]) -> None:
    allowed = rights[function(Function.SOURCE)]
    assert [(action, on) for action, on in allowed if on.split("/")[0] in ENTITY_TABLES or action[:3] == "s3:"] == []


def test_the_api_reaches_nothing_in_s3(rights: dict[str, set[Grant]]) -> None:
    assert [action for action, _ in rights[function(Function.DATA_API)] if action.startswith("s3:")] == []


def test_cdc_writes_nothing_in_dynamodb(rights: dict[str, set[Grant]]) -> None:
    assert written_tables(rights[function(Function.CDC)]) == set()
    assert rights[function(Function.CDC)] & {("s3:PutObject", on) for _, on in rights[function(Function.CDC)]}


@pytest.mark.parametrize("task", PLATFORM_TASKS)
def test_what_runs_the_platform_writes_the_ledger_and_no_operational_table(
    rights: dict[str, set[Grant]], task: str
) -> None:
    assert written_tables(rights[task]) == {LEDGER, f"{LEDGER}/index/{names.LEDGER_PENDING_INDEX}"}
    assert ("dynamodb:Scan", f"Table {names.entity_table('payments')}") in rights[task]  # parity compares it


@pytest.mark.parametrize("task", OTHER_TASKS)
def test_webserver_and_daemon_reach_no_data(rights: dict[str, set[Grant]], task: str) -> None:
    services = {action.split(":")[0] for action, _ in rights[task]}
    assert services <= {"s3", "ecs", "ec2", "iam", "logs", "rds-db"}
    assert {on for action, on in rights[task] if action.startswith("s3:")} == {LOGS, f"{LOGS}/*"}


def test_the_daemon_alone_starts_tasks_and_only_those_of_runs(rights: dict[str, set[Grant]]) -> None:
    starters = {(taker, on) for taker, allowed in rights.items() for action, on in allowed if action == "ecs:RunTask"}
    family = f"arn:aws:ecs:<region>:<account>:task-definition/{names.PREFIX}-run:*"
    assert starters == {(f"task {names.PREFIX}-daemon", family)}


def test_the_daemon_hands_over_the_roles_of_a_run_and_to_a_task_alone() -> None:
    _, orchestration = roles.templates()
    resources = orchestration["Resources"]
    statements = [
        (key, statement)
        for key, item in resources.items()
        if item["Type"] == "AWS::IAM::Role"
        for policy in item["Properties"].get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "iam:PassRole"
    ]
    ((_, statement),) = statements
    (run,) = [
        item["Properties"]
        for item in resources.values()
        if item["Type"] == "AWS::ECS::TaskDefinition" and item["Properties"]["Family"] == f"{names.PREFIX}-run"
    ]
    assert statement["Resource"] == [run["TaskRoleArn"], run["ExecutionRoleArn"]]
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def test_the_administrators_secret_is_read_by_nothing_but_the_start_of_the_code_server(
    rights: dict[str, set[Grant]],
) -> None:
    readers = {taker for taker, allowed in rights.items() for _, on in allowed if "MasterUserSecret" in on}
    assert readers == {f"start of {names.PREFIX}-code"}


def test_nobody_may_do_everything_of_a_service_and_few_actions_have_no_resource(
    rights: dict[str, set[Grant]],
) -> None:
    everything = {(taker, action) for taker, allowed in rights.items() for action, _ in allowed if "*" in action}
    assert everything == set()
    unrestricted = {
        (taker.split()[0], action)
        for taker, allowed in rights.items()
        if " " in taker
        for action, on in allowed
        if on == "*"
    }
    assert unrestricted == {(kind, action) for action, kind in UNRESTRICTED.items()}


def test_nobody_deletes_a_record(rights: dict[str, set[Grant]]) -> None:
    deleting = ("dynamodb:DeleteItem", "dynamodb:DeleteTable", "s3:DeleteBucket", "dynamodb:PartiQLDelete")
    assert [taker for taker, allowed in rights.items() for action, _ in allowed if action in deleting] == []


def test_the_table_of_rights_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    roles.main()
    lines = capsys.readouterr().out.splitlines()
    assert f"function {names.PREFIX}-source" in lines
    assert f"    {LEDGER}: dynamodb:PutItem" in lines
