"""Where the model is, and by which service principal it is called: a secret, read when it is needed.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from txplatform.aws import AwsClients
from txplatform.client.tokens import ClientCredentials
from txplatform.contracts.names import POWER_BI_SECRET
from txplatform.errors import ConfigurationError

_AUTHORITY = "https://login.microsoftonline.com"
_SCOPE = "https://analysis.windows.net/powerbi/api/.default"
_MEMBERS = ("tenant_id", "client_id", "client_secret", "workspace_id", "model_id")


@dataclass(frozen=True, slots=True)
class Connection:
    """A semantic model, the workspace that it is in, and who may refresh it."""

    credentials: ClientCredentials
    workspace: str
    model: str


def connection(aws: AwsClients, authority: str = _AUTHORITY) -> Connection:
    """Read the secret; raise ConfigurationError, which never says what it holds, where there is no such one."""
    try:
        with aws.translate_errors():
            text = aws.client("secretsmanager").get_secret_value(SecretId=POWER_BI_SECRET)["SecretString"]
        tenant, client_id, client_secret, workspace, model = _members(json.loads(text))
    except (ClientError, KeyError, ValueError) as error:
        answered = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
        form = ", ".join(f'"{name}": …' for name in _MEMBERS)
        raise ConfigurationError(
            f"the secret {POWER_BI_SECRET} cannot be used: {answered or 'it is not of this form'}. Remedy: store "
            f"{{{form}}} of a service principal that may refresh the model, and allow the platform to read it"
        ) from (error if isinstance(error, ClientError) else None)
    url = f"{authority}/{tenant}/oauth2/v2.0/token"
    return Connection(ClientCredentials(url, client_id, client_secret, (_SCOPE,)), workspace, model)


def _members(document: Any) -> list[str]:
    read: dict[str, Any] = document if isinstance(document, dict) else {}
    found = [value for name in _MEMBERS if isinstance(value := read.get(name), str) and value]
    if len(found) < len(_MEMBERS):
        raise ValueError("the secret lacks a member")
    return found
