"""The data plane: everything of the real-time path and of the lake, looped over the contracts."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import CfnOutput, Duration, Stack
from constructs import Construct

from infra.capacity import check_capacity
from infra.constructs.alerts import AlertsConstruct
from infra.constructs.api import ApiConstruct
from infra.constructs.entity import EntityResources
from infra.constructs.feeds import feed_from_queue, feed_from_stream
from infra.constructs.function import Bundles, FunctionConstruct, Packaging
from infra.constructs.functions import (
    LANDING_TIMEOUT,
    SOURCE_TIMEOUT,
    authorizer_function,
    cdc_function,
    data_api_function,
    landing_function,
    source_function,
    webhook_function,
)
from infra.constructs.heartbeat import HeartbeatConstruct
from infra.constructs.identity import IdentityConstruct
from infra.constructs.lake import LakeConstruct
from infra.constructs.platform_policy import PlatformPolicyConstruct
from infra.constructs.queue import QueueConstruct
from infra.constructs.source_system import SystemResources, webhook_secret
from infra.constructs.tables import TablesConstruct
from infra.environments import Environment
from infra.exports import EXPORTED, export_name
from txplatform.contracts import names
from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.render.dynamodb import SecondaryIndex


class DataPlaneStack(Stack):
    """Queues, tables, functions, API, identity, alerts and lake. Account and region are where it is deployed.

    `indexes` are the secondary indexes of the entities' tables, by entity, `systems` the source systems
    that have a queue. `bundles` are the functions' completed
    bundles when the assembly is deployed.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        entities: Sequence[str],
        indexes: Mapping[str, Sequence[SecondaryIndex]],
        systems: Sequence[SourceSystem],
        bundles: Bundles,
        **kwargs: Any,
    ) -> None:
        check_capacity(entities, systems)
        super().__init__(scope, construct_id, termination_protection=environment.retain_data, **kwargs)
        packaging = Packaging(environment, bundles)
        self._environment = environment
        self._alerts = AlertsConstruct(self, "Alerts")
        self._tables = TablesConstruct(self, "Tables", environment)
        self._landing = self._queue(
            "LandingQueue", names.LANDING_QUEUE, names.LANDING_DEAD_LETTER_QUEUE, LANDING_TIMEOUT
        )
        self._lake = LakeConstruct(self, "Lake", environment, self._landing.queue)
        self._identity = IdentityConstruct(self, "Identity", environment, entities)
        self._entities = [self._entity(entity, indexes.get(entity, ())) for entity in entities]
        self._systems = [self._system(system) for system in systems]
        self._api = self._add_api(packaging, indexes)
        self._feed(packaging)
        self._watch()
        self._platform = PlatformPolicyConstruct(
            self,
            "Platform",
            entities=self._entities,
            tables=self._tables,
            lake=self._lake,
            alerts=self._alerts.topic,
        )
        self._add_outputs()

    def _queue(self, construct_id: str, queue: str, dead_letters: str, consumer_timeout: Duration) -> QueueConstruct:
        return QueueConstruct(
            self,
            construct_id,
            queue_name=queue,
            dead_letter_queue_name=dead_letters,
            consumer_timeout=consumer_timeout,
            environment=self._environment,
            alerts=self._alerts,
        )

    def _entity(self, entity: str, indexes: Sequence[SecondaryIndex]) -> EntityResources:
        inbound, dead_letters = names.inbound_queue(entity), names.inbound_dead_letter_queue(entity)
        queue = self._queue(f"Inbound-{entity}", inbound, dead_letters, SOURCE_TIMEOUT)
        return EntityResources(entity, queue, self._tables.entity_table(entity, indexes), is_indexed=bool(indexes))

    def _system(self, system: SourceSystem) -> SystemResources:
        inbound, dead_letters = names.source_queue(system.name), names.source_dead_letter_queue(system.name)
        queue = self._queue(f"Source-{system.name}", inbound, dead_letters, SOURCE_TIMEOUT)
        return SystemResources(system, queue, webhook_secret(self, system))

    def _add_api(self, packaging: Packaging, indexes: Mapping[str, Sequence[SecondaryIndex]]) -> ApiConstruct:
        self._data_api = data_api_function(
            self,
            packaging,
            entities=self._entities,
            registry=self._tables.registry,
            idempotency=self._tables.idempotency,
        )
        self._authorizer = authorizer_function(self, packaging, identity=self._identity)
        api = ApiConstruct(
            self,
            "HttpApi",
            packaging.environment,
            data_api=self._data_api.function,
            authorizer=self._authorizer.function,
            webhook=webhook_function(self, packaging, systems=self._systems).function,
            queries={names.query_header(index.partition_key) for listed in indexes.values() for index in listed},
        )
        for entity in self._entities:
            api.add_entity(entity.name)
        return api

    def _feed(self, packaging: Packaging) -> None:
        landing = landing_function(
            self, packaging, entities=self._entities, landing=self._landing, ledger=self._tables.ledger
        )
        concurrency = packaging.environment.queue_concurrency
        # What has landed was gathered before, by the stream's mapping: it goes on at once.
        feed_from_queue(
            self, "LandingFeed", self._landing, landing.function, concurrency=concurrency, window=Duration.seconds(0)
        )
        source = self._source(packaging)
        # Who lets in before who asks: a denial of a client that an older authorizer does not know is cached.
        source.function.add_resource_dependency(self._authorizer.function)
        cdc = cdc_function(
            self, packaging, entities=self._entities, registry=self._tables.registry, lake=self._lake.bucket
        )
        # Readers before writers: a system attribute that a new data_api writes would be unknown to an older cdc.
        self._data_api.function.add_resource_dependency(cdc.function)
        # Who says what of a personal field before who refuses to lose one: see docs/decisions/masked-fields.md.
        self._data_api.function.add_resource_dependency(source.function)
        for prefix in names.LANE_PREFIXES.values():
            self._alerts.on_unrecognised_objects(prefix)
        for entity in self._entities:
            feed_from_queue(
                self,
                f"InboundFeed-{entity.name}",
                entity.inbound,
                source.function,
                concurrency=concurrency,
                window=Duration.seconds(1),
            )
            changes = feed_from_stream(
                self, f"ChangesFeed-{entity.name}", entity.table, cdc.function, self._lake.bucket
            )
            self._alerts.on_refused_messages(entity.name)
            self._alerts.on_superseded_messages(entity.name)
            self._alerts.on_failed_changes(entity.name, changes)
            self._alerts.on_silence(entity.name)
        for system in self._systems:
            feed_from_queue(
                self,
                f"SourceFeed-{system.name}",
                system.inbound,
                source.function,
                concurrency=concurrency,
                window=Duration.seconds(1),
            )
            self._alerts.on_refused_payloads(system.name)
            self._alerts.on_superseded_records(system.name)
            if system.secret is not None:
                self._alerts.on_unverified_webhooks(system.name)
        # Like any other writer, after the reader of what it writes.
        HeartbeatConstruct(self, "Heartbeat", self._entities).node.add_dependency(cdc.function)

    def _watch(self) -> None:
        for function in names.Function:
            self._alerts.on_function(names.function_name(function))
        self._alerts.on_stream_lag(names.function_name(names.Function.CDC))
        self._alerts.on_server_errors(self._api.api)
        self._alerts.on_unread_key_sets()

    def _source(self, packaging: Packaging) -> FunctionConstruct:
        return source_function(
            self,
            packaging,
            entities=self._entities,
            systems=self._systems,
            registry=self._tables.registry,
            alerts=self._alerts.topic,
            identity=self._identity,
            api_url=self._api.api.attr_api_endpoint,
        )

    def _add_outputs(self) -> None:
        outputs = {
            "LakeBucket": self._lake.bucket.bucket_name,
            "AlertsTopicArn": self._alerts.topic.topic_arn,
            "ApiId": self._api.api.ref,
            "ApiUrl": self._api.api.attr_api_endpoint,
            "TokenUrl": self._identity.token_url,
            "FurtherIssuersInUse": self._identity.further_issuers,
            "JwksUrl": self._identity.jwks_url,
            "Issuer": self._identity.issuer,
            "UserPoolId": self._identity.pool.user_pool_id,
            "MachineClientId": self._identity.machine.client_id,
            "MachineClientSecretArn": self._identity.machine.secret.secret_arn,
            "DatabaseName": self._lake.database.ref,
            "WorkGroup": self._lake.workgroup.ref,
            "RegistryTable": self._tables.registry.table_name,
            "LedgerTable": self._tables.ledger.table_name,
            "LandingQueueUrl": self._landing.queue.queue_url,
            "PlatformPolicyArn": self._platform.policy.managed_policy_arn,
        }
        for entity in self._entities:
            outputs[f"InboundQueueUrl{_pascal_case(entity.name)}"] = entity.inbound.queue.queue_url
        for system in self._systems:
            outputs[f"SourceQueueUrl{_pascal_case(system.name)}"] = system.inbound.queue.queue_url
            if system.secret is not None:
                outputs[f"WebhookSecretArn{_pascal_case(system.name)}"] = system.secret.ref
        for system, client in self._identity.systems.items():
            outputs[f"ClientSecretArn{_pascal_case(system)}"] = client.secret.secret_arn
        for name, value in outputs.items():
            CfnOutput(self, name, value=value, export_name=export_name(name) if name in EXPORTED else None)


def _pascal_case(name: str) -> str:
    """Write a name of an entity or a system as the names of outputs allow: alphanumeric characters alone."""
    return name.title().replace("_", "").replace("-", "")
