"""Publishes the OpenAPI document of all entities in the registry, from which the data API serves it."""

import gzip
import json
from collections.abc import Mapping

from txplatform.contracts.model import Contract
from txplatform.contracts.names import REGISTRY_TABLE
from txplatform.contracts.render.openapi import openapi_document
from txplatform.contracts.render.registry import DynamoDBClient

# Not the name of an entity: none begins with an underscore.
OPENAPI_ITEM = {"entity": {"S": "_api"}, "item": {"S": "openapi"}}
_SAME_ORIGIN = "/"  # a relative server stands for where the document comes from


def publish_openapi(
    dynamodb_client: DynamoDBClient, contracts: Mapping[str, Contract], token_url: str, further_issuers: str = "[]"
) -> None:
    """Write the document of these contracts over the one before. Packed, since an item of DynamoDB holds 400 KB."""
    rendered = openapi_document(contracts, _SAME_ORIGIN, token_url, further_issuers)
    text = json.dumps(rendered, separators=(",", ":"))
    document = {"B": gzip.compress(text.encode(), mtime=0)}
    dynamodb_client.put_item(TableName=REGISTRY_TABLE, Item={**OPENAPI_ITEM, "document": document})
