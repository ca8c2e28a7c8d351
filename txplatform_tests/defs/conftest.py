"""The bench of the tests of definitions: a ledger in moto, an instance in memory."""

from collections.abc import Iterator

import dagster as dg
import pytest
from moto import mock_aws

from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.definitions import compose
from txplatform.defs.resources import PlatformResource
from txplatform_tests.defs.bench import Bench

_STRING = "S"
_PLATFORM = PlatformResource(
    region="us-east-1",
    lake_bucket="lake",
    alerts_topic_arn="arn:aws:sns:us-east-1:123456789012:txplatform-alerts",
    api_url="http://127.0.0.1:9",
    dashboards_url="http://127.0.0.1:9/dashboards",
)


@pytest.fixture(scope="session")
def repository() -> dg.RepositoryDefinition:
    """The shipped definitions, over a ledger of the tests."""
    return compose(load_contracts(), _PLATFORM).get_repository_def()


@pytest.fixture
def bench(repository: dg.RepositoryDefinition) -> Iterator[Bench]:
    with mock_aws(), dg.DagsterInstance.ephemeral() as instance:
        platform = _PLATFORM
        sns, sqs = platform.clients.client("sns"), platform.clients.client("sqs")
        topic = sns.create_topic(Name=names.ALERTS_TOPIC)["TopicArn"]
        queue_url = sqs.create_queue(QueueName="alerts")["QueueUrl"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:alerts")
        platform.clients.client("dynamodb").create_table(
            TableName=names.LEDGER_TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": _STRING} for name in ("pk", "sk", "pending", "landed_at")
            ],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": names.LEDGER_PENDING_INDEX,
                    "KeySchema": [
                        {"AttributeName": "pending", "KeyType": "HASH"},
                        {"AttributeName": "landed_at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        yield Bench(platform, repository, instance, queue_url)
