"""Routes: precedence, parameters, and what is read back from API Gateway."""

from typing import Any

import pytest

from txplatform.local.clients import LocalClients
from txplatform.local.errors import LocalStackError
from txplatform.local.gateway.cors import Cors
from txplatform.local.gateway.routes import Api, AuthorizerSettings, Route, ordered, read_api, split_path

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
URI = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"


def api(*keys: str) -> Api:
    routes = []
    for key in keys:
        method, _, path = key.partition(" ")
        segments = ("{proxy+}",) if key == "$default" else split_path(path)
        routes.append(Route(key, "ANY" if key == "$default" else method, segments, FUNCTION))
    return Api("a", ordered(routes))


ROUTES = api("GET /v1/{e}", "GET /v1/{e}/{key}", "POST /v1/payments/batch", "ANY /v1/payments/{key}", "GET /files/{p+}")


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/v1/payments", "GET /v1/{e}", {"e": "payments"}),
        ("GET", "/v1/trades/a", "GET /v1/{e}/{key}", {"e": "trades", "key": "a"}),
        ("POST", "/v1/payments/batch", "POST /v1/payments/batch", {}),
        ("GET", "/v1/payments/batch", "ANY /v1/payments/{key}", {"key": "batch"}),
        ("DELETE", "/v1/payments/x%20y", "ANY /v1/payments/{key}", {"key": "x y"}),
        ("GET", "/v1/trades/a%252Fb", "GET /v1/{e}/{key}", {"e": "trades", "key": "a%2Fb"}),
        ("GET", "/v1/trades/a%2Fb", "GET /v1/{e}/{key}", {"e": "trades", "key": "a/b"}),
        ("GET", "/files/a/b/c", "GET /files/{p+}", {"p": "a/b/c"}),
    ],
)
def test_the_most_specific_route_is_found(method: str, path: str, key: str, parameters: dict[str, str]) -> None:
    found = ROUTES.find(method, path)
    assert found is not None
    assert (found[0].key, found[1]) == (key, parameters)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/trades/a"),
        ("GET", "/v1"),
        ("GET", "/"),
        ("GET", "/files"),
        ("GET", "//"),
        ("GET", "/v1/payments/"),
        ("GET", "/v1//payments"),
        ("GET", "//v1/payments"),
    ],
)
def test_no_route(method: str, path: str) -> None:
    assert ROUTES.find(method, path) is None


def test_the_default_route_takes_the_rest() -> None:
    with_default = api("GET /v1/{e}", "$default")
    assert [with_default.find("GET", path)[0].key for path in ("/v1/x", "/else/where")] == [  # type: ignore[index]
        "GET /v1/{e}",
        "$default",
    ]


def create(client: Any, kind: str = "AWS_PROXY", version: str = "2.0", simple: bool = True) -> str:
    """Create an API with one open and one guarded route; return its id."""
    api_id = client.create_api(Name="api", ProtocolType="HTTP")["ApiId"]
    integration = client.create_integration(
        ApiId=api_id, IntegrationType=kind, IntegrationUri=FUNCTION, PayloadFormatVersion=version
    )["IntegrationId"]
    authorizer = client.create_authorizer(
        ApiId=api_id,
        Name="auth",
        AuthorizerType="REQUEST",
        AuthorizerUri=URI,
        AuthorizerPayloadFormatVersion="2.0",
        EnableSimpleResponses=simple,
        IdentitySource=["$request.header.Authorization", "$context.routeKey"],
        AuthorizerResultTtlInSeconds=60,
    )["AuthorizerId"]
    target = f"integrations/{integration}"
    client.create_route(ApiId=api_id, RouteKey="GET /open", Target=target, AuthorizationType="NONE")
    client.create_route(
        ApiId=api_id, RouteKey="GET /shut", Target=target, AuthorizationType="CUSTOM", AuthorizerId=authorizer
    )
    return api_id


def test_the_deployed_api_is_read_back(services: LocalClients) -> None:
    client = services("apigatewayv2")
    deployed = read_api(client, create(client))
    open_route, shut = (deployed.find("GET", path) for path in ("/open", "/shut"))
    assert open_route is not None
    assert shut is not None
    assert (open_route[0].function_arn, open_route[0].authorizer) == (FUNCTION, None)
    authorizer = shut[0].authorizer
    assert authorizer is not None
    sources = ("$request.header.Authorization", "$context.routeKey")
    assert authorizer == AuthorizerSettings(authorizer.authorizer_id, FUNCTION, sources, 60)


def test_the_origins_of_the_deployed_api_are_read_back(services: LocalClients) -> None:
    client = services("apigatewayv2")
    api_id = create(client)
    assert read_api(client, api_id).cors is None
    configuration = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"], "MaxAge": 60}
    client.update_api(ApiId=api_id, CorsConfiguration=configuration)
    assert read_api(client, api_id).cors == Cors(("https://a.example",), ("GET",), (), (), 60)


@pytest.mark.parametrize("options", [{"kind": "HTTP_PROXY"}, {"version": "1.0"}, {"simple": False}])
def test_what_the_gateway_would_not_carry_out_is_refused(services: LocalClients, options: dict[str, Any]) -> None:
    client = services("apigatewayv2")
    with pytest.raises(LocalStackError):
        read_api(client, create(client, **options))
