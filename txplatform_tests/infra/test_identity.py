"""Who may call the API: one client for each caller with just its scopes, and the issuers that the authorizer trusts."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.environments import PRODUCTION, SourceSystem
from lambdas.authorizer.issuer_settings import parse_issuers
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.errors import ConfigurationError
from txplatform_tests.infra.synthesis import synthesise

ENTITIES = list(load_contracts())
CRM = SourceSystem("crm", ("customers.write", "customers.read"))


def of_type(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [item["Properties"] for item in resources.values() if item["Type"] == kind]


def scopes(resources: dict[str, Any]) -> dict[str, set[str]]:
    """What each client may ask for, by its name."""
    clients = of_type(resources, "AWS::Cognito::UserPoolClient")
    return {
        client["ClientName"]: {scope["Fn::Join"][1][1].strip("/") for scope in client["AllowedOAuthScopes"]}
        for client in clients
    }


def authorizer(resources: dict[str, Any]) -> dict[str, Any]:
    [found] = [
        item["Environment"]["Variables"]
        for item in of_type(resources, "AWS::Lambda::Function")
        if item["FunctionName"] == names.function_name(names.Function.AUTHORIZER)
    ]
    return found


def joined(expression: Any) -> str:
    """An expression as text; each reference is the name of what it refers to."""
    match expression:
        case str():
            return expression
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            return f"https://{name}"
        case {"Fn::Join": [separator, parts]}:
            return separator.join(map(joined, parts))
    raise AssertionError(expression)


def test_every_client_has_just_its_scopes(tmp_path: Path) -> None:
    found = scopes(synthesise(ENTITIES, tmp_path, replace(PRODUCTION, source_systems=(CRM,))))
    writing = {names.write_scope(name) for name in ENTITIES}
    assert found == {
        "txplatform-machine": {scope for name in ENTITIES for scope in names.scopes(name)},
        "txplatform-source": writing,
        "txplatform-crm": {"customers.read", "customers.write"},
    }


def test_every_client_has_a_secret_of_its_own(tmp_path: Path) -> None:
    resources = synthesise(ENTITIES, tmp_path, replace(PRODUCTION, source_systems=(CRM,)))
    secrets = {item["Name"]: joined(item["SecretString"]) for item in of_type(resources, "AWS::SecretsManager::Secret")}
    assert secrets.keys() == {f"txplatform/{name}-client" for name in ("machine", "source", "crm")}
    assert len(set(secrets.values())) == 3


def test_the_authorizer_takes_the_pool_with_all_its_clients_and_what_the_deployment_names(tmp_path: Path) -> None:
    resources = synthesise(ENTITIES, tmp_path, replace(PRODUCTION, source_systems=(CRM,)))
    variables = authorizer(resources)
    [pool] = parse_issuers(joined(variables["TXP_ISSUERS"])).all
    clients = {f"https://{name}" for name, item in resources.items() if item["Type"] == "AWS::Cognito::UserPoolClient"}
    assert (pool.kind, pool.scope_prefix, pool.client_ids) == ("cognito", "txplatform/", clients)
    assert variables["TXP_FURTHER_ISSUERS"] == {"Ref": "FurtherIssuers"}


@pytest.mark.parametrize(
    "system",
    [
        SourceSystem("crm", ()),
        SourceSystem("crm", ("customers.everything",)),
        SourceSystem("crm", ("unicorns.read",)),
        SourceSystem("machine", ("customers.read",)),
        SourceSystem("source", ("customers.read",)),
        SourceSystem("C R M", ("customers.read",)),
    ],
    ids=str,
)
def test_a_system_that_cannot_be_is_refused(system: SourceSystem, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Remedy"):
        synthesise(ENTITIES, tmp_path, replace(PRODUCTION, source_systems=(system,)))
