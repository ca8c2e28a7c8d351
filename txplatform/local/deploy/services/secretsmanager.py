"""Secrets Manager: secrets with a given value."""

from txplatform.local.deploy.resource import Context, Created, Handler, Properties


def create_secret(context: Context, logical_id: str, properties: Properties) -> Created:
    secret = properties.pick("Description", "Name", "SecretString")
    arn = context.client("secretsmanager").create_secret(**secret)["ARN"]
    return Created(arn, {"Id": arn})


HANDLERS: dict[str, Handler] = {"AWS::SecretsManager::Secret": create_secret}
