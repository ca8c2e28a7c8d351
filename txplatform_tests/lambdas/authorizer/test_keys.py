"""A key set: when it is read, how long it goes on, and which of its keys count."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from lambdas.authorizer.denial import DeniedError
from lambdas.authorizer.issuer_settings import parse_issuers
from lambdas.authorizer.issuers import Issuer
from lambdas.authorizer.keys import FRESH_SECONDS, RETRY_SECONDS, STALE_SECONDS, KeySet, parse_keys
from lambdas.shared.errors import KeySetUnavailableError
from lambdas.shared.jsonio import dumps
from txplatform_tests.lambdas.authorizer.providers import (
    OTHER_TENANT,
    TENANT,
    elliptic_key,
    entra,
    oidc,
    public_jwk,
    rsa_key,
)

OLD, NEW = public_jwk(rsa_key(1), "old"), public_jwk(rsa_key(2), "new")


def configured(**changes: Any) -> Issuer:
    return parse_issuers(dumps([{**oidc().settings, "jwks_url": "https://id.example/keys", **changes}])).all[0]


def no_report(issuer: Issuer, reason: str) -> None:
    raise AssertionError(f"{issuer.issuer}: {reason}")


class Source:
    """A key set that can change or fail, read through the cache at a time of the test's choosing."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.reads = 0
        self.document: Any = {"keys": [OLD]}
        self.unread: list[str] = []
        self.keys = KeySet(configured(), self.read, lambda _, reason: self.unread.append(reason), lambda: self.now)

    def read(self, _url: str) -> Any:
        self.reads += 1
        if self.document is None:
            raise KeySetUnavailableError("down")
        return self.document

    def find(self, key_id: str) -> str:
        """What becomes of a token with this key id."""
        try:
            self.keys.key(key_id, "RS256")
        except DeniedError as error:
            return error.denial.value
        except KeySetUnavailableError:
            return "unavailable"
        return "found"


@pytest.fixture
def source() -> Source:
    return Source()


def test_a_key_set_is_read_once_while_it_is_fresh(source: Source) -> None:
    assert [source.find("old") for _ in range(3)] == ["found"] * 3
    source.now += FRESH_SECONDS
    assert (source.find("old"), source.reads) == ("found", 1)
    source.now += 1
    assert (source.find("old"), source.reads) == ("found", 2)


def test_a_new_key_is_found_by_reading_again(source: Source) -> None:
    source.find("old")
    source.document = {"keys": [OLD, NEW]}
    source.now += RETRY_SECONDS
    assert (source.find("new"), source.reads) == ("found", 2)


def test_a_removed_key_is_taken_no_more_once_the_key_set_was_read_again(source: Source) -> None:
    source.find("old")
    source.document = {"keys": [NEW]}
    source.now += FRESH_SECONDS + 1
    assert source.find("old") == "unknown_key"


def test_a_flood_of_unknown_keys_reads_the_key_set_once_in_a_while(source: Source) -> None:
    source.find("old")
    for number in range(1000):
        assert source.find(f"unknown-{number}") == "unknown_key"
        source.now += RETRY_SECONDS / 400
    assert source.reads == 3


def test_before_any_key_set_was_read_it_is_an_error_and_read_again_at_once(source: Source) -> None:
    source.document = None
    assert [source.find("old"), source.find("old")] == ["unavailable", "unavailable"]
    source.document = {"keys": [OLD]}
    assert (source.find("old"), source.reads) == ("found", 3)


def test_known_keys_go_on_while_the_key_set_cannot_be_read_and_unknown_ones_are_denied(source: Source) -> None:
    source.find("old")
    source.document = None
    for seconds in (FRESH_SECONDS + 1, 3600.0, STALE_SECONDS - FRESH_SECONDS - 3601):
        source.now += seconds
        assert (source.find("old"), source.find("new")) == ("found", "unknown_key")
    source.now += 1
    assert (source.find("old"), source.find("new")) == ("unavailable", "unavailable")
    source.document = {"keys": [OLD]}
    source.now += RETRY_SECONDS
    assert source.find("old") == "found"


def test_a_key_set_that_cannot_be_read_is_not_tried_with_every_request(source: Source) -> None:
    source.find("old")
    source.document = None
    source.now += FRESH_SECONDS + 1
    assert [source.find("old") for _ in range(100)] == ["found"] * 100
    assert (source.reads, source.unread) == (2, ["down"])


@pytest.mark.parametrize("document", [None, [], "x", {}, {"keys": None}, {"keys": []}, {"keys": [1, None, {}]}])
def test_no_key_set_is_an_error(document: Any) -> None:
    with pytest.raises(KeySetUnavailableError):
        parse_keys(configured(), document)


@pytest.mark.parametrize(
    "unusable",
    [
        public_jwk(rsa_key(3, 1024), "weak"),
        public_jwk(rsa_key(2), "for encryption", use="enc"),
        {**public_jwk(rsa_key(2), "for signing alone"), "key_ops": ["sign"]},
        public_jwk(rsa_key(2), "of another algorithm", alg="RS512"),
        public_jwk(rsa_key(2), "for PS256", alg="PS256"),
        public_jwk(generate_private_key(SECP384R1()), "of another curve"),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "symmetric"},
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "of another type"},
        {"kty": "RSA", "kid": "without material"},
        {"kty": "RSA", "n": "!", "e": "AQAB", "kid": "no base64"},
        {"kty": "RSA", "n": 1, "e": [], "kid": "of wrong types"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "no point"},
        {**public_jwk(rsa_key(2)), "kid": 7},
    ],
    ids=lambda item: str(item["kid"]),
)
def test_a_key_that_must_not_count_does_not_stand_in_the_way_of_others(unusable: dict[str, Any]) -> None:
    assert list(parse_keys(configured(), {"keys": [unusable, OLD]})) == ["old"]


def test_an_algorithm_is_bound_to_the_type_of_its_key() -> None:
    keys = KeySet(configured(), lambda _: {"keys": [OLD, public_jwk(elliptic_key(1), "ec")]}, no_report)
    assert keys.key("old", "RS256").algorithm == "RS256"
    assert keys.key("ec", "ES256").algorithm == "ES256"
    for key_id, algorithm in (("old", "ES256"), ("ec", "RS256"), ("old", "PS256")):
        with pytest.raises(DeniedError, match="wrong_algorithm"):
            keys.key(key_id, algorithm)


def test_ps256_counts_where_the_issuer_is_configured_with_it() -> None:
    keys = KeySet(configured(algorithms=["PS256"]), lambda _: {"keys": [OLD]}, no_report)
    assert keys.key("old", "PS256").algorithm == "PS256"
    with pytest.raises(DeniedError, match="wrong_algorithm"):
        keys.key("old", "RS256")


def test_a_key_of_entra_signs_for_the_tenant_that_it_names() -> None:
    """https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#validate-the-issuer"""
    issuer = parse_issuers(dumps([entra().settings])).all[0]
    named = {
        "any": "https://login.microsoftonline.com/{tenantid}/v2.0",
        "own": f"https://login.microsoftonline.com/{TENANT}/v2.0",
        "other": f"https://sts.windows.net/{OTHER_TENANT}/",
        "strange": "https://evil.example",
        "number": 7,
    }
    keys = parse_keys(issuer, {"keys": [public_jwk(rsa_key(1), name, issuer=iss) for name, iss in named.items()]})
    assert {name: key.tenant for name, [key] in keys.items()} == {"any": None, "own": TENANT, "other": OTHER_TENANT}


V2, V1 = "https://login.microsoftonline.com/{}/v2.0", "https://sts.windows.net/{}/"


@pytest.mark.parametrize(
    ("issuer", "counts"),
    [(V2.format("{tenantid}"), False), (V2.format(TENANT), True), (V1.format("{tenantid}"), True)],
    ids=["all tenants", "one tenant", "all tenants of version 1.0"],
)
def test_a_key_without_issuer_signs_for_no_tenant_where_its_key_set_names_them(issuer: str, counts: bool) -> None:
    """Keys of version 1.0 have none: that is how Microsoft's own library takes them too."""
    configured = parse_issuers(dumps([{**entra().settings, "issuer": issuer}])).all[0]
    named = public_jwk(rsa_key(1), "named", issuer=V2.format("{tenantid}"))
    keys = parse_keys(configured, {"keys": [public_jwk(rsa_key(2), "unnamed"), named]})
    assert keys.keys() == ({"unnamed", "named"} if counts else {"named"})
    assert {key.tenant for [key] in keys.values()} == {None}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    changes=st.dictionaries(st.sampled_from(["kty", "n", "e", "x", "y", "crv", "alg", "use", "key_ops", "kid"]), JSON)
)
def test_no_key_set_makes_it_fail(changes: dict[str, Any]) -> None:
    for jwk in (public_jwk(rsa_key(2)), public_jwk(elliptic_key(1))):
        assert "old" in parse_keys(configured(), {"keys": [jwk | changes, OLD]})
