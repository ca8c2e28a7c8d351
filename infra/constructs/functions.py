"""The six functions: how long each may take, what its environment says and what its role allows."""

import json
from collections.abc import Sequence

from aws_cdk import Aws, Duration, aws_dynamodb, aws_s3, aws_sns
from constructs import Construct

from infra.constructs.acknowledge import acknowledge_indexes, acknowledge_objects
from infra.constructs.entity import EntityResources
from infra.constructs.function import FunctionConstruct, Packaging
from infra.constructs.identity import IdentityConstruct
from infra.constructs.permissions import allow, consume, put_objects, read_items, read_streams, send
from infra.constructs.queue import QueueConstruct
from infra.constructs.source_system import SystemResources
from infra.release import RELEASE
from txplatform.contracts import names
from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.names import ENTITY_SLOT, SYSTEM_SLOT, Function
from txplatform.contracts.render.mapping import mapping_document
from txplatform.errors import ConfigurationError

SOURCE_TIMEOUT = Duration.seconds(30)
RECORD_WAIT = Duration.hours(1)  # of a partial update for its record; a queue keeps it for half a day
DATA_API_TIMEOUT = Duration.seconds(29)  # an HTTP API waits 30 s at most
AUTHORIZER_TIMEOUT = Duration.seconds(10)
CDC_TIMEOUT = Duration.seconds(60)
LANDING_TIMEOUT = Duration.seconds(30)
WEBHOOK_TIMEOUT = DATA_API_TIMEOUT
QUEUE_HOST = f"https://sqs.{Aws.REGION}.{Aws.URL_SUFFIX}/{Aws.ACCOUNT_ID}"
MAX_WEBHOOKS_LENGTH = 3800  # all variables of a function together have 4 KB


def source_function(
    scope: Construct,
    packaging: Packaging,
    *,
    entities: Sequence[EntityResources],
    systems: Sequence[SystemResources],
    registry: aws_dynamodb.Table,
    alerts: aws_sns.Topic,
    identity: IdentityConstruct,
    api_url: str,
) -> FunctionConstruct:
    """Add `source`: from the inbound queues to the API, with what does not match in the dead-letter queues."""
    inbound = [*(entity.inbound for entity in entities), *(system.inbound for system in systems)]
    return FunctionConstruct(
        scope,
        "Source",
        Function.SOURCE,
        packaging,
        timeout=SOURCE_TIMEOUT,
        memory_mib=512,
        settings={
            "inbound_queue": names.inbound_queue(ENTITY_SLOT),
            "dead_letter_queue_url": f"{QUEUE_HOST}/{names.inbound_dead_letter_queue(ENTITY_SLOT)}",
            "source_queue": names.source_queue(SYSTEM_SLOT),
            "source_dead_letter_queue_url": f"{QUEUE_HOST}/{names.source_dead_letter_queue(SYSTEM_SLOT)}",
            "registry_table": registry.table_name,
            "alerts_topic_arn": alerts.topic_arn,
            "metric_namespace": names.METRIC_NAMESPACE,
            "api_url": api_url,
            "token_url": identity.token_url,
            "client_secret_arn": identity.source.secret.secret_arn,
            "scope": f"{names.RESOURCE_SERVER}/{names.write_scope(ENTITY_SLOT)}",
            "record_wait_seconds": str(RECORD_WAIT.to_seconds()),
        },
        statements=[
            consume([queue.queue for queue in inbound], postpones=True),
            send([queue.dead_letters for queue in inbound]),
            read_items([registry]),
            allow(["sns:Publish"], [alerts.topic_arn]),
            allow(["secretsmanager:GetSecretValue"], [identity.source.secret.secret_arn]),
        ],
    )


def data_api_function(
    scope: Construct,
    packaging: Packaging,
    *,
    entities: Sequence[EntityResources],
    registry: aws_dynamodb.Table,
    idempotency: aws_dynamodb.Table,
) -> FunctionConstruct:
    """Add `data_api`: the entities' tables behind the HTTP API. Deleting is writing a tombstone, so no DeleteItem."""
    tables = [entity.table.table_arn for entity in entities]
    indexed = [entity.table for entity in entities if entity.is_indexed]
    queries = [allow(["dynamodb:Query"], [f"{table.table_arn}/index/*" for table in indexed])] if indexed else []
    data_api = FunctionConstruct(
        scope,
        "DataApi",
        Function.DATA_API,
        packaging,
        timeout=DATA_API_TIMEOUT,
        memory_mib=1024,
        settings={
            "table": names.entity_table(ENTITY_SLOT),
            "registry_table": registry.table_name,
            "tombstone_days": str(packaging.environment.tombstone_days),
            "idempotency_table": idempotency.table_name,
            "release": RELEASE,
        },
        statements=[
            read_items([registry]),
            allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"], tables),
            allow(["dynamodb:GetItem", "dynamodb:PutItem"], [idempotency.table_arn]),
            *queries,
        ],
    )
    for table in indexed:
        acknowledge_indexes(data_api.role, table, "A role of all indexes by name could be longer than IAM allows.")
    return data_api


def authorizer_function(scope: Construct, packaging: Packaging, *, identity: IdentityConstruct) -> FunctionConstruct:
    """Add `authorizer`: it verifies tokens with their issuers' public keys, and may do nothing else."""
    return FunctionConstruct(
        scope,
        "Authorizer",
        Function.AUTHORIZER,
        packaging,
        timeout=AUTHORIZER_TIMEOUT,
        memory_mib=256,
        settings={
            "issuers": identity.issuers,
            "further_issuers": identity.further_issuers,
            "metric_namespace": names.METRIC_NAMESPACE,
        },
        statements=[],
    )


def cdc_function(
    scope: Construct,
    packaging: Packaging,
    *,
    entities: Sequence[EntityResources],
    registry: aws_dynamodb.Table,
    lake: aws_s3.Bucket,
) -> FunctionConstruct:
    """Add `cdc`: from the tables' streams to the change landing area."""
    cdc = FunctionConstruct(
        scope,
        "Cdc",
        Function.CDC,
        packaging,
        timeout=CDC_TIMEOUT,
        memory_mib=512,
        settings={
            "table": names.entity_table(ENTITY_SLOT),
            "registry_table": registry.table_name,
            "lake_bucket": lake.bucket_name,
            "cdc_prefix": names.CDC_PREFIX,
            "heartbeat_key": names.HEARTBEAT_KEY,
            "metric_namespace": names.METRIC_NAMESPACE,
        },
        statements=[
            read_streams([entity.table for entity in entities]),
            read_items([registry]),
            put_objects(lake, names.CDC_PREFIX),
            put_objects(lake, names.ABANDONED_PREFIX),
            # Lambda checks its failure destination with the function's role.
            allow(["s3:ListBucket"], [lake.bucket_arn]),
        ],
    )
    for prefix, reason in (
        (names.CDC_PREFIX, "Object names hold sequence numbers, which nobody knows beforehand."),
        (names.ABANDONED_PREFIX, "Lambda names the objects of batches that it abandoned."),
    ):
        acknowledge_objects(cdc.role, lake, prefix, reason)
    return cdc


def landing_function(
    scope: Construct,
    packaging: Packaging,
    *,
    entities: Sequence[EntityResources],
    landing: QueueConstruct,
    ledger: aws_dynamodb.Table,
) -> FunctionConstruct:
    """Add `landing`: from the bucket's notifications to the ledger."""
    return FunctionConstruct(
        scope,
        "Landing",
        Function.LANDING,
        packaging,
        timeout=LANDING_TIMEOUT,
        memory_mib=256,
        settings={
            "ledger_table": ledger.table_name,
            "raw_prefix": names.RAW_PREFIX,
            "cdc_prefix": names.CDC_PREFIX,
            "entities": ",".join(entity.name for entity in entities),
            "metric_namespace": names.METRIC_NAMESPACE,
        },
        statements=[
            consume([landing.queue]),
            allow(["dynamodb:PutItem"], [ledger.table_arn]),
        ],
    )


def webhook_function(
    scope: Construct, packaging: Packaging, *, systems: Sequence[SystemResources]
) -> FunctionConstruct:
    """Add `webhook`: from what source systems post to their inbound queues, once their signature is verified."""
    posting = [system for system in systems if system.secret is not None]
    return FunctionConstruct(
        scope,
        "Webhook",
        Function.WEBHOOK,
        packaging,
        timeout=WEBHOOK_TIMEOUT,
        memory_mib=256,
        settings={
            "webhooks": _webhooks([system.system for system in posting]),
            "queue_url": f"{QUEUE_HOST}/{names.source_queue(SYSTEM_SLOT)}",
            "secret": names.webhook_secret(SYSTEM_SLOT),
            "metric_namespace": names.METRIC_NAMESPACE,
        },
        statements=[
            send([system.inbound.queue for system in posting]),
            allow(["secretsmanager:GetSecretValue"], [system.secret.ref for system in posting if system.secret]),
        ]
        if posting
        else [],
    )


def _webhooks(systems: Sequence[SourceSystem]) -> str:
    """Render how systems sign; raise ConfigurationError when that is more than a function's environment holds."""
    documents = (mapping_document(system) for system in systems)
    text = json.dumps({document["system"]: document["webhook"] for document in documents}, separators=(",", ":"))
    if len(text) > MAX_WEBHOOKS_LENGTH:
        raise ConfigurationError(
            f"{len(systems)} source systems post webhooks, more than the function's environment holds. Remedy: split "
            f"the contracts over two deployments, each an installation of its own"
        )
    return text
