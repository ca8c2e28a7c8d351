"""Cognito: user pools, resource servers, domains and clients."""

from txplatform.local.deploy.resource import Context, Created, Handler, Properties

_POOL = (
    *("AccountRecoverySetting", "AdminCreateUserConfig", "EmailVerificationMessage", "EmailVerificationSubject"),
    *("Policies", "SmsVerificationMessage", "VerificationMessageTemplate"),
)
_CLIENT = (
    *("AllowedOAuthFlows", "AllowedOAuthFlowsUserPoolClient", "AllowedOAuthScopes", "ClientName", "GenerateSecret"),
    *("SupportedIdentityProviders", "UserPoolId"),
)


def create_user_pool(context: Context, logical_id: str, properties: Properties) -> Created:
    name = properties.require("UserPoolName")
    pool = context.client("cognito-idp").create_user_pool(PoolName=name, **properties.pick(*_POOL))["UserPool"]
    provider = f"cognito-idp.{context.region}.amazonaws.com/{pool['Id']}"
    attributes = {"Arn": pool["Arn"], "ProviderName": provider, "ProviderURL": f"https://{provider}"}
    return Created(pool["Id"], {**attributes, "UserPoolId": pool["Id"]})


def create_resource_server(context: Context, logical_id: str, properties: Properties) -> Created:
    server = properties.pick("Identifier", "Name", "Scopes", "UserPoolId")
    context.client("cognito-idp").create_resource_server(**server)
    return Created(server["Identifier"])


def create_domain(context: Context, logical_id: str, properties: Properties) -> Created:
    domain = properties.pick("Domain", "UserPoolId")
    context.client("cognito-idp").create_user_pool_domain(**domain)
    return Created(domain["Domain"])


def create_client(context: Context, logical_id: str, properties: Properties) -> Created:
    answer = context.client("cognito-idp").create_user_pool_client(**properties.pick(*_CLIENT))
    client = answer["UserPoolClient"]
    return Created(client["ClientId"], {"ClientId": client["ClientId"], "ClientSecret": client["ClientSecret"]})


HANDLERS: dict[str, Handler] = {
    "AWS::Cognito::UserPool": create_user_pool,
    "AWS::Cognito::UserPoolClient": create_client,
    "AWS::Cognito::UserPoolDomain": create_domain,
    "AWS::Cognito::UserPoolResourceServer": create_resource_server,
}
