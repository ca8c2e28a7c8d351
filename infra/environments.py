"""The environments the stacks are deployed to, as typed values.

Nothing here has a default: a value forgotten for an environment is a type error, not another environment's value.
Account and region are not among them; the templates take both from where they are deployed. The names of resources
begin with the environment's `installation`, so that one account and region can hold several. What belongs to an account
(certificate, log-in) is a parameter of the templates.
"""

from dataclasses import dataclass

from infra.node import use_packaged_node

use_packaged_node()

from aws_cdk import RemovalPolicy  # noqa: E402
from aws_cdk.aws_logs import RetentionDays  # noqa: E402

from infra.orchestration_values import Database, Orchestration, TaskSize  # noqa: E402
from txplatform.contracts.names import Document  # noqa: E402


@dataclass(frozen=True, slots=True)
class SourceSystem:
    """A system that calls the API itself, with a client of its own in the user pool.

    `name` becomes part of the names of its client and its secret; `scopes` are all that it may do, e.g.
    "payments.write".
    """

    name: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CrossOrigin:
    """Web applications that may call the API from a browser: their origins, e.g. "https://app.example.com".

    `max_age` (seconds, at most 86,400) is how long a browser may keep what it learned of this.
    """

    origins: tuple[str, ...]
    max_age: int


@dataclass(frozen=True, slots=True)
class Environment:
    """What differs between environments.

    `name` is what the environment is called in commands and tags. `installation` begins the names of its resources; no
    other environment's begins with the same word.
    `queue_concurrency` bounds how many calls a queue's backlog makes of its function at a time (2 to 1000), so that the
    rest of the account's concurrency is left to the API that they write to. No function reserves any: what one reserves
    is lost to all others, and a new account may have as few as 10.
    `api_rate` (requests a second) and `api_burst` are what the API takes before it answers 429.
    `webhook_rate` and `webhook_burst` are what the webhook door takes, for all source systems together.
    `open_documents` are those documents of the API that need no token. Otherwise the schema of an entity needs the
    scope that reads its records, and the others need any valid token.
    `cross_origin` are the web applications that may call the API from a browser, None where there are none.
    `source_systems` are the systems that call the API themselves.
    `tombstone_days` is how long a deleted record stays in its table as a tombstone, so that late messages stay dead.
    `retain_data` keeps whatever holds data when the stack is deleted, and protects the stack from being deleted.
    `orchestration` is what Dagster runs on.
    """

    name: str
    installation: str
    queue_concurrency: int
    api_rate: int
    api_burst: int
    webhook_rate: int
    webhook_burst: int
    open_documents: frozenset[Document]
    cross_origin: CrossOrigin | None
    source_systems: tuple[SourceSystem, ...]
    tombstone_days: int
    log_retention: RetentionDays
    retain_data: bool
    orchestration: Orchestration

    @property
    def tags(self) -> dict[str, str]:
        """The tags of its stacks, which CloudFormation gives to each resource that can have some."""
        return {"application": "txplatform", "environment": self.name, "installation": self.installation}

    @property
    def removal_policy(self) -> RemovalPolicy:
        """What becomes of a resource that holds data when it leaves the stack.

        Retained, unless the deployment that makes it fails: then it is empty, and would be in the way of the next.
        """
        return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if self.retain_data else RemovalPolicy.DESTROY


DEVELOPMENT = Environment(
    name="dev",
    installation="dev-txplatform",
    queue_concurrency=2,
    api_rate=50,
    api_burst=100,
    webhook_rate=10,
    webhook_burst=20,
    open_documents=frozenset({Document.HEALTH, Document.OPENAPI}),
    cross_origin=None,
    source_systems=(),
    tombstone_days=7,
    log_retention=RetentionDays.ONE_WEEK,
    retain_data=False,
    orchestration=Orchestration(
        network="10.40.0.0/20",
        zones=1,
        ui_clients=("10.0.0.0/8",),
        tasks_reach_internet=False,
        webservers=1,
        webserver=TaskSize(512, 1024),
        daemon=TaskSize(512, 1024),
        code_server=TaskSize(512, 2048),
        run=TaskSize(1024, 4096),
        database=Database(instance_class="db.t4g.micro", storage_gib=20, backup_days=1, standby=False),
    ),
)

STAGING = Environment(
    name="staging",
    installation="staging-txplatform",
    queue_concurrency=5,
    api_rate=200,
    api_burst=400,
    webhook_rate=50,
    webhook_burst=100,
    open_documents=frozenset({Document.HEALTH, Document.OPENAPI}),
    cross_origin=None,
    source_systems=(),
    tombstone_days=30,
    log_retention=RetentionDays.ONE_MONTH,
    retain_data=False,
    orchestration=Orchestration(
        network="10.40.16.0/20",
        zones=1,
        ui_clients=("10.0.0.0/8",),
        tasks_reach_internet=False,
        webservers=1,
        webserver=TaskSize(512, 1024),
        daemon=TaskSize(512, 1024),
        code_server=TaskSize(1024, 2048),
        run=TaskSize(2048, 8192),
        database=Database(instance_class="db.t4g.small", storage_gib=20, backup_days=7, standby=False),
    ),
)

PRODUCTION = Environment(
    name="prod",
    installation="txplatform",
    queue_concurrency=10,
    api_rate=500,
    api_burst=1000,
    webhook_rate=100,
    webhook_burst=200,
    open_documents=frozenset({Document.HEALTH, Document.OPENAPI}),
    cross_origin=None,
    source_systems=(),
    tombstone_days=30,
    log_retention=RetentionDays.ONE_MONTH,
    retain_data=True,
    orchestration=Orchestration(
        network="10.40.32.0/20",
        zones=2,
        ui_clients=("10.0.0.0/8",),
        tasks_reach_internet=False,
        webservers=2,
        webserver=TaskSize(512, 2048),
        daemon=TaskSize(1024, 2048),
        code_server=TaskSize(1024, 4096),
        run=TaskSize(2048, 8192),
        database=Database(instance_class="db.m7g.large", storage_gib=100, backup_days=35, standby=True),
    ),
)

ENVIRONMENTS = {environment.name: environment for environment in (DEVELOPMENT, STAGING, PRODUCTION)}
