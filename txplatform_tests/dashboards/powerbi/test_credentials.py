"""The service principal comes from Secrets Manager, and errors say nothing of what a secret holds."""

from contextlib import nullcontext
from typing import Any

import pytest
from botocore.exceptions import ClientError

from txplatform.dashboards.powerbi.refresh import connection
from txplatform.errors import ConfigurationError


class Aws:
    """Clients of which the one of Secrets Manager answers with a text, or an error."""

    def __init__(self, answer: str | ClientError) -> None:
        self._answer = answer

    def client(self, service: str) -> "Aws":
        assert service == "secretsmanager"
        return self

    def translate_errors(self) -> Any:
        return nullcontext()

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - boto3's own
        assert SecretId == "txplatform/powerbi"
        if isinstance(self._answer, ClientError):
            raise self._answer
        return {"SecretString": self._answer}


def read(answer: str | ClientError) -> Any:
    aws: Any = Aws(answer)
    return connection(aws)


def test_the_token_comes_from_the_tenant_of_the_principal() -> None:
    read_from = read(
        '{"tenant_id": "contoso", "client_id": "a", "client_secret": "b", "workspace_id": "w", "model_id": "m"}'
    )
    found = read_from.credentials
    assert (read_from.workspace, read_from.model) == ("w", "m")
    assert found.token_url == "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"
    assert (found.client_id, found.client_secret) == ("a", "b")
    assert found.scopes == ("https://analysis.windows.net/powerbi/api/.default",)
    assert "client_secret" not in repr(found)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue"), "ResourceNotFoundException"),
        ('{"tenant_id": "contoso", "client_id": "hush"}', "it is not of this form"),
        (
            '{"tenant_id": "a", "client_id": "hush", "client_secret": "", "workspace_id": "w", "model_id": "m"}',
            "it is not",
        ),
        ('["hush"]', "it is not of this form"),
        ("hush", "it is not of this form"),
    ],
)
def test_a_secret_of_another_form_is_refused_without_a_word_of_it(answer: str | ClientError, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"the secret txplatform/powerbi cannot be used: {reason}") as caught:
        read(answer)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None or isinstance(caught.value.__cause__, ClientError)
