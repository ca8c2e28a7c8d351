"""Who may call the API: the Cognito user pool, its scopes, and the machine client with its secret."""

from collections.abc import Sequence

from aws_cdk import Aws, SecretValue, aws_cognito, aws_secretsmanager
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.environments import Environment
from txplatform.contracts import names


class IdentityConstruct(Construct):
    """A pool for machines only. Two scopes an entity; one client that may ask for all of them with its secret."""

    def __init__(self, scope: Construct, construct_id: str, environment: Environment, entities: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        self.pool = aws_cognito.UserPool(
            self,
            "Pool",
            user_pool_name=names.PREFIX,
            self_sign_up_enabled=False,
            password_policy=aws_cognito.PasswordPolicy(
                min_length=14, require_digits=True, require_lowercase=True, require_symbols=True, require_uppercase=True
            ),
            removal_policy=environment.removal_policy,
        )
        no_people = (
            "The pool holds machine clients only: nobody signs up or signs in, so there is no session to protect."
        )
        for rule in ("COG2", "COG3", "COG8"):
            acknowledge(self.pool, rule, no_people)
        self.client = self._client(entities)
        domain = self.pool.add_domain(
            "Domain",
            cognito_domain=aws_cognito.CognitoDomainOptions(domain_prefix=f"{names.PREFIX}-{Aws.ACCOUNT_ID}"),
        )
        self.token_url = f"{domain.base_url()}/oauth2/token"
        self.issuer = self.pool.user_pool_provider_url
        self.jwks_url = f"{self.issuer}/.well-known/jwks.json"
        self.secret = self._secret()

    def _client(self, entities: Sequence[str]) -> aws_cognito.UserPoolClient:
        scopes = [
            aws_cognito.ResourceServerScope(scope_name=scope(entity), scope_description=f"{verb} {entity}")
            for entity in entities
            for verb, scope in (("Read", names.read_scope), ("Write", names.write_scope))
        ]
        server = self.pool.add_resource_server("Api", identifier=names.RESOURCE_SERVER, scopes=scopes)
        return self.pool.add_client(
            "Machine",
            user_pool_client_name=f"{names.PREFIX}-machine",
            generate_secret=True,
            o_auth=aws_cognito.OAuthSettings(
                flows=aws_cognito.OAuthFlows(client_credentials=True),
                scopes=[aws_cognito.OAuthScope.resource_server(server, scope) for scope in scopes],
            ),
        )

    def _secret(self) -> aws_secretsmanager.Secret:
        client = self.client.node.default_child
        assert isinstance(client, aws_cognito.CfnUserPoolClient)
        secret = aws_secretsmanager.Secret(
            self,
            "MachineSecret",
            secret_name=f"{names.PREFIX}/machine-client",
            description="Client id and secret of the machine client of the API.",
            secret_object_value={
                "client_id": SecretValue.resource_attribute(client.ref),
                # The resource's own attribute: the higher-level property would bring a custom resource.
                "client_secret": SecretValue.resource_attribute(client.attr_client_secret),
            },
        )
        acknowledge(
            secret,
            "SMG4",
            "Cognito issues the secret with the client; it rotates by replacing the client, which rewrites this value.",
        )
        return secret
