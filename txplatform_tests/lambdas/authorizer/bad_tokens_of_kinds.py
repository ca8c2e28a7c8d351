"""Tokens of one kind of provider that must not open anything, and the table of all bad tokens."""

from collections.abc import Mapping

from txplatform_tests.lambdas.authorizer.bad_tokens import COMMON
from txplatform_tests.lambdas.authorizer.providers import API, CLIENT, OTHER_TENANT, TENANT
from txplatform_tests.lambdas.authorizer.token_makers import Bad, Make, claims, null

STRANGE_TENANT = "99999999-9999-4999-8999-999999999999"

COGNITO: Mapping[str, Bad] = {
    "an ID token": claims("wrong_token_use", token_use="id"),
    "no use": claims("missing_claim", token_use=None),
    "use is a list": claims("invalid_claim", token_use=["access"]),
    "no client": claims("missing_claim", client_id=None),
    "another client": claims("unknown_client", client_id="somebody else"),
    "client is a list": claims("invalid_claim", client_id=[CLIENT]),
    "client is a number": claims("invalid_claim", client_id=1),
    "the audience instead of the client": claims("missing_claim", client_id=None, aud=CLIENT),
    "no scope": claims("missing_scope", scope=None),
    "scope is null": null("invalid_claim", "scope"),
    "scope is a list": claims("invalid_claim", scope=["txplatform/payments.read"]),
    "scope of another entity": claims("missing_scope", scope="txplatform/trades.read"),
    "the other scope of the entity": claims("missing_scope", scope="txplatform/payments.write"),
    "a longer scope": claims("missing_scope", scope="txplatform/payments.readx"),
    "a scope without its resource server": claims("missing_scope", scope="payments.read"),
    "a scope of another resource server": claims("missing_scope", scope="other/payments.read"),
    "a scope twice prefixed": claims("missing_scope", scope="txplatform/txplatform/payments.read"),
    "scopes with a tab between them": claims("missing_scope", scope="x\ttxplatform/payments.read"),
    "any scope": claims("missing_scope", scope="txplatform/* *"),
    "the claim of another kind": claims("missing_scope", scope=None, scp="txplatform/payments.read"),
    "roles": claims("missing_scope", scope=None, roles=["txplatform/payments.read"]),
}

_V2 = "https://login.microsoftonline.com"
ENTRA: Mapping[str, Bad] = {
    "no audience": claims("missing_claim", aud=None),
    "another audience": claims("wrong_audience", aud=OTHER_TENANT),
    "the audience of Microsoft Graph": claims("wrong_audience", aud="00000003-0000-0000-c000-000000000000"),
    "the audience as a URI that is not configured": claims("wrong_audience", aud=f"api://{API}"),
    "audience is a list": claims("invalid_claim", aud=[API]),
    "no tenant": claims("missing_claim", tid=None),
    "tenant is a list": claims("invalid_claim", tid=[TENANT]),
    "the tenant of another issuer": claims("wrong_tenant", tid=OTHER_TENANT),
    "an issuer of another tenant": claims("wrong_tenant", iss=f"{_V2}/{OTHER_TENANT}/v2.0"),
    "a tenant that is not taken": claims("wrong_tenant", iss=f"{_V2}/{STRANGE_TENANT}/v2.0", tid=STRANGE_TENANT),
    "the tenant's slot as it is": claims("wrong_issuer", iss=f"{_V2}/{{tenantid}}/v2.0", tid="{tenantid}"),
    "the tenant of all": claims("wrong_tenant", iss=f"{_V2}/common/v2.0", tid="common"),
    "two segments for a tenant": claims("wrong_issuer", iss=f"{_V2}/x/{TENANT}/v2.0"),
    "an empty tenant": claims("wrong_issuer", iss=f"{_V2}//v2.0"),
    "another host": claims("wrong_issuer", iss=f"https://login.evil.example/{TENANT}/v2.0"),
    "no version": claims("missing_claim", ver=None),
    "the other version": claims("invalid_claim", ver="1.0"),
    "version is a number": claims("invalid_claim", ver=2),
    "no client, as in an ID token": claims("missing_claim", azp=None, nonce="n"),
    "another client": claims("unknown_client", azp=OTHER_TENANT),
    "client is a list": claims("invalid_claim", azp=[CLIENT]),
    "the client's claim of the other version": claims("missing_claim", azp=None, appid=CLIENT),
    "a device's token": claims("wrong_token_use", idtyp="device"),
    "type is a list": claims("invalid_claim", idtyp=["app"]),
    "a user's token without scopes": claims("wrong_token_use", idtyp="user"),
    "an app's token with a user's scopes": claims("wrong_token_use", idtyp="app", scp="payments.read"),
    "no roles": claims("missing_scope", roles=None),
    "roles is null": null("invalid_claim", "roles"),
    "roles is a text": claims("invalid_claim", roles="payments.read"),
    "roles are numbers": claims("invalid_claim", roles=[1]),
    "roles are lists": claims("invalid_claim", roles=[["payments.read"]]),
    "too many roles": claims("invalid_claim", roles=[""] * 1001),
    "roles of another entity": claims("missing_scope", roles=["trades.read"]),
    "the other role of the entity": claims("missing_scope", roles=["payments.write"]),
    "a role of several words": claims("missing_scope", roles=["x payments.read"]),
    "a user's roles beyond the scopes of the app": claims("missing_scope", scp="openid", roles=["payments.read"]),
    "scp is a list": claims("invalid_claim", scp=["payments.read"]),
    "scp is empty": claims("missing_scope", scp=""),
    "the claim of another kind": claims("missing_scope", roles=None, scope="payments.read"),
}

OIDC: Mapping[str, Bad] = {
    "no audience": claims("missing_claim", aud=None),
    "another audience": claims("wrong_audience", aud="account"),
    "other audiences": claims("wrong_audience", aud=["account", "other-api"]),
    "no audience in the list": claims("wrong_audience", aud=[]),
    "audiences are numbers": claims("invalid_claim", aud=[1]),
    "audience is an object": claims("invalid_claim", aud={"payments-api": True}),
    "an ID token by its type": claims("wrong_token_use", typ="ID"),
    "a refresh token": claims("wrong_token_use", typ="Refresh"),
    "an ID token by its use": claims("wrong_token_use", token_use="id"),
    "an ID token by its nonce": claims("wrong_token_use", nonce="n"),
    "an ID token by its access token's hash": claims("wrong_token_use", at_hash="h"),
    "no client": claims("missing_claim", azp=None),
    "client is a list": claims("invalid_claim", azp=[CLIENT]),
    "no scope": claims("missing_scope", scope=None),
    "scope is a list": claims("invalid_claim", scope=["payments.read"]),
    "scope of another entity": claims("missing_scope", scope="trades.read"),
    "roles beyond the scope": claims("missing_scope", scope="openid", roles=["payments.read"]),
}

OF_KIND: Mapping[str, Mapping[str, Bad]] = {"cognito": COGNITO, "entra": ENTRA, "oidc": OIDC}


def bad_tokens() -> list[tuple[str, str, str, Make]]:
    """Provider, name, reason and maker of every bad token."""
    return [
        (provider, name, reason, make)
        for provider, own in OF_KIND.items()
        for name, (reason, make) in {**COMMON, **own}.items()
    ]
