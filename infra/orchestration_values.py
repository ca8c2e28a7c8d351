"""What of Dagster differs between environments, as typed values without defaults."""

from dataclasses import dataclass

# Services of AWS that tasks call, or that Fargate calls for them, by the names of their endpoints; S3 and DynamoDB have
# gateways. ECS's launcher asks EC2 for the security groups of its own task.
ENDPOINTS = (
    *("athena", "ec2", "ecr.api", "ecr.dkr", "ecs", "glue", "kms", "logs"),
    *("secretsmanager", "sns", "sqs", "sts"),
)


@dataclass(frozen=True, slots=True)
class TaskSize:
    """A size that Fargate has: CPU in units of 1/1024 of a core, memory in MiB."""

    cpu: int
    memory_mib: int


@dataclass(frozen=True, slots=True)
class Database:
    """PostgreSQL, which keeps runs, events and ticks.

    `backup_days` is how far back it can be restored to any second, `standby` keeps a second one in another zone.
    """

    instance_class: str
    storage_gib: int
    backup_days: int
    standby: bool


@dataclass(frozen=True, slots=True)
class Orchestration:
    """Dagster's network, its services and its database.

    `network` is the range of addresses of the VPC; that of a network which reaches the UI must not overlap with it.
    `zones` (1 or 2) is in how many zones tasks, endpoints and the way out of the balancer are. `ui_clients` are the
    ranges of addresses from which the UI may be called. `tasks_reach_internet` lets tasks out by the balancer's NAT
    gateways: refreshing a model of Power BI or a copy of QuickSight needs it, nothing else does. `run` is the size of a
    run's task, unless its tags `ecs/cpu` and `ecs/memory` say another.
    """

    network: str
    zones: int
    ui_clients: tuple[str, ...]
    tasks_reach_internet: bool
    webservers: int
    webserver: TaskSize
    daemon: TaskSize
    code_server: TaskSize
    run: TaskSize
    database: Database
