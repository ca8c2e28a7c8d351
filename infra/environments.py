"""The environments the stacks are deployed to, as typed values.

Nothing here has a default: a value forgotten for an environment is a type error, not another environment's value.
Account and region are not among them; the templates take both from where they are deployed.
"""

from dataclasses import dataclass

from aws_cdk.aws_logs import RetentionDays


@dataclass(frozen=True, slots=True)
class Environment:
    """What differs between environments.

    `tombstone_days` is how long a deleted record stays in its table as a tombstone, so that late messages stay dead.
    `retain_data` keeps tables, lake and user pool when the stack is deleted.
    """

    name: str
    tombstone_days: int
    log_retention: RetentionDays
    retain_data: bool


PRODUCTION = Environment(name="production", tombstone_days=30, log_retention=RetentionDays.ONE_MONTH, retain_data=True)
