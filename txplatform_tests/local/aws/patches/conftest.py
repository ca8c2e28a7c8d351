"""What the patches' tests share."""

from typing import Any

import pytest

from txplatform.local.clients import LocalClients
from txplatform_tests.local.aws.patches.limited_table import TABLE, Call


@pytest.fixture(scope="session")
def call(client: LocalClients) -> Call:
    """Call an operation by its name on a table with a sort key and an index `by-state`."""
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "state", "at")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-state",
                "KeySchema": [
                    {"AttributeName": "state", "KeyType": "HASH"},
                    {"AttributeName": "at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )

    def call(operation: str, arguments: dict[str, Any]) -> Any:
        return getattr(dynamodb, operation)(**arguments)

    return call
