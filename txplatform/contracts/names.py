"""Holds logical names, each typed once: resources, prefixes, routes and environment variables.

Infra creates resources under these names, the Lambdas receive them through their settings, Dagster reads them
here. A name of an entity's resource is a function of the entity; with `ENTITY_SLOT` as the argument it yields
the pattern that a Lambda's settings hold, so that one function serves every entity. Source systems have the same,
with `SYSTEM_SLOT`.
"""

from enum import StrEnum

from txplatform.contracts.installation import installation

PREFIX = installation()
CONTRACTS_VARIABLE = "TXP_CONTRACTS_DIR"  # of the environment; infra reads it too
ENTITY_SLOT = "{entity}"
SYSTEM_SLOT = "{system}"

DATABASE = PREFIX.replace("-", "_")  # Athena takes no hyphen in the name of a database without quotes
WORKGROUP = PREFIX
REGISTRY_TABLE = f"{PREFIX}-registry"
LEDGER_TABLE = f"{PREFIX}-ledger"
LEDGER_PENDING_INDEX = "pending"
LEDGER_EXPIRY_ATTRIBUTE = "expires_at"
IDEMPOTENCY_TABLE = f"{PREFIX}-idempotency"
IDEMPOTENCY_EXPIRY_ATTRIBUTE = "expires_at"
LANDING_QUEUE = f"{PREFIX}-landing"
LANDING_DEAD_LETTER_QUEUE = f"{PREFIX}-landing-dlq"
ALERTS_TOPIC = f"{PREFIX}-alerts"
RESOURCE_SERVER = PREFIX
MACHINE_CLIENT = "machine"  # of operators and of the local stack: it has every scope
SOURCE_CLIENT = "source"  # of the function `source`
METRIC_NAMESPACE = PREFIX
CLIENT_REQUESTS_METRIC = "ClientRequests"
CLIENT_REFUSALS_METRIC = "ClientRefusals"
CLIENT_FAILURES_METRIC = "ClientFailures"
THROTTLED_REQUESTS_METRIC = "ThrottledRequests"
REFUSED_MESSAGES_METRIC = "MessagesRefused"
MESSAGE_METRICS = ("MessagesAccepted", "MessagesIgnored", REFUSED_MESSAGES_METRIC)  # of a source system
SYSTEM_DIMENSION = "System"
# Of the item that a schedule writes into every table each minute. No record has this key: it would escape the slash.
HEARTBEAT_KEY = "/heartbeat"
HEARTBEAT_SCHEDULE = f"{PREFIX}-heartbeat"

RAW_PREFIX = "raw"
CDC_PREFIX = "cdc"
WAREHOUSE_PREFIX = "warehouse"
ATHENA_RESULTS_PREFIX = "athena-results"
DASHBOARDS_PREFIX = "dashboards"
INVENTORY_PREFIX = "inventory"  # of the reports that S3 writes of the landing areas
AUDIT_PREFIX = "audit"  # of the lake bucket: who deleted what for good; kept for ever
ABANDONED_PREFIX = "aws/lambda"  # of a stream mapping's batches; Lambda lets no other be chosen
REDRIVEN_PREFIX = f"redriven/{ABANDONED_PREFIX}"

API_VERSION = "v1"
HEALTH_PATH = "/health"
OPENAPI_PATH = f"/{API_VERSION}/openapi.json"
WEBHOOK_PATH = f"/webhooks/{SYSTEM_SLOT}"
SCHEMAS = "schemas"  # the part of a path before an entity's name; no entity has this name
# What the API reads of a request, beside the headers of queries, and what it says of an answer.
REQUEST_HEADERS = (
    *("authorization", "content-type", "content-encoding", "if-match", "if-none-match"),
    *("idempotency-key", "x-correlation-id", "traceparent"),
)
ANSWER_HEADERS = ("etag", "location", "retry-after", "x-correlation-id", "idempotency-replayed", "masked-fields")
# Of every list; no field with such a name can be queried by.
LIST_PARAMETERS = ("limit", "cursor", "order", "fields")


class Lane(StrEnum):
    """The two ways into the lake."""

    FILES = "files"
    CHANGES = "changes"


BOOTSTRAP_OBJECT = (
    "bootstrap-"  # begins the name of an object of changes that a bootstrap wrote; the function `cdc` too
)
SYSTEM_FOLDER = "source="  # before the name of a source system, in the key of a file
VERSION_FOLDER = "contract-version="  # before the version of its contract that a file was written for, in its key

LANE_PREFIXES = {Lane.FILES: RAW_PREFIX, Lane.CHANGES: CDC_PREFIX}


class Document(StrEnum):
    """What the API tells of itself, beside records."""

    HEALTH = "health"
    OPENAPI = "openapi"
    SCHEMAS = "schemas"


class Function(StrEnum):
    """The Lambda functions; each is a folder under `lambdas/`."""

    SOURCE = "source"
    DATA_API = "data_api"
    AUTHORIZER = "authorizer"
    CDC = "cdc"
    LANDING = "landing"
    WEBHOOK = "webhook"


def function_name(function: Function) -> str:
    return f"{PREFIX}-{function.value.replace('_', '-')}"


def machine_client(name: str) -> str:
    """Return the name of a client in the user pool."""
    return f"{PREFIX}-{name}"


def machine_secret(name: str) -> str:
    """Return the name of the secret that holds a client's id and secret."""
    return f"{PREFIX}/{name}-client"


def lake_bucket(account: str, region: str) -> str:
    return f"{PREFIX}-lake-{account}-{region}"


def inbound_queue(entity: str) -> str:
    return f"{PREFIX}-{entity}-inbound"


def inbound_dead_letter_queue(entity: str) -> str:
    return f"{PREFIX}-{entity}-inbound-dlq"


def source_queue(system: str) -> str:
    """Return the inbound queue of a source system; no entity has a name with a hyphen, so that none has this queue."""
    return inbound_queue(f"source-{system}")


def source_dead_letter_queue(system: str) -> str:
    return inbound_dead_letter_queue(f"source-{system}")


def webhook_secret(system: str) -> str:
    """Return the name of the secret that holds what a source system signs its webhooks with."""
    return f"{PREFIX}/{system}-webhook"


POWER_BI_SECRET = f"{PREFIX}/powerbi"  # where the semantic model is, and its service principal


def source_mapping(system: str) -> str:
    """Return the registry's name of a source system's mapping; no entity has a name that begins like this."""
    return f"_source/{system}"


def entity_table(entity: str) -> str:
    return f"{PREFIX}-{entity}"


def entity_index(field: str, sorted_by: str) -> str:
    """Return the name of the secondary index of an entity's table that looks records up by `field`."""
    return f"{field}-by-{sorted_by}"


def query_header(field: str) -> str:
    """Return the header in which a list is asked for a value of a personal field."""
    return f"x-query-{field.replace('_', '-')}"


def schema_path(entity: str) -> str:
    """Return the path of the JSON Schema of an entity's records."""
    return f"/{API_VERSION}/{SCHEMAS}/{entity}"


def lane_prefix(lane: Lane, entity: str) -> str:
    """Return the S3 prefix under which objects of a lane land, with a closing slash."""
    return f"{LANE_PREFIXES[lane]}/{entity}/"


def read_scope(entity: str) -> str:
    return f"{entity}.read"


def write_scope(entity: str) -> str:
    return f"{entity}.write"


def personal_scope(entity: str) -> str:
    """Return the scope without which the entity's personal fields are left out of what is read."""
    return f"{entity}.personal"


def scopes(entity: str) -> dict[str, str]:
    """Return every scope of an entity with the words that tell what it allows."""
    return {
        read_scope(entity): f"Read {entity}",
        write_scope(entity): f"Write {entity}",
        personal_scope(entity): f"See the personal fields of {entity}",
    }


# What follows the entity's name in those of its tables and of the views that every entity has.
OF_EVERY_ENTITY = ("files", "changes", "snapshot", "quarantine", "quality", "history")


def child_view(entity: str, child: str) -> str:
    """Return the view of a child entity: of the objects of an array, each with the key of its record."""
    return f"{entity}_{child}"


def history_view(entity: str) -> str:
    """Return the view of every version of an entity's records; no mart has its name."""
    return f"{entity}_history"


def files_table(entity: str) -> str:
    return f"{entity}_files"


def changes_table(entity: str) -> str:
    return f"{entity}_changes"


def snapshot_table(entity: str) -> str:
    return f"{entity}_snapshot"


def quarantine_table(entity: str) -> str:
    return f"{entity}_quarantine"


def quality_view(entity: str) -> str:
    """Return the view that counts an entity's quarantined rows; no mart has its name."""
    return f"{entity}_quality"
