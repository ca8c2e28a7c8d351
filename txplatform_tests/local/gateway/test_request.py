"""Events of payload format 2.0."""

from typing import Any

from txplatform.local.gateway.request import Request, authorizer_event, integration_event
from txplatform.local.gateway.routes import Route

ROUTE = Route("GET /v1/payments/{key}", "GET", ("v1", "payments", "{key}"), "arn")


def event(**parts: Any) -> dict[str, Any]:
    request = Request(**({"method": "GET", "raw_path": "/v1/payments/a%252Fb"} | parts))
    return integration_event(request, ROUTE, {"key": "a%2Fb"}, "api", None)


def test_paths_are_decoded_once() -> None:
    made = event()
    assert made["rawPath"] == "/v1/payments/a%2Fb"
    assert made["pathParameters"] == {"key": "a%2Fb"}
    assert made["routeKey"] == "GET /v1/payments/{key}"
    assert made["requestContext"]["http"]["method"] == "GET"
    assert made["requestContext"]["stage"] == "$default"


def test_repeated_query_parameters_are_joined() -> None:
    made = event(query="a=1&a=2&b=x%20y&empty=")
    assert made["rawQueryString"] == "a=1&a=2&b=x%20y&empty="
    assert made["queryStringParameters"] == {"a": "1,2", "b": "x y", "empty": ""}
    assert "queryStringParameters" not in event()


def test_cookies_leave_the_headers() -> None:
    made = event(headers={"cookie": "a=1; b=2", "accept": "*/*"})
    assert made["cookies"] == ["a=1", "b=2"]
    assert made["headers"] == {"accept": "*/*"}


def test_bodies() -> None:
    assert "body" not in event()
    assert (event(body=b'{"\xc3\xa9":1}')["body"], event(body=b"{}")["isBase64Encoded"]) == ('{"é":1}', False)
    binary = event(body=b"\xff\x00")
    assert (binary["body"], binary["isBase64Encoded"]) == ("/wA=", True)


def test_the_authorizers_context_is_passed_on() -> None:
    made = integration_event(Request("GET", "/v1/payments/x"), ROUTE, {}, "api", {"client_id": "c"})
    assert made["requestContext"]["authorizer"] == {"lambda": {"client_id": "c"}}


def test_an_authorizer_gets_identity_and_route() -> None:
    request = Request("GET", "/v1/payments/x", headers={"authorization": "Bearer t"})
    made = authorizer_event(request, ROUTE, {"key": "x"}, "api", ("Bearer t", ROUTE.key))
    assert made["type"] == "REQUEST"
    assert made["version"] == "2.0"
    assert made["identitySource"] == ["Bearer t", "GET /v1/payments/{key}"]
    assert made["routeArn"] == "arn:aws:execute-api:us-east-1:123456789012:api/$default/GET/v1/payments/x"
    assert "body" not in made


def test_identity_sources() -> None:
    request = Request("GET", "/", query="q=1", headers={"authorization": "t"})
    sources = ["$request.header.Authorization", "$request.querystring.q", "$context.routeKey", "$request.header.x"]
    assert [request.value_of(source, ROUTE, "api") for source in sources] == ["t", "1", ROUTE.key, None]
