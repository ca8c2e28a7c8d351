"""The handlers by resource type: one module and one table a service."""

from txplatform.local.deploy.resource import Handler
from txplatform.local.deploy.services import (
    apigatewayv2,
    athena,
    cloudwatch,
    cognito,
    dynamodb,
    glue,
    iam,
    lambda_,
    logs,
    s3,
    scheduler,
    secretsmanager,
    sns,
    sqs,
)

_SERVICES = (
    *(apigatewayv2, athena, cloudwatch, cognito, dynamodb, glue, iam, lambda_, logs),
    *(s3, scheduler, secretsmanager, sns, sqs),
)
HANDLERS: dict[str, Handler] = {kind: handler for service in _SERVICES for kind, handler in service.HANDLERS.items()}
