"""Whatever a token says, signed or not, the authorizer denies it or lets it through: it never fails."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.authorizer.adapters import TokenVerifier
from lambdas.authorizer.denial import DeniedError
from lambdas.authorizer.issuer_settings import parse_issuers
from lambdas.authorizer.token import parse_token
from txplatform_tests.lambdas.authorizer.providers import PROVIDERS, Provider

SIGNERS = {name: make() for name, make in PROVIDERS.items()}
ISSUERS = [{**signer.settings, "jwks_url": f"https://keys.example/{name}"} for name, signer in SIGNERS.items()]
VERIFIER = TokenVerifier(
    parse_issuers(json.dumps(ISSUERS)), lambda url: {"keys": SIGNERS[url.rpartition("/")[2]].keys}, lambda *_: None
)
CLAIMS = ["iss", "sub", "aud", "exp", "iat", "nbf", "tid", "ver", "azp", "appid", "client_id", "token_use", "scope"]
CLAIMS += ["scp", "roles", "idtyp", "typ", "nonce"]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def denied(text: str) -> bool:
    try:
        VERIFIER.caller(text)
    except DeniedError:
        return True
    return False


def test_the_tokens_that_are_changed_are_good() -> None:
    assert not any(denied(signer.token()) for signer in SIGNERS.values())


@pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS)
@given(changes=st.dictionaries(st.sampled_from(CLAIMS), JSON, min_size=1, max_size=3))
def test_any_claims(signer: Provider, changes: dict[str, Any]) -> None:
    denied(signer.signed(signer.header(), signer.claims() | changes))


@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "b64"]), JSON, min_size=1))
def test_any_header(header: dict[str, Any]) -> None:
    signer = SIGNERS["entra"]
    assert denied(signer.signed(signer.header() | header | {"kid": "unknown"}, signer.claims()))


@given(header=st.binary(max_size=60), claims=st.binary(max_size=60), signature=st.binary(max_size=80))
def test_any_bytes(header: bytes, claims: bytes, signature: bytes) -> None:
    signer = SIGNERS["cognito"]
    assert denied(f"{signer.signed(header, claims)}")
    head, body, _ = signer.token().split(".")
    assert denied(f"{head}.{body}.{signature.hex()}")


@given(text=st.text(max_size=200))
def test_any_text(text: str) -> None:
    with pytest.raises(DeniedError):
        parse_token(text)
