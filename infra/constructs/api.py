"""The HTTP API: routes of every entity, the Lambda authorizer in front, and the access log."""

import json
from collections.abc import Sequence

from aws_cdk import (
    Duration,
    RemovalPolicy,
    aws_apigatewayv2,
    aws_apigatewayv2_authorizers,
    aws_apigatewayv2_integrations,
    aws_lambda,
    aws_logs,
)
from constructs import Construct

from infra.environments import Environment
from txplatform.contracts import names

# What happened, and to whom it was answered; neither token nor body.
_ACCESS_LOG = {
    name: f"$context.{variable}"
    for name, variable in {
        "requestId": "requestId",
        "time": "requestTimeEpoch",
        "ip": "identity.sourceIp",
        "route": "routeKey",
        "status": "status",
        "bytes": "responseLength",
        "latencyMs": "responseLatency",
        "authorizerError": "authorizer.error",
        "integrationError": "integrationErrorMessage",
    }.items()
}
_METHOD = aws_apigatewayv2.HttpMethod


class ApiConstruct(Construct):
    """One API with concrete routes an entity, all behind the authorizer, whose answer is cached per token and route."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        environment: Environment,
        *,
        data_api: aws_lambda.IFunction,
        authorizer: aws_lambda.IFunction,
    ) -> None:
        super().__init__(scope, construct_id)
        self.api = aws_apigatewayv2.HttpApi(
            self,
            "Http",
            api_name=names.PREFIX,
            description="Create, read, replace, delete, list and batch-write the entities of the transaction platform.",
            create_default_stage=False,
            default_authorizer=aws_apigatewayv2_authorizers.HttpLambdaAuthorizer(
                "Authorizer",
                authorizer,
                authorizer_name=names.function_name(names.Function.AUTHORIZER),
                response_types=[aws_apigatewayv2_authorizers.HttpLambdaResponseType.SIMPLE],
                # The route is part of the cache key: a token that may read an entity may not write another.
                identity_source=["$request.header.Authorization", "$context.routeKey"],
                results_cache_ttl=Duration.minutes(5),
            ),
        )
        self._integration = aws_apigatewayv2_integrations.HttpLambdaIntegration(
            "DataApi",
            data_api,
            payload_format_version=aws_apigatewayv2.PayloadFormatVersion.VERSION_2_0,
            scope_permission_to_route=False,
        )
        log_group = aws_logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/aws/apigateway/{names.PREFIX}",
            retention=environment.log_retention,
            removal_policy=RemovalPolicy.RETAIN if environment.retain_data else RemovalPolicy.DESTROY,
        )
        self.stage = aws_apigatewayv2.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            detailed_metrics_enabled=True,
        )
        stage = self.stage.node.default_child
        assert isinstance(stage, aws_apigatewayv2.CfnStage)
        stage.access_log_settings = aws_apigatewayv2.CfnStage.AccessLogSettingsProperty(
            destination_arn=log_group.log_group_arn, format=json.dumps(_ACCESS_LOG)
        )

    def add_entity(self, entity: str) -> None:
        """Add the routes of an entity."""
        self._add(f"/{names.API_VERSION}/{entity}", [_METHOD.GET, _METHOD.POST])
        self._add(f"/{names.API_VERSION}/{entity}/batch", [_METHOD.POST])
        self._add(f"/{names.API_VERSION}/{entity}/{{key}}", [_METHOD.GET, _METHOD.PUT, _METHOD.DELETE])

    def _add(self, path: str, methods: Sequence[aws_apigatewayv2.HttpMethod]) -> None:
        self.api.add_routes(path=path, methods=list(methods), integration=self._integration)
