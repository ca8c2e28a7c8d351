"""Makers of bad tokens: a good one, changed in one way, and the reason for which it must be denied."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from txplatform_tests.lambdas.authorizer.providers import Provider, elliptic_key, part, public_jwk, rsa_key

Make = Callable[[Provider], str]
Bad = tuple[str, Make]


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


def symmetric(secret: Callable[[Provider], bytes]) -> Make:
    """Signed with HMAC, as if a published key were a shared secret."""

    def make(provider: Provider) -> str:
        signing_input = f"{part(provider.header(alg='HS256'))}.{part(provider.claims())}"
        digest = hmac.new(secret(provider), signing_input.encode(), hashlib.sha256).digest()
        return f"{signing_input}.{part(digest)}"

    return make


def pem(provider: Provider) -> bytes:
    return provider.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _another_key(provider: Provider) -> Any:
    return rsa_key(9) if provider.algorithm == "RS256" else elliptic_key(9)


def forged(**changes: Any) -> Make:
    return lambda provider: provider.signed(provider.header(**changes), provider.claims(), _another_key(provider))


def with_own_key(provider: Provider) -> str:
    """A header that brings the key along which verifies it."""
    key = _another_key(provider)
    return provider.signed(provider.header(jwk=public_jwk(key)), provider.claims(), key)


def unsigned(algorithm: str) -> Make:
    return lambda provider: f"{part(provider.header(alg=algorithm))}.{part(provider.claims())}."


def other_claims(provider: Provider) -> str:
    """The signature of one token under the claims of another."""
    head, _, signature = provider.token().split(".")
    return f"{head}.{part(provider.claims(jti='another'))}.{signature}"


def other_header(provider: Provider) -> str:
    _, body, signature = provider.token().split(".")
    return f"{part(provider.header(typ='at+jwt'))}.{body}.{signature}"


def with_signature(token: str, change: Callable[[bytes], bytes]) -> str:
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{part(change(base64.urlsafe_b64decode(signature + '==')))}"


def malleable(token: str) -> str:
    """The same signature in another spelling: bits of the last character that mean nothing are set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) | 1]


def of_other_algorithm(name: str, key: Any) -> Make:
    def make(provider: Provider) -> str:
        signing_input = f"{part(provider.header(alg=name))}.{part(provider.claims())}"
        return f"{signing_input}.{part(jwt.get_algorithm_by_name(name).sign(signing_input.encode(), key()))}"

    return make
