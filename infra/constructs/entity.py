"""What an entity brings of its own: its inbound queue with dead letters, and its table."""

from dataclasses import dataclass

from aws_cdk import aws_dynamodb

from infra.constructs.queue import QueueConstruct
from txplatform.contracts import names


@dataclass(frozen=True, slots=True)
class EntityResources:
    """The resources of one entity. `is_indexed` says whether its table has secondary indexes."""

    name: str
    inbound: QueueConstruct
    table: aws_dynamodb.Table
    is_indexed: bool

    @property
    def table_name(self) -> str:
        return names.entity_table(self.name)
