"""Who may call the API: the Cognito user pool with its scopes and machine clients, and issuers besides it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Aws, CfnParameter, SecretValue, Stack, aws_cognito, aws_secretsmanager
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.environments import Environment, SourceSystem
from txplatform.contracts import names
from txplatform.errors import ConfigurationError

_FURTHER_ISSUERS_LENGTH = 2800  # all variables of a function together have 4 KB
_SYSTEM_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True, slots=True)
class MachineClient:
    """A client of the pool, and the secret that holds its id and its secret."""

    client: aws_cognito.UserPoolClient
    secret: aws_secretsmanager.Secret

    @property
    def client_id(self) -> str:
        return self.client.user_pool_client_id


class IdentityConstruct(Construct):
    """A pool for machines only, with three scopes an entity and a client for each who calls the API.

    `machine` may ask for every scope, `source` for writing, and each source system for what its environment says.
    `further_issuers` is a parameter of the template: which other providers are trusted is said when it is deployed.
    """

    def __init__(self, scope: Construct, construct_id: str, environment: Environment, entities: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        self._environment = environment
        self.pool = self._pool()
        scopes = {name: words for entity in entities for name, words in names.scopes(entity).items()}
        self._scopes = [
            aws_cognito.ResourceServerScope(scope_name=name, scope_description=description)
            for name, description in scopes.items()
        ]
        self._server = self.pool.add_resource_server("Api", identifier=names.RESOURCE_SERVER, scopes=self._scopes)
        self.machine = self._client("Machine", names.MACHINE_CLIENT, list(scopes))
        domain = self.pool.add_domain(
            "Domain",
            cognito_domain=aws_cognito.CognitoDomainOptions(domain_prefix=f"{names.PREFIX}-{Aws.ACCOUNT_ID}"),
        )
        self.token_url = f"{domain.base_url()}/oauth2/token"
        self.issuer = self.pool.user_pool_provider_url
        self.jwks_url = f"{self.issuer}/.well-known/jwks.json"
        self.source = self._client("Source", names.SOURCE_CLIENT, [names.write_scope(entity) for entity in entities])
        self.systems = {system.name: self._system(system, list(scopes)) for system in environment.source_systems}
        # Under the stack itself, so that whoever deploys writes the parameter's name as it is.
        self.further_issuers = CfnParameter(
            Stack.of(self),
            "FurtherIssuers",
            type="String",
            default="[]",
            max_length=_FURTHER_ISSUERS_LENGTH,
            allowed_pattern=r"\s*\[[\s\S]*\]\s*",
            description="Issuers besides the user pool whose tokens the API takes: a JSON list of objects.",
        ).value_as_string

    @property
    def issuers(self) -> str:
        """The pool as the authorizer is configured with it."""
        clients = [self.machine, self.source, *self.systems.values()]
        pool = {
            "kind": "cognito",
            "issuer": self.issuer,
            "jwks_url": self.jwks_url,
            "client_ids": [client.client_id for client in clients],
            "scope_prefix": f"{names.RESOURCE_SERVER}/",
        }
        return Stack.of(self).to_json_string([pool])

    def _pool(self) -> aws_cognito.UserPool:
        pool = aws_cognito.UserPool(
            self,
            "Pool",
            user_pool_name=names.PREFIX,
            self_sign_up_enabled=False,
            password_policy=aws_cognito.PasswordPolicy(
                min_length=14, require_digits=True, require_lowercase=True, require_symbols=True, require_uppercase=True
            ),
            removal_policy=self._environment.removal_policy,
        )
        no_people = (
            "The pool holds machine clients only: nobody signs up or signs in, so there is no session to protect."
        )
        for rule in ("COG2", "COG3", "COG8"):
            acknowledge(pool, rule, no_people)
        return pool

    def _system(self, system: SourceSystem, known: Sequence[str]) -> MachineClient:
        if not _SYSTEM_NAME.fullmatch(system.name) or system.name in (names.MACHINE_CLIENT, names.SOURCE_CLIENT):
            raise ConfigurationError(
                f"{system.name!r} can name no source system. Remedy: use small characters, digits and hyphens, and "
                f"neither {names.MACHINE_CLIENT} nor {names.SOURCE_CLIENT}"
            )
        unknown = set(system.scopes) - set(known)
        if unknown or not system.scopes:
            raise ConfigurationError(
                f"source system {system.name} has no scopes, or scopes that no entity has: {sorted(unknown)}. "
                f"Remedy: name some of {', '.join(known)} in infra/environments.py"
            )
        return self._client(f"System-{system.name}-", system.name, system.scopes)

    def _client(self, construct_id: str, name: str, scopes: Sequence[str]) -> MachineClient:
        client = self.pool.add_client(
            construct_id,
            user_pool_client_name=names.machine_client(name),
            generate_secret=True,
            o_auth=aws_cognito.OAuthSettings(
                flows=aws_cognito.OAuthFlows(client_credentials=True),
                scopes=[
                    aws_cognito.OAuthScope.resource_server(self._server, scope)
                    for scope in self._scopes
                    if scope.scope_name in scopes
                ],
            ),
        )
        return MachineClient(client, self._secret(f"{construct_id}Secret", name, client))

    def _secret(self, construct_id: str, name: str, client: aws_cognito.UserPoolClient) -> aws_secretsmanager.Secret:
        resource = client.node.default_child
        assert isinstance(resource, aws_cognito.CfnUserPoolClient)
        secret = aws_secretsmanager.Secret(
            self,
            construct_id,
            secret_name=names.machine_secret(name),
            description=f"Client id and secret of the {name} client of the API.",
            secret_object_value={
                "client_id": SecretValue.resource_attribute(resource.ref),
                # The resource's own attribute: the higher-level property would bring a custom resource.
                "client_secret": SecretValue.resource_attribute(resource.attr_client_secret),
            },
        )
        acknowledge(
            secret,
            "SMG4",
            "Cognito issues the secret with the client; it rotates by replacing the client, which rewrites this value.",
        )
        return secret
