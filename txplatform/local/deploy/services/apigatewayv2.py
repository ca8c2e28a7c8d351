"""API Gateway v2: HTTP APIs with authorizers, integrations, routes and stages."""

from txplatform.local.deploy.resource import Context, Created, Handler, Properties

_API = ("CorsConfiguration", "Description", "Name", "ProtocolType")
_AUTHORIZER = (
    *("ApiId", "AuthorizerPayloadFormatVersion", "AuthorizerResultTtlInSeconds", "AuthorizerType", "AuthorizerUri"),
    *("EnableSimpleResponses", "IdentitySource", "Name"),
)
_INTEGRATION = ("ApiId", "IntegrationType", "IntegrationUri", "PayloadFormatVersion")
_ROUTE = ("ApiId", "AuthorizationType", "AuthorizerId", "RouteKey", "Target")
_STAGE = ("AccessLogSettings", "ApiId", "AutoDeploy", "RouteSettings", "StageName")
_ROUTE_SETTINGS = ("DetailedMetricsEnabled", "ThrottlingBurstLimit", "ThrottlingRateLimit")


def create_api(context: Context, logical_id: str, properties: Properties) -> Created:
    api = context.client("apigatewayv2").create_api(**properties.pick(*_API))
    return Created(api["ApiId"], {"ApiId": api["ApiId"], "ApiEndpoint": api["ApiEndpoint"]})


def create_authorizer(context: Context, logical_id: str, properties: Properties) -> Created:
    answer = context.client("apigatewayv2").create_authorizer(**properties.pick(*_AUTHORIZER))
    return Created(answer["AuthorizerId"], {"AuthorizerId": answer["AuthorizerId"]})


def create_integration(context: Context, logical_id: str, properties: Properties) -> Created:
    answer = context.client("apigatewayv2").create_integration(**properties.pick(*_INTEGRATION))
    return Created(answer["IntegrationId"], {"IntegrationId": answer["IntegrationId"]})


def create_route(context: Context, logical_id: str, properties: Properties) -> Created:
    answer = context.client("apigatewayv2").create_route(**properties.pick(*_ROUTE))
    return Created(answer["RouteId"], {"RouteId": answer["RouteId"]})


def create_stage(context: Context, logical_id: str, properties: Properties) -> Created:
    part = properties.part("DefaultRouteSettings")
    settings = part.pick(*_ROUTE_SETTINGS)
    part.finish()
    answer = context.client("apigatewayv2").create_stage(**properties.pick(*_STAGE), DefaultRouteSettings=settings)
    return Created(answer["StageName"])


HANDLERS: dict[str, Handler] = {
    "AWS::ApiGatewayV2::Api": create_api,
    "AWS::ApiGatewayV2::Authorizer": create_authorizer,
    "AWS::ApiGatewayV2::Integration": create_integration,
    "AWS::ApiGatewayV2::Route": create_route,
    "AWS::ApiGatewayV2::Stage": create_stage,
}
