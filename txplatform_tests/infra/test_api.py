"""What the HTTP API serves, to whom, and how much: read from the committed template."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.environments import PRODUCTION, CrossOrigin
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.dynamodb import SecondaryIndex
from txplatform.contracts.render.openapi import openapi_document
from txplatform_tests.infra.synthesis import of_type, synthesise

ENTITIES = list(load_contracts())
DOOR = f"ANY {names.WEBHOOK_PATH}"


def test_the_api_takes_a_bounded_rate(template: dict[str, Any]) -> None:
    (stage,) = of_type(template, "AWS::ApiGatewayV2::Stage").values()
    settings = stage["DefaultRouteSettings"]
    assert settings["ThrottlingRateLimit"] == PRODUCTION.api_rate
    assert settings["ThrottlingBurstLimit"] == PRODUCTION.api_burst


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_route_of_an_entity_is_behind_the_authorizer(template: dict[str, Any], entity: str) -> None:
    routes = {item["RouteKey"]: item for item in of_type(template, "AWS::ApiGatewayV2::Route").values()}
    path = f"/v1/{entity}"
    expected = {
        *(f"GET {path}", f"POST {path}", f"POST {path}/batch"),
        *(f"{method} {path}/{{key}}" for method in ("GET", "PUT", "PATCH", "DELETE")),
    }
    assert {key for key in routes if key.split()[1].startswith(path)} == expected
    authorizers = of_type(template, "AWS::ApiGatewayV2::Authorizer")
    for key in expected:
        assert routes[key]["AuthorizationType"] == "CUSTOM"
        assert routes[key]["AuthorizerId"]["Ref"] in authorizers


def _documents(routes: Iterable[dict[str, Any]]) -> dict[str, str]:
    """How the routes of documents are authorized."""
    paths = (names.HEALTH_PATH, names.OPENAPI_PATH, names.schema_path(""))
    authorization = {item["RouteKey"]: item["AuthorizationType"] for item in routes}
    return {key: value for key, value in authorization.items() if key.partition(" ")[2].startswith(paths)}


def test_health_and_openapi_are_open_and_schemas_behind_the_authorizer(template: dict[str, Any]) -> None:
    assert _documents(of_type(template, "AWS::ApiGatewayV2::Route").values()) == {
        "GET /health": "NONE",
        "GET /v1/openapi.json": "NONE",
        **{f"GET /v1/schemas/{entity}": "CUSTOM" for entity in ENTITIES},
    }


def test_the_openapi_document_has_exactly_the_routes_of_the_api(template: dict[str, Any]) -> None:
    paths = openapi_document(load_contracts(), "/")["paths"]
    documented = {f"{method.upper()} {path}" for path, item in paths.items() for method in item.keys() - {"parameters"}}
    routes = {item["RouteKey"] for item in of_type(template, "AWS::ApiGatewayV2::Route").values()}
    assert documented == routes - {DOOR}


def test_the_webhook_door_takes_no_token_and_has_a_rate_of_its_own(template: dict[str, Any]) -> None:
    routes = template["Resources"]
    (door,) = [key for key, item in routes.items() if item["Properties"].get("RouteKey") == DOOR]
    assert routes[door]["Properties"]["AuthorizationType"] == "NONE"
    assert "AuthorizerId" not in routes[door]["Properties"]
    (stage,) = [item for item in template["Resources"].values() if item["Type"] == "AWS::ApiGatewayV2::Stage"]
    settings = stage["Properties"]["RouteSettings"][DOOR]
    assert settings["ThrottlingRateLimit"] == PRODUCTION.webhook_rate
    assert settings["ThrottlingBurstLimit"] == PRODUCTION.webhook_burst
    assert door in stage["DependsOn"]


def test_an_environment_says_which_documents_are_open_and_to_which_origins(tmp_path: Path) -> None:
    origins = CrossOrigin(("https://app.example.com",), max_age=600)
    environment = replace(PRODUCTION, open_documents=frozenset({names.Document.SCHEMAS}), cross_origin=origins)
    resources = synthesise(["orders"], tmp_path, environment, [SecondaryIndex("i", "buyer_id", "S", "at")])
    routes = [item["Properties"] for item in resources.values() if item["Type"] == "AWS::ApiGatewayV2::Route"]
    expected = {"GET /health": "CUSTOM", "GET /v1/openapi.json": "CUSTOM", "GET /v1/schemas/orders": "NONE"}
    assert _documents(routes) == expected
    (api,) = [item["Properties"] for item in resources.values() if item["Type"] == "AWS::ApiGatewayV2::Api"]
    cors = api["CorsConfiguration"]
    assert (cors["AllowOrigins"], cors["MaxAge"]) == (["https://app.example.com"], 600)
    assert {"authorization", "if-match", "idempotency-key", "x-query-buyer-id"} <= set(cors["AllowHeaders"])
    assert {"etag", "retry-after"} <= set(cors["ExposeHeaders"])


def test_no_web_application_may_call_the_api_of_production(template: dict[str, Any]) -> None:
    (api,) = of_type(template, "AWS::ApiGatewayV2::Api").values()
    assert "CorsConfiguration" not in api


def test_a_cached_authorizer_answer_holds_for_one_route_only(template: dict[str, Any]) -> None:
    (authorizer,) = of_type(template, "AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["IdentitySource"] == ["$request.header.Authorization", "$context.routeKey"]
    assert authorizer["AuthorizerResultTtlInSeconds"] == 300
    assert authorizer["EnableSimpleResponses"] is True


# What may stand in the access log: nothing of a person, and nothing of what was looked for.
HARMLESS = {
    *("requestId", "requestTimeEpoch", "routeKey", "status", "responseLength", "responseLatency"),
    *("authorizer.issuer", "authorizer.client_id", "authorizer.meter", "authorizer.status"),
    *("integration.status", "integration.requestId", "error.responseType"),
}


def test_the_access_log_holds_no_personal_data(template: dict[str, Any]) -> None:
    """No path (a key can be personal), no query, no address, no header, and no message that could quote them."""
    (stage,) = of_type(template, "AWS::ApiGatewayV2::Stage").values()
    said = json.loads(stage["AccessLogSettings"]["Format"]).values()
    assert {value.removeprefix("$context.") for value in said} == HARMLESS


def test_requests_refusals_and_failures_are_counted_by_client_and_throttling_by_route(template: dict[str, Any]) -> None:
    """Of a client that no configuration names, under its issuer: so their number is bounded."""
    counted = {
        change["MetricName"]: (item["FilterPattern"], [(part["Key"], part["Value"]) for part in change["Dimensions"]])
        for item in of_type(template, "AWS::Logs::MetricFilter").values()
        for change in item["MetricTransformations"]
    }
    client = '$.meter = "*" && $.meter != "-"'
    assert counted == {
        "ClientRequests": (f"{{ {client} }}", [("Client", "$.meter")]),
        "ClientRefusals": (f'{{ {client} && $.status = "4*" }}', [("Client", "$.meter")]),
        "ClientFailures": (f'{{ {client} && $.status = "5*" }}', [("Client", "$.meter")]),
        "ThrottledRequests": ('{ $.status = "429" }', [("Route", "$.route")]),
    }
