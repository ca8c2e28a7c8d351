"""What EcsRunLauncher does in AWS: in the daemon, which starts runs, and in the webserver, which ends them."""

from aws_cdk import Aws, aws_ecs, aws_iam

from infra.constructs.acknowledge import acknowledge
from infra.constructs.dagster_environment import RUN_FAMILY
from infra.constructs.dagster_task import DagsterTaskConstruct
from infra.constructs.permissions import allow
from txplatform.contracts import names


def stop_runs() -> list[aws_iam.PolicyStatement]:
    """Allow looking at tasks and ending them."""
    return [
        allow(["ecs:DescribeTasks", "ecs:StopTask"], [_arn("task", f"{names.PREFIX}/*")]),
        allow(["ecs:DescribeTaskDefinition"], ["*"]),
    ]


def start_runs(run: DagsterTaskConstruct, cluster: aws_ecs.ICluster) -> list[aws_iam.PolicyStatement]:
    """Allow starting the tasks of runs, in the network of whoever starts them, and reading why one failed."""
    start = allow(["ecs:RunTask"], [_arn("task-definition", f"{RUN_FAMILY}:*")])
    start.add_condition("ArnEquals", {"ecs:cluster": cluster.cluster_arn})
    tag = allow(["ecs:TagResource"], [_arn("task", f"{names.PREFIX}/*")])
    tag.add_condition("StringEquals", {"ecs:CreateAction": "RunTask"})
    hand_over = allow(["iam:PassRole"], [run.role.role_arn, run.execution_role.role_arn])
    hand_over.add_condition("StringEquals", {"iam:PassedToService": "ecs-tasks.amazonaws.com"})
    return [
        start,
        tag,
        hand_over,
        allow(["ec2:DescribeNetworkInterfaces"], ["*"]),
        allow(["logs:GetLogEvents"], [run.logs.log_group_arn]),
    ]


def acknowledge_tasks(role: aws_iam.Role, *, starts: bool) -> None:
    """Accept the patterns of the statements above in a role."""
    ecs = "arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>"
    acknowledge(role, f"IAM5[Resource::{ecs}:task/{names.PREFIX}/*]", "ECS names a task when it starts.")
    acknowledge(role, "IAM5[Resource::*]", "Neither task definitions nor network interfaces can be described by name.")
    if starts:
        reason = "Each deployment makes a revision of the task definition of runs."
        acknowledge(role, f"IAM5[Resource::{ecs}:task-definition/{RUN_FAMILY}:*]", reason)


def _arn(resource: str, name: str) -> str:
    return f"arn:{Aws.PARTITION}:ecs:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}/{name}"
