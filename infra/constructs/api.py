"""The HTTP API: routes of every entity, the Lambda authorizer in front, and the access log.

Made of single resources, because the higher-level construct hangs integration and permissions below whichever route
comes first, so that a new entity would replace them.
"""

import json
from collections.abc import Iterable

from aws_cdk import (
    Aws,
    Duration,
    aws_apigatewayv2,
    aws_lambda,
    aws_logs,
)
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.environments import CrossOrigin, Environment
from txplatform.contracts import names

AUTHORIZER_CACHE = Duration.minutes(5)

# What was asked for by which program, and how it was answered: no personal data, so neither an address nor a path, a
# query, a header, a token or a body. Messages of errors stay out too: that of a function can quote anything.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "route": "$context.routeKey",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "latencyMs": "$context.responseLatency",
    "issuer": "$context.authorizer.issuer",
    "client": "$context.authorizer.client_id",
    "meter": "$context.authorizer.meter",
    "authorizerStatus": "$context.authorizer.status",
    "functionStatus": "$context.integration.status",
    "functionRequestId": "$context.integration.requestId",
    "error": "$context.error.responseType",
}
# Requests, those that were refused, and those that the server could not answer. In the log, a status is a text.
_METRICS_OF_CLIENTS = {
    names.CLIENT_REQUESTS_METRIC: "",
    names.CLIENT_REFUSALS_METRIC: ' && $.status = "4*"',
    names.CLIENT_FAILURES_METRIC: ' && $.status = "5*"',
}


def entity_routes(entity: str) -> list[str]:
    """List the route keys of an entity."""
    path = f"/{names.API_VERSION}/{entity}"
    collection = [f"GET {path}", f"POST {path}", f"POST {path}/batch"]
    return collection + [f"{method} {path}/{{key}}" for method in ("GET", "PUT", "PATCH", "DELETE")]


def _cors(cross_origin: CrossOrigin, queries: Iterable[str]) -> aws_apigatewayv2.CfnApi.CorsProperty:
    return aws_apigatewayv2.CfnApi.CorsProperty(
        allow_origins=list(cross_origin.origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[*names.REQUEST_HEADERS, *sorted(queries)],
        expose_headers=list(names.ANSWER_HEADERS),
        max_age=cross_origin.max_age,
    )


class ApiConstruct(Construct):
    """One API with concrete routes an entity, behind the authorizer, whose answer is cached per token and route.

    Only the webhook door, and documents that the environment opens, are served without it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        environment: Environment,
        *,
        data_api: aws_lambda.CfnFunction,
        authorizer: aws_lambda.CfnFunction,
        webhook: aws_lambda.CfnFunction,
        queries: Iterable[str],
    ) -> None:
        """`queries` are the names of the headers in which lists are asked for personal values."""
        super().__init__(scope, construct_id)
        self.api = aws_apigatewayv2.CfnApi(
            self,
            "Api",
            name=names.PREFIX,
            description="Create, read, replace, patch, delete, list and batch-write the platform's entities.",
            protocol_type="HTTP",
            cors_configuration=None if environment.cross_origin is None else _cors(environment.cross_origin, queries),
        )
        self._authorizer = self._lambda_authorizer(authorizer)
        self._integration = self._integrate("Integration", data_api)
        self._permit("DataApiPermission", data_api, "*/*/*")
        door = self._add_door(webhook)
        self._stage(environment, door)
        self._open = environment.open_documents
        self._add_document(names.Document.HEALTH, names.HEALTH_PATH)
        self._add_document(names.Document.OPENAPI, names.OPENAPI_PATH)

    def add_entity(self, entity: str) -> None:
        """Add the routes of an entity."""
        for route_key in entity_routes(entity):
            self._add_route(route_key, self._integration)
        self._add_document(names.Document.SCHEMAS, names.schema_path(entity))

    def _add_door(self, webhook: aws_lambda.CfnFunction) -> aws_apigatewayv2.CfnRoute:
        """Add the route of the webhook door, which takes every method so that it can answer what is no POST."""
        integration = self._integrate("WebhookIntegration", webhook)
        self._permit("WebhookPermission", webhook, f"*/*{names.WEBHOOK_PATH.replace(names.SYSTEM_SLOT, '*')}")
        return self._add_route(
            f"ANY {names.WEBHOOK_PATH}",
            integration,
            open_because="The function verifies the signature of the source system, which has no token.",
        )

    def _add_document(self, document: names.Document, path: str) -> None:
        is_open = document in self._open
        reason = "A document without data of a record, which the environment opens to everyone." if is_open else None
        self._add_route(f"GET {path}", self._integration, open_because=reason)

    def _integrate(self, construct_id: str, function: aws_lambda.CfnFunction) -> aws_apigatewayv2.CfnIntegration:
        return aws_apigatewayv2.CfnIntegration(
            self,
            construct_id,
            api_id=self.api.ref,
            integration_type="AWS_PROXY",
            integration_uri=function.attr_arn,
            payload_format_version="2.0",
        )

    def _add_route(
        self, route_key: str, integration: aws_apigatewayv2.CfnIntegration, *, open_because: str | None = None
    ) -> aws_apigatewayv2.CfnRoute:
        """Add a route behind the authorizer, or without it for a reason."""
        route = aws_apigatewayv2.CfnRoute(
            self,
            f"Route {route_key}",
            api_id=self.api.ref,
            route_key=route_key,
            authorization_type="NONE" if open_because else "CUSTOM",
            authorizer_id=None if open_because else self._authorizer.ref,
            target=f"integrations/{integration.ref}",
        )
        if open_because:
            acknowledge(route, "APIG4", open_because)
        return route

    def _lambda_authorizer(self, function: aws_lambda.CfnFunction) -> aws_apigatewayv2.CfnAuthorizer:
        gateway = f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}:lambda:path/2015-03-31/functions"
        authorizer = aws_apigatewayv2.CfnAuthorizer(
            self,
            "Authorizer",
            api_id=self.api.ref,
            name=names.function_name(names.Function.AUTHORIZER),
            authorizer_type="REQUEST",
            authorizer_uri=f"{gateway}/{function.attr_arn}/invocations",
            authorizer_payload_format_version="2.0",
            enable_simple_responses=True,
            # The route is part of the cache key: a token that may read an entity may not write another.
            identity_source=["$request.header.Authorization", "$context.routeKey"],
            authorizer_result_ttl_in_seconds=AUTHORIZER_CACHE.to_seconds(),
        )
        self._permit("AuthorizerPermission", function, f"authorizers/{authorizer.ref}")
        return authorizer

    def _permit(self, construct_id: str, function: aws_lambda.CfnFunction, caller: str) -> None:
        execute_api = f"arn:{Aws.PARTITION}:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:{self.api.ref}"
        aws_lambda.CfnPermission(
            self,
            construct_id,
            action="lambda:InvokeFunction",
            function_name=function.attr_arn,
            principal="apigateway.amazonaws.com",
            source_arn=f"{execute_api}/{caller}",
        )

    def _stage(self, environment: Environment, door: aws_apigatewayv2.CfnRoute) -> None:
        log_group = aws_logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/aws/apigateway/{names.PREFIX}",
            retention=environment.log_retention,
            removal_policy=environment.removal_policy,
        )
        for metric, condition in _METRICS_OF_CLIENTS.items():
            self._count(log_group, metric, f'$.meter = "*" && $.meter != "-"{condition}', "Client", "$.meter")
        self._count(log_group, names.THROTTLED_REQUESTS_METRIC, '$.status = "429"', "Route", "$.route")
        stage = aws_apigatewayv2.CfnStage(
            self,
            "Stage",
            api_id=self.api.ref,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=aws_apigatewayv2.CfnStage.AccessLogSettingsProperty(
                destination_arn=log_group.log_group_arn, format=json.dumps(_ACCESS_LOG)
            ),
            default_route_settings=aws_apigatewayv2.CfnStage.RouteSettingsProperty(
                detailed_metrics_enabled=True,
                throttling_rate_limit=environment.api_rate,
                throttling_burst_limit=environment.api_burst,
            ),
            route_settings={
                door.route_key: {
                    "DetailedMetricsEnabled": True,
                    "ThrottlingRateLimit": environment.webhook_rate,
                    "ThrottlingBurstLimit": environment.webhook_burst,
                }
            },
        )
        stage.add_resource_dependency(door)  # settings of a route that is not there are refused

    def _count(self, access_log: aws_logs.LogGroup, metric: str, condition: str, dimension: str, value: str) -> None:
        """Make a metric of the lines of the access log that fulfil a condition. What a line lacks is "-" in it."""
        aws_logs.CfnMetricFilter(
            self,
            metric,
            log_group_name=access_log.log_group_name,
            filter_pattern=f"{{ {condition} }}",
            metric_transformations=[
                aws_logs.CfnMetricFilter.MetricTransformationProperty(
                    metric_namespace=names.METRIC_NAMESPACE,
                    metric_name=metric,
                    metric_value="1",
                    unit="Count",
                    dimensions=[aws_logs.CfnMetricFilter.DimensionProperty(key=dimension, value=value)],
                )
            ],
        )
