"""The environments the stacks are deployed to, as typed values.

Nothing here has a default: a value forgotten for an environment is a type error, not another environment's value.
Account and region are not among them; the templates take both from where they are deployed. The names of resources are
the same in all environments, so each needs an account, or a region of an account, of its own.
"""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from txplatform.contracts.names import Document


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
    """

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

    @property
    def removal_policy(self) -> RemovalPolicy:
        """What becomes of a resource that holds data when it leaves the stack.

        Retained, unless the deployment that makes it fails: then it is empty, and would be in the way of the next.
        """
        return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if self.retain_data else RemovalPolicy.DESTROY


PRODUCTION = Environment(
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
)
