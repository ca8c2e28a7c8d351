"""The data plane: everything of the real-time path and of the lake, looped over the contracts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import Aws, CfnOutput, Duration, Stack, aws_dynamodb, aws_iam
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.alerts import AlertsConstruct
from infra.constructs.api import ApiConstruct
from infra.constructs.feeds import feed_from_queue, feed_from_stream
from infra.constructs.function import FunctionConstruct
from infra.constructs.identity import IdentityConstruct
from infra.constructs.lake import LakeConstruct
from infra.constructs.permissions import allow, consume, put_objects, read_items, read_streams, send
from infra.constructs.queue import QueueConstruct
from infra.constructs.tables import TablesConstruct
from infra.environments import Environment
from txplatform.contracts import names
from txplatform.contracts.names import ENTITY_SLOT, Function

SOURCE_TIMEOUT = Duration.seconds(30)
DATA_API_TIMEOUT = Duration.seconds(29)  # an HTTP API waits 30 s at most
AUTHORIZER_TIMEOUT = Duration.seconds(10)
CDC_TIMEOUT = Duration.seconds(60)
LANDING_TIMEOUT = Duration.seconds(30)
# Lambda writes what a stream mapping gave up under this prefix of the bucket, and lets nobody choose another.
ABANDONED_CHANGES_PREFIX = "aws/lambda"


@dataclass(frozen=True, slots=True)
class _Entity:
    name: str
    inbound: QueueConstruct
    table: aws_dynamodb.Table


class DataPlaneStack(Stack):
    """Queues, tables, functions, API, identity, alerts and lake. Account and region are where it is deployed."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        entities: list[str],
        bundles: Path,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._environment = environment
        self._bundles = bundles
        self._alerts = AlertsConstruct(self, "Alerts")
        self._tables = TablesConstruct(self, "Tables", environment)
        self._landing = self._queue(
            "LandingQueue", names.LANDING_QUEUE, names.LANDING_DEAD_LETTER_QUEUE, LANDING_TIMEOUT
        )
        self._lake = LakeConstruct(self, "Lake", environment, self._landing.queue)
        self._identity = IdentityConstruct(self, "Identity", environment, entities)
        self._entities = [
            _Entity(
                name=entity,
                inbound=self._queue(
                    f"Inbound-{entity}",
                    names.inbound_queue(entity),
                    names.inbound_dead_letter_queue(entity),
                    SOURCE_TIMEOUT,
                ),
                table=self._tables.entity_table(entity),
            )
            for entity in entities
        ]
        self._api = ApiConstruct(
            self, "Api", environment, data_api=self._data_api().function, authorizer=self._authorizer().function
        )
        source, cdc, landing = self._source(), self._cdc(), self._landing_function()
        feed_from_queue(self, "LandingFeed", self._landing, landing.function)
        for entity in self._entities:
            self._api.add_entity(entity.name)
            feed_from_queue(self, f"InboundFeed-{entity.name}", entity.inbound, source.function)
            changes = feed_from_stream(
                self, f"ChangesFeed-{entity.name}", entity.table, cdc.function, self._lake.bucket
            )
            self._alerts.on_refused_messages(entity.name)
            self._alerts.on_failed_changes(entity.name, changes)
        self._outputs()

    def _queue(self, construct_id: str, queue: str, dead_letters: str, consumer_timeout: Duration) -> QueueConstruct:
        return QueueConstruct(
            self,
            construct_id,
            queue_name=queue,
            dead_letter_queue_name=dead_letters,
            consumer_timeout=consumer_timeout,
            alerts=self._alerts,
        )

    def _function(
        self,
        construct_id: str,
        function: Function,
        *,
        timeout: Duration,
        memory_mib: int,
        settings: Mapping[str, str],
        statements: list[aws_iam.PolicyStatement],
    ) -> FunctionConstruct:
        return FunctionConstruct(
            self,
            construct_id,
            function,
            self._environment,
            bundles=self._bundles,
            timeout=timeout,
            memory_mib=memory_mib,
            settings=settings,
            statements=statements,
        )

    def _source(self) -> FunctionConstruct:
        queue_host = f"https://sqs.{Aws.REGION}.{Aws.URL_SUFFIX}/{Aws.ACCOUNT_ID}"
        source = self._function(
            "Source",
            Function.SOURCE,
            timeout=SOURCE_TIMEOUT,
            memory_mib=512,
            settings={
                "inbound_queue": names.inbound_queue(ENTITY_SLOT),
                "dead_letter_queue_url": f"{queue_host}/{names.inbound_dead_letter_queue(ENTITY_SLOT)}",
                "registry_table": self._tables.registry.table_name,
                "alerts_topic_arn": self._alerts.topic.topic_arn,
                "metric_namespace": names.METRIC_NAMESPACE,
                "api_url": self._api.api.api_endpoint,
                "token_url": self._identity.token_url,
                "client_secret_arn": self._identity.secret.secret_arn,
                "scope": f"{names.RESOURCE_SERVER}/{names.write_scope(ENTITY_SLOT)}",
            },
            statements=[
                consume([entity.inbound.queue for entity in self._entities]),
                send([entity.inbound.dead_letters for entity in self._entities]),
                read_items([self._tables.registry]),
                allow(["sns:Publish"], [self._alerts.topic.topic_arn]),
                allow(["secretsmanager:GetSecretValue"], [self._identity.secret.secret_arn]),
                aws_iam.PolicyStatement(
                    actions=["cloudwatch:PutMetricData"],
                    resources=["*"],
                    conditions={"StringEquals": {"cloudwatch:namespace": names.METRIC_NAMESPACE}},
                ),
            ],
        )
        acknowledge(
            source.role,
            "IAM5[Resource::*]",
            "PutMetricData knows no resources; the condition limits it to the platform's own namespace.",
        )
        return source

    def _data_api(self) -> FunctionConstruct:
        tables = [entity.table.table_arn for entity in self._entities]
        return self._function(
            "DataApi",
            Function.DATA_API,
            timeout=DATA_API_TIMEOUT,
            memory_mib=1024,
            settings={
                "table": names.entity_table(ENTITY_SLOT),
                "registry_table": self._tables.registry.table_name,
                "tombstone_days": str(self._environment.tombstone_days),
            },
            statements=[
                read_items([self._tables.registry]),
                allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Scan"], tables),
            ],
        )

    def _authorizer(self) -> FunctionConstruct:
        return self._function(
            "Authorizer",
            Function.AUTHORIZER,
            timeout=AUTHORIZER_TIMEOUT,
            memory_mib=256,
            settings={
                "issuer": self._identity.issuer,
                "jwks_url": self._identity.jwks_url,
                "client_ids": self._identity.client.user_pool_client_id,
                "resource_server": names.RESOURCE_SERVER,
            },
            statements=[],
        )

    def _cdc(self) -> FunctionConstruct:
        cdc = self._function(
            "Cdc",
            Function.CDC,
            timeout=CDC_TIMEOUT,
            memory_mib=512,
            settings={
                "table": names.entity_table(ENTITY_SLOT),
                "registry_table": self._tables.registry.table_name,
                "lake_bucket": self._lake.bucket.bucket_name,
                "cdc_prefix": names.CDC_PREFIX,
            },
            statements=[
                read_streams([entity.table for entity in self._entities]),
                read_items([self._tables.registry]),
                put_objects(self._lake.bucket, names.CDC_PREFIX),
                put_objects(self._lake.bucket, ABANDONED_CHANGES_PREFIX),
                allow(["s3:ListBucket"], [self._lake.bucket.bucket_arn]),
            ],
        )
        return cdc

    def _landing_function(self) -> FunctionConstruct:
        return self._function(
            "Landing",
            Function.LANDING,
            timeout=LANDING_TIMEOUT,
            memory_mib=256,
            settings={
                "ledger_table": self._tables.ledger.table_name,
                "raw_prefix": names.RAW_PREFIX,
                "cdc_prefix": names.CDC_PREFIX,
            },
            statements=[
                consume([self._landing.queue]),
                allow(["dynamodb:PutItem"], [self._tables.ledger.table_arn]),
            ],
        )

    def _outputs(self) -> None:
        outputs = {
            "LakeBucket": self._lake.bucket.bucket_name,
            "AlertsTopicArn": self._alerts.topic.topic_arn,
            "ApiId": self._api.api.api_id,
            "ApiUrl": self._api.api.api_endpoint,
            "TokenUrl": self._identity.token_url,
            "JwksUrl": self._identity.jwks_url,
            "Issuer": self._identity.issuer,
            "UserPoolId": self._identity.pool.user_pool_id,
            "MachineClientId": self._identity.client.user_pool_client_id,
            "MachineClientSecretArn": self._identity.secret.secret_arn,
            "DatabaseName": self._lake.database.ref,
            "WorkGroup": self._lake.workgroup.ref,
            "RegistryTable": self._tables.registry.table_name,
            "LedgerTable": self._tables.ledger.table_name,
            "LandingQueueUrl": self._landing.queue.queue_url,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
