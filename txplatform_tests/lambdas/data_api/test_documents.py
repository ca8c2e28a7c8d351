"""The documents of the API, served from the registry, and its health, served from nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.data_api.handler import handler
from lambdas.shared.registry import TTL_SECONDS, SchemaRegistry
from txplatform.contracts import names
from txplatform.contracts.render.openapi import openapi_document
from txplatform.contracts.render.publication import OPENAPI_ITEM, publish_openapi
from txplatform.contracts.render.registry import json_schema
from txplatform_tests.lambdas.conftest import CONTEXT, CONTRACTS
from txplatform_tests.lambdas.data_api.conftest import Reply, publish_colour

TOKEN_URL = "https://pool.example.com/oauth2/token"
Get = Callable[..., Reply]


@pytest.fixture
def get(wired: None, event: Callable[[str], Any]) -> Get:
    """Asks for a path that is a route itself, as one without a token."""

    def make(path: str, query: dict[str, str] | None = None, **headers: str) -> Reply:
        made = event("http_api") | {"routeKey": f"GET {path}", "rawPath": path, "pathParameters": None}
        made |= {"body": None, "queryStringParameters": query}
        del made["requestContext"]["authorizer"]
        made["headers"] |= {name.replace("_", "-"): value for name, value in headers.items()}
        return Reply(handler(made, CONTEXT))

    return make


def test_the_openapi_document_is_the_published_one(get: Get, dynamodb: Any) -> None:
    publish_openapi(dynamodb, CONTRACTS, TOKEN_URL)
    answer = get(names.OPENAPI_PATH)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.body == openapi_document(CONTRACTS, "/", TOKEN_URL)
    assert "x-correlation-id" in answer.headers


def test_a_document_that_was_never_published_is_not_found(get: Get) -> None:
    answer = get(names.OPENAPI_PATH)
    assert (answer.status, answer.body["code"]) == (404, "not_found")


def test_the_schema_of_an_entity_is_that_of_its_contract(get: Get, entity: str) -> None:
    answer = get(names.schema_path(entity))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/schema+json")
    assert answer.body == json_schema(CONTRACTS[entity])


def test_the_schema_of_no_entity_is_not_found(get: Get) -> None:
    assert get(names.schema_path("unicorns")).body["code"] == "unknown_entity"


@pytest.mark.parametrize("path", [names.OPENAPI_PATH, names.schema_path("payments")])
def test_a_document_is_sent_again_only_when_it_has_changed(get: Get, dynamodb: Any, path: str) -> None:
    publish_openapi(dynamodb, CONTRACTS, TOKEN_URL)
    first = get(path)
    again = get(path, if_none_match=f'"another", {first.headers["etag"]}')
    assert (again.status, again.body, again.headers["etag"]) == (304, None, first.headers["etag"])
    assert get(path, if_none_match='"another"').body == first.body
    assert get(path, if_match='"another"').body["code"] == "precondition_failed"
    assert get(path, if_none_match="another").status == 400


def test_tags_differ_as_the_documents_do(get: Get, dynamodb: Any) -> None:
    path = names.schema_path("payments")
    first = get(path).headers["etag"]
    assert get(names.schema_path("trades")).headers["etag"] != first
    publish_colour(dynamodb)
    assert get(path).headers["etag"] == first, "kept for a minute, as the schema that validates"


def test_the_openapi_document_is_kept_for_a_minute(dynamodb: Any) -> None:
    clock = [0.0]
    registry = SchemaRegistry(dynamodb, names.REGISTRY_TABLE, lambda: clock[0])
    publish_openapi(dynamodb, CONTRACTS, TOKEN_URL)
    first = registry.openapi()
    publish_openapi(dynamodb, {"trades": CONTRACTS["trades"]}, TOKEN_URL)
    assert registry.openapi() == first
    clock[0] += TTL_SECONDS
    assert json.loads(registry.openapi() or "") == openapi_document({"trades": CONTRACTS["trades"]}, "/", TOKEN_URL)


def test_health_is_answered_without_aws(get: Get, dynamodb: Any) -> None:
    dynamodb.delete_table(TableName=names.REGISTRY_TABLE)
    answer = get(names.HEALTH_PATH)
    assert (answer.status, answer.body) == (200, {"status": "ok", "version": "1.2.3"})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [names.HEALTH_PATH, names.OPENAPI_PATH, names.schema_path("payments")])
def test_a_document_takes_no_parameters(get: Get, path: str) -> None:
    assert get(path, {"pretty": "1"}).body["code"] == "malformed_request"


def test_an_expired_token_reads_no_schema(wired: None, event: Callable[[str], Any]) -> None:
    made = event("http_api") | {"routeKey": f"GET {names.schema_path('payments')}"}
    made["requestContext"]["authorizer"] = {"lambda": {"expires_at": 1}}
    assert handler(made, CONTEXT)["statusCode"] == 401


def test_the_document_fits_an_item_of_dynamodb(dynamodb: Any) -> None:
    publish_openapi(dynamodb, CONTRACTS, TOKEN_URL)
    stored = dynamodb.get_item(TableName=names.REGISTRY_TABLE, Key=OPENAPI_ITEM)["Item"]["document"]["B"]
    assert len(stored) * 20 / len(CONTRACTS) < 400_000, "also for twenty entities like these"
