"""Tokens that must not open anything, each with the reason for which it is denied. Reading payments is asked for.

`COMMON` holds for every provider, `OF_KIND` for the tokens of one kind.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from txplatform_tests.lambdas.authorizer.providers import (
    API,
    CLIENT,
    OTHER_TENANT,
    TENANT,
    Provider,
    elliptic_key,
    part,
    public_jwk,
    rsa_key,
)

Make = Callable[[Provider], str]
Bad = tuple[str, Make]

STRANGE_TENANT = "99999999-9999-4999-8999-999999999999"


def header(reason: str, **changes: Any) -> Bad:
    """A genuine signature over a changed header."""
    return reason, lambda provider: provider.signed(provider.header(**changes), provider.claims())


def claims(reason: str, **changes: Any) -> Bad:
    """A genuine signature over changed claims; None leaves a claim out."""
    return reason, lambda provider: provider.token(**changes)


def null(reason: str, name: str) -> Bad:
    """A genuine signature over a claim that is null."""
    return reason, lambda provider: provider.signed(provider.header(), provider.claims() | {name: None})


def raw_claims(reason: str, change: Callable[[str], bytes]) -> Bad:
    """A genuine signature over claims whose JSON text is changed."""
    return reason, lambda provider: provider.signed(provider.header(), change(json.dumps(provider.claims())))


def raw_header(reason: str, change: Callable[[str], bytes]) -> Bad:
    return reason, lambda provider: provider.signed(change(json.dumps(provider.header())), provider.claims())


def text(reason: str, change: Callable[[str], str]) -> Bad:
    """A good token whose text is changed."""
    return reason, lambda provider: change(provider.token())


def at(reason: str, seconds: int, name: str) -> Bad:
    """A time claim so many seconds from now."""
    return reason, lambda provider: provider.token(**{name: int(time.time()) + seconds})


def extended(text: str, more: str) -> bytes:
    """A JSON object with more members."""
    return f"{text[:-1]}, {more}}}".encode()


def _symmetric(secret: Callable[[Provider], bytes]) -> Make:
    """Signed with HMAC, as if a published key were a shared secret."""

    def make(provider: Provider) -> str:
        signing_input = f"{part(provider.header(alg='HS256'))}.{part(provider.claims())}"
        digest = hmac.new(secret(provider), signing_input.encode(), hashlib.sha256).digest()
        return f"{signing_input}.{part(digest)}"

    return make


def _pem(provider: Provider) -> bytes:
    return provider.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _another_key(provider: Provider) -> Any:
    return rsa_key(9) if provider.algorithm == "RS256" else elliptic_key(9)


def _forged(**changes: Any) -> Make:
    return lambda provider: provider.signed(provider.header(**changes), provider.claims(), _another_key(provider))


def _with_own_key(provider: Provider) -> str:
    """A header that brings the key along which verifies it."""
    key = _another_key(provider)
    return provider.signed(provider.header(jwk=public_jwk(key)), provider.claims(), key)


def _unsigned(algorithm: str) -> Make:
    return lambda provider: f"{part(provider.header(alg=algorithm))}.{part(provider.claims())}."


def _other_claims(provider: Provider) -> str:
    """The signature of one token under the claims of another."""
    head, _, signature = provider.token().split(".")
    return f"{head}.{part(provider.claims(jti='another'))}.{signature}"


def _other_header(provider: Provider) -> str:
    _, body, signature = provider.token().split(".")
    return f"{part(provider.header(typ='at+jwt'))}.{body}.{signature}"


def _with_signature(token: str, change: Callable[[bytes], bytes]) -> str:
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{part(change(base64.urlsafe_b64decode(signature + '==')))}"


def _malleable(token: str) -> str:
    """The same signature in another spelling: bits of the last character that mean nothing are set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) | 1]


def _of_other_algorithm(name: str, key: Any) -> Make:
    def make(provider: Provider) -> str:
        signing_input = f"{part(provider.header(alg=name))}.{part(provider.claims())}"
        return f"{signing_input}.{part(jwt.get_algorithm_by_name(name).sign(signing_input.encode(), key()))}"

    return make


MALFORMED = "malformed_token"

COMMON: Mapping[str, Bad] = {
    # No token at all, or no text of three parts.
    "empty": ("no_token", lambda _: ""),
    "one word": (MALFORMED, lambda _: "nonsense"),
    "three words": (MALFORMED, lambda _: "a.b.c"),
    "two dots alone": (MALFORMED, lambda _: ".."),
    "not ASCII": (MALFORMED, lambda _: "é.ü.ß"),
    "null bytes": (MALFORMED, lambda _: "\0.\0.\0"),
    "without its signature's part": text(MALFORMED, lambda token: token.rpartition(".")[0]),
    "four parts": text(MALFORMED, lambda token: f"{token}.x"),
    "encrypted, five parts": text(MALFORMED, lambda token: f"{token}.x.y"),
    "two tokens": text(MALFORMED, lambda token: f"{token},Bearer {token}"),
    "a space inside": text(MALFORMED, lambda token: token.replace(".", ". ", 1)),
    "a line break inside": text(MALFORMED, lambda token: token.replace(".", ".\n", 1)),
    "padded": text(MALFORMED, lambda token: f"{token}=="),
    "alphabet of plain base64": text(MALFORMED, lambda token: token.replace(".", ".+/", 1)),
    "another spelling of the signature": text(MALFORMED, _malleable),
    "longer than any token": claims(MALFORMED, padding="x" * 9000),
    "longer than a header": claims(MALFORMED, padding="x" * 200_000),
    # Parts that are no JSON objects of a single meaning.
    "claims are no JSON": (MALFORMED, lambda provider: provider.signed(provider.header(), b"{")),
    "claims are a list": (MALFORMED, lambda provider: provider.signed(provider.header(), [])),
    "claims are a text": (MALFORMED, lambda provider: provider.signed(provider.header(), "claims")),
    "claims are null": (MALFORMED, lambda provider: provider.signed(provider.header(), None)),
    "claims are empty": ("wrong_issuer", lambda provider: provider.signed(provider.header(), {})),
    "header is no JSON": (MALFORMED, lambda provider: provider.signed(b"{", provider.claims())),
    "header is a list": (MALFORMED, lambda provider: provider.signed([], provider.claims())),
    "header is empty": (MALFORMED, lambda provider: provider.signed({}, provider.claims())),
    "claims are not UTF-8": raw_claims(MALFORMED, lambda made: extended(made, '"x": "é"').decode().encode("latin-1")),
    "claims are UTF-16": raw_claims(MALFORMED, lambda made: made.encode("utf-16")),
    "claims begin with a byte order mark": raw_claims(MALFORMED, lambda made: b"\xef\xbb\xbf" + made.encode()),
    "claims nested beyond reason": raw_claims(MALFORMED, lambda made: extended(made, f'"x": {"[" * 2400}{"]" * 2400}')),
    "header nested beyond reason": raw_header(MALFORMED, lambda made: extended(made, f'"x": {"[" * 2400}{"]" * 2400}')),
    "a claim twice": raw_claims(MALFORMED, lambda made: extended(made, '"sub": "another"')),
    "exp twice": raw_claims(MALFORMED, lambda made: extended(made, '"exp": 4102444800')),
    "alg twice": raw_header(MALFORMED, lambda made: extended(made, '"alg": "none"')),
    "exp is no number of JSON": raw_claims(MALFORMED, lambda made: extended(made, '"x": NaN')),
    "an infinite claim": raw_claims(MALFORMED, lambda made: extended(made, '"x": Infinity')),
    "a number of 5,000 digits": raw_claims(MALFORMED, lambda made: extended(made, f'"x": {"9" * 5000}')),
    "an endless exponent": raw_claims(MALFORMED, lambda made: extended(made, '"x": 1e99999999999999999999')),
    "trailing text after the claims": raw_claims(MALFORMED, lambda made: f"{made} x".encode()),
    # Headers: algorithm, key and type.
    "unsigned": ("wrong_algorithm", _unsigned("none")),
    "unsigned in mixed case": ("wrong_algorithm", _unsigned("nOnE")),
    "signed with the public key as a secret": ("wrong_algorithm", _symmetric(_pem)),
    "signed with a weak secret": ("wrong_algorithm", _symmetric(lambda _: b"secret")),
    "RS384": ("wrong_algorithm", _of_other_algorithm("RS384", lambda: rsa_key(9))),
    "RS512": ("wrong_algorithm", _of_other_algorithm("RS512", lambda: rsa_key(9))),
    "PS256, which is not configured": ("wrong_algorithm", _of_other_algorithm("PS256", lambda: rsa_key(9))),
    "an algorithm nobody knows": header("wrong_algorithm", alg="XS1"),
    "an algorithm in small characters": (
        "wrong_algorithm",
        lambda p: p.signed(p.header(alg=p.algorithm.lower()), p.claims()),
    ),
    "the algorithm of another type of key": (
        "wrong_algorithm",
        lambda p: p.signed(p.header(alg="ES256" if p.algorithm == "RS256" else "RS256"), p.claims()),
    ),
    "no algorithm": header(MALFORMED, alg=None),
    "a number for an algorithm": header(MALFORMED, alg=256),
    "a list of algorithms": header(MALFORMED, alg=["RS256", "ES256"]),
    "no key id": header(MALFORMED, kid=None),
    "an empty key id": header(MALFORMED, kid=""),
    "a number for a key id": header(MALFORMED, kid=1),
    "a list of key ids": header(MALFORMED, kid=["dummy"]),
    "a key id without end": header(MALFORMED, kid="x" * 1000),
    "an unknown key id": header("unknown_key", kid="unheard-of"),
    "a key id that is a path": header("unknown_key", kid="../../../../etc/passwd"),
    "a key id that is a query": header("unknown_key", kid="' OR 1=1 --"),
    "an extension that must be understood": header(MALFORMED, crit=["exp"], exp=1),
    "a payload that is not encoded": header(MALFORMED, crit=["b64"], b64=False),
    "an encrypted token's type": header(MALFORMED, typ="JWE"),
    "a logout token's type": header(MALFORMED, typ="logout+jwt"),
    "a number for a type": header(MALFORMED, typ=1),
    # Signatures.
    "forged": ("invalid_signature", _forged()),
    "forged, with its own key in the header": ("invalid_signature", _with_own_key),
    "forged, with the address of its own key set": ("invalid_signature", _forged(jku="https://evil.example/keys")),
    "forged, with a certificate's address": ("invalid_signature", _forged(x5u="https://evil.example/cert")),
    "without a signature": text("invalid_signature", lambda token: f"{token.rpartition('.')[0]}."),
    "a signature cut short": text("invalid_signature", lambda token: _with_signature(token, lambda made: made[:-3])),
    "a signature too long": text("invalid_signature", lambda token: f"{token.rpartition('.')[0]}.{'AAAA' * 200}"),
    "a signature of zeros": text("invalid_signature", lambda token: f"{token.rpartition('.')[0]}.{part(bytes(64))}"),
    "the signature of other claims": ("invalid_signature", _other_claims),
    "the signature of another header": ("invalid_signature", _other_header),
    # Times.
    "expired": at("expired", -60, "exp"),
    "expired long ago": claims("expired", exp=1, iat=0.5),
    "no expiry": claims("missing_claim", exp=None),
    "expiry is null": null("invalid_claim", "exp"),
    "expiry is a text": claims("invalid_claim", exp="4102444800"),
    "expiry is a list": claims("invalid_claim", exp=[4_102_444_800]),
    "expiry is an object": claims("invalid_claim", exp={"at": 4_102_444_800}),
    "expiry is true": claims("invalid_claim", exp=True),
    "expiry is zero": claims("invalid_claim", exp=0),
    "expiry is negative": claims("invalid_claim", exp=-4_102_444_800),
    "expiry beyond the year 9999": claims("invalid_claim", exp=10**15),
    "expiry in milliseconds": claims("invalid_claim", exp=int(time.time() * 1000)),
    "no time of issue": claims("missing_claim", iat=None),
    "issued in the future": at("not_yet_valid", 600, "iat"),
    "time of issue is a text": claims("invalid_claim", iat="now"),
    "not valid yet": at("not_yet_valid", 600, "nbf"),
    "begin of validity is a text": claims("invalid_claim", nbf="now"),
    "begin of validity is null": null("invalid_claim", "nbf"),
    "lives ten years": at("lives_too_long", 315_360_000, "exp"),
    "lives two days": at("lives_too_long", 172_800, "exp"),
    "issued ten years ago": at("lives_too_long", -315_360_000, "iat"),
    # Issuer and subject.
    "no issuer": claims("wrong_issuer", iss=None),
    "issuer is null": null("wrong_issuer", "iss"),
    "issuer is a list": ("wrong_issuer", lambda p: p.token(iss=[p.standing["iss"]])),
    "issuer is an object": claims("wrong_issuer", iss={"iss": "x"}),
    "issuer is empty": claims("wrong_issuer", iss=""),
    "another issuer": claims("wrong_issuer", iss="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other"),
    "issuer with more behind it": ("wrong_issuer", lambda p: p.token(iss=f"{p.standing['iss']}/x")),
    "issuer in capitals": ("wrong_issuer", lambda p: p.token(iss=p.standing["iss"].upper())),
    "issuer without its scheme": ("wrong_issuer", lambda p: p.token(iss=p.standing["iss"].removeprefix("https://"))),
    "no subject": claims("missing_claim", sub=None),
    "subject is a list": claims("invalid_claim", sub=["x"]),
    "subject is empty": claims("invalid_claim", sub=""),
    "subject without end": claims("invalid_claim", sub="x" * 2000),
}

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
