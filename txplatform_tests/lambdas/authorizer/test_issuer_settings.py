"""How issuers are configured, and what is refused before a token is ever read."""

import json
from typing import Any

import pytest

from lambdas.authorizer.denial import DeniedError
from lambdas.authorizer.issuer_settings import parse_issuers
from lambdas.authorizer.issuers import Issuer
from lambdas.shared.errors import ConfigurationError

COGNITO = {"kind": "cognito", "issuer": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A", "client_ids": ["c"]}
ENTRA = {"kind": "entra", "issuer": "https://login.microsoftonline.com/t/v2.0", "audiences": ["api"]}
OIDC = {"kind": "oidc", "issuer": "https://id.example", "jwks_url": "https://id.example/keys", "audiences": ["api"]}
ANY_TENANT = ENTRA | {"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0", "tenants": ["t"]}


def parse(*documents: Any) -> tuple[Issuer, ...]:
    return parse_issuers(json.dumps(documents)).all


@pytest.mark.parametrize(
    ("document", "url"),
    [
        (COGNITO, f"{COGNITO['issuer']}/.well-known/jwks.json"),
        (ENTRA, "https://login.microsoftonline.com/t/discovery/v2.0/keys"),
        (ANY_TENANT, "https://login.microsoftonline.com/common/discovery/v2.0/keys"),
        (
            ENTRA | {"issuer": "https://login.microsoftonline.us/t/v2.0"},
            "https://login.microsoftonline.us/t/discovery/v2.0/keys",
        ),
        (ENTRA | {"issuer": "https://sts.windows.net/t/"}, "https://login.microsoftonline.com/t/discovery/keys"),
        (OIDC, "https://id.example/keys"),
        (ENTRA | {"jwks_url": "http://127.0.0.1:1/keys"}, "http://127.0.0.1:1/keys"),
    ],
)
def test_where_keys_are(document: dict[str, Any], url: str) -> None:
    assert [issuer.jwks_url for issuer in parse(document)] == [url]


def test_what_is_left_out_has_the_default_of_its_kind() -> None:
    cognito, entra, oidc = parse(COGNITO, ENTRA, OIDC)
    assert (cognito.scope_claims, entra.scope_claims) == (("scope",), ("scp", "roles"))
    assert oidc.scope_claims == ("scope", "scp", "roles")
    assert cognito.algorithms == entra.algorithms == {"RS256", "ES256"}
    assert (entra.client_ids, entra.tenants, entra.scope_prefix, entra.scope_names) == (set(), set(), "", {})


def test_lists_of_several_sources_are_one() -> None:
    assert [item.kind for item in parse_issuers(json.dumps([COGNITO]), json.dumps([ENTRA, OIDC])).all] == [
        "cognito",
        "entra",
        "oidc",
    ]


def test_names_of_scopes_may_stand_for_several_permissions() -> None:
    [issuer] = parse(ENTRA | {"scope_names": {"Payments.All": ["payments.read", "payments.write"], "R": "trades.read"}})
    assert issuer.scope_names == {"Payments.All": ("payments.read", "payments.write"), "R": ("trades.read",)}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("x", "an object"),
        ({}, "kind must be a text"),
        (COGNITO | {"kind": "saml"}, "kind can be"),
        (COGNITO | {"kind": 1}, "kind must be a text"),
        (COGNITO | {"issuer": ""}, "issuer must be a text"),
        (COGNITO | {"issuer": None}, "issuer must be a text"),
        (COGNITO | {"audience": "x"}, "unknown settings ['audience']"),
        (COGNITO | {"client_ids": []}, "client_ids are needed"),
        (COGNITO | {"client_ids": "c"}, "client_ids must be a list of texts"),
        (COGNITO | {"client_ids": [""]}, "client_ids must be a list of texts"),
        (COGNITO | {"tenants": ["t"]}, "tenants are for kind entra"),
        (ENTRA | {"audiences": []}, "audiences are needed"),
        (
            ENTRA | {"issuer": "https://login.microsoftonline.com/t", "jwks_url": "https://x/k"},
            "must be https://<host>/<tenant>/v2.0",
        ),
        (ENTRA | {"issuer": "https://login.microsoftonline.com/common/v2.0"}, "write {tenantid}"),
        (ENTRA | {"issuer": "https://login.microsoftonline.com/organizations/v2.0"}, "write {tenantid}"),
        (ANY_TENANT | {"tenants": []}, "tenants are needed"),
        (OIDC | {"audiences": []}, "audiences are needed"),
        (OIDC | {"jwks_url": ""}, "jwks_url is needed"),
        (OIDC | {"jwks_url": "http://id.example/keys"}, "of scheme https"),
        (OIDC | {"jwks_url": "file:///etc/passwd"}, "of scheme https"),
        (OIDC | {"jwks_url": "http://localhost.evil.example/keys"}, "of scheme https"),
        (OIDC | {"issuer": "https://id.example/{tenantid}"}, "tenants are for kind entra"),
        (OIDC | {"algorithms": ["HS256"]}, "algorithms can be"),
        (OIDC | {"algorithms": ["none"]}, "algorithms can be"),
        (OIDC | {"scope_claims": ["groups"]}, "scope_claims can be"),
        (OIDC | {"scope_prefix": 1}, "scope_prefix must be a text"),
        (OIDC | {"scope_names": []}, "scope_names must be an object"),
        (OIDC | {"scope_names": {"a": "everything"}}, "must be permissions"),
        (OIDC | {"scope_names": {"a": [1]}}, "must be permissions"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said(document: Any, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(document)
    assert says in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "{}", "null", "[]", '[{"kind": "oidc", "kind": "entra"}]'])
def test_no_list_of_issuers_is_an_error(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_issuers(text)


@pytest.mark.parametrize("pair", [(COGNITO, COGNITO), (ENTRA, ANY_TENANT), (ANY_TENANT, ENTRA), (OIDC, OIDC)])
def test_no_two_issuers_claim_the_same_tokens(pair: tuple[Any, Any]) -> None:
    with pytest.raises(ConfigurationError, match="claim the same tokens"):
        parse(*pair)


def test_a_token_selects_one_issuer() -> None:
    issuers = parse_issuers(json.dumps([COGNITO, ANY_TENANT, OIDC]))
    assert issuers.select("https://login.microsoftonline.com/t/v2.0")[1].kind == "entra"
    assert issuers.select("https://id.example")[1].kind == "oidc"
    for iss in ("https://id.example/", "https://id", "https://login.microsoftonline.com/t/x/v2.0", None, 1, ["x"]):
        with pytest.raises(DeniedError, match="wrong_issuer"):
            issuers.select(iss)
