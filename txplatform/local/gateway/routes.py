"""The routes of the deployed HTTP API with their integrations and authorizers, read back from API Gateway."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from txplatform.local.errors import LocalStackError
from txplatform.local.gateway.cors import Cors

_INVOCATION_URI = re.compile(r":lambda:path/[^/]+/functions/(?P<arn>.+)/invocations$")


@dataclass(frozen=True, slots=True)
class AuthorizerSettings:
    """A Lambda authorizer with simple responses; `ttl` is in seconds, 0 caches nothing."""

    authorizer_id: str
    function_arn: str
    identity_sources: tuple[str, ...]
    ttl: int


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `segments` is its path in parts; a part in braces is a parameter, `{name+}` takes the rest."""

    key: str
    method: str
    segments: tuple[str, ...]
    function_arn: str
    authorizer: AuthorizerSettings | None = None

    def match(self, method: str, segments: tuple[str, ...]) -> dict[str, str] | None:
        """Return the decoded path parameters when the request is this route's, else None."""
        if self.method not in (method, "ANY"):
            return None
        parameters: dict[str, str] = {}
        for position, part in enumerate(self.segments):
            if part.endswith("+}"):
                rest = "/".join(segments[position:])
                return parameters | {part[1:-2]: unquote(rest)} if rest else None
            if position >= len(segments):
                return None
            if part.startswith("{") and segments[position]:
                parameters[part[1:-1]] = unquote(segments[position])
            elif part != unquote(segments[position]):
                return None
        return parameters if len(segments) == len(self.segments) else None

    @property
    def rank(self) -> tuple[bool, tuple[int, ...], bool]:
        """The order of API Gateway: literal parts before parameters before `{name+}`, a named method before ANY."""
        weights = tuple(2 if part.endswith("+}") else int(part.startswith("{")) for part in self.segments)
        return (self.key == "$default", weights, self.method == "ANY")


@dataclass(frozen=True, slots=True)
class Api:
    """The deployed API; without routes where none is deployed. `log_format` is that of a line of its access log."""

    api_id: str
    routes: tuple[Route, ...]
    cors: Cors | None = None
    log_format: str | None = None

    def find(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the most specific route of a request, given its undecoded path, and the path parameters."""
        segments = split_path(raw_path)
        for route in self.routes:
            parameters = route.match(method, segments)
            if parameters is not None:
                return route, parameters
        return None


NO_API = Api("", ())


def split_path(path: str) -> tuple[str, ...]:
    """Return the parts of a path; empty ones count, so that /a/ and //a do not stand for /a."""
    return tuple(path.removeprefix("/").split("/")) if path != "/" else ()


def read_api(apigatewayv2: Any, api_id: str) -> Api:
    """Read the API; raise LocalStackError for an integration or authorizer that the gateway does not carry out."""
    integrations = {item["IntegrationId"]: item for item in apigatewayv2.get_integrations(ApiId=api_id)["Items"]}
    items = apigatewayv2.get_routes(ApiId=api_id)["Items"]
    # One by one: moto has no GetAuthorizers.
    authorizers = {
        authorizer_id: _authorizer(apigatewayv2.get_authorizer(ApiId=api_id, AuthorizerId=authorizer_id))
        for authorizer_id in {item["AuthorizerId"] for item in items if item.get("AuthorizerId")}
    }
    routes = [_route(item, integrations, authorizers) for item in items]
    configuration = apigatewayv2.get_api(ApiId=api_id).get("CorsConfiguration")
    stages = apigatewayv2.get_stages(ApiId=api_id)["Items"]
    log_format = next((item["AccessLogSettings"]["Format"] for item in stages if item.get("AccessLogSettings")), None)
    return Api(api_id, ordered(routes), Cors.read(configuration) if configuration else None, log_format)


def ordered(routes: Iterable[Route]) -> tuple[Route, ...]:
    """Return `routes` most specific first."""
    return tuple(sorted(routes, key=lambda route: route.rank))


def _route(
    item: dict[str, Any], integrations: dict[str, dict[str, Any]], authorizers: dict[str, AuthorizerSettings]
) -> Route:
    key = item["RouteKey"]
    integration = integrations[item["Target"].rpartition("/")[2]]
    kind, version = integration["IntegrationType"], integration.get("PayloadFormatVersion")
    if (kind, version) != ("AWS_PROXY", "2.0"):
        raise LocalStackError(f"local stack: route '{key}' has a {kind} integration with payload format {version}")
    wanted = item.get("AuthorizationType", "NONE")
    if wanted not in ("NONE", "CUSTOM"):
        raise LocalStackError(f"local stack: route '{key}' asks for {wanted} authorization")
    method, _, path = key.partition(" ")
    return Route(
        key=key,
        method="ANY" if key == "$default" else method,
        segments=("{proxy+}",) if key == "$default" else split_path(path),
        function_arn=_function_arn(integration["IntegrationUri"]),
        authorizer=authorizers[item["AuthorizerId"]] if wanted == "CUSTOM" else None,
    )


def _authorizer(item: dict[str, Any]) -> AuthorizerSettings:
    kind, version = item["AuthorizerType"], item.get("AuthorizerPayloadFormatVersion")
    if (kind, version, item.get("EnableSimpleResponses")) != ("REQUEST", "2.0", True):
        raise LocalStackError(
            f"local stack: authorizer '{item['Name']}' is not a Lambda authorizer with simple responses in format 2.0"
        )
    return AuthorizerSettings(
        authorizer_id=item["AuthorizerId"],
        function_arn=_function_arn(item["AuthorizerUri"]),
        identity_sources=tuple(item.get("IdentitySource") or ()),
        ttl=int(item.get("AuthorizerResultTtlInSeconds", 300)),
    )


def _function_arn(uri: str) -> str:
    found = _INVOCATION_URI.search(uri)
    return found["arn"] if found else uri
