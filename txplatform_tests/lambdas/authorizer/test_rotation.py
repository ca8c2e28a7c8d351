"""A tenant whose keys really rotate: tokens of every key pass while they live, and an outage is survived."""

import json
from typing import Any

import pytest

from lambdas.authorizer.adapters import TokenVerifier
from lambdas.authorizer.denial import DeniedError
from lambdas.authorizer.issuer_settings import parse_issuers
from lambdas.authorizer.keys import FRESH_SECONDS, RETRY_SECONDS, STALE_SECONDS
from lambdas.shared.errors import KeySetUnavailableError
from txplatform.local.entra import LIFETIME_SECONDS, EntraEndpoint, EntraTenant
from txplatform.local.signing_keys import KEY_SECONDS

TENANT = EntraTenant.generate(["payments.read"])


class Stand:
    """A tenant, a verifier of its tokens, and the clock of both. `reachable` says whether its keys can be fetched."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.reachable = True
        self.fetched = 0
        self.endpoint = EntraEndpoint(TENANT, "http://127.0.0.1:1", lambda: self.now)
        issuer = {"kind": "entra", "issuer": TENANT.issuer, "audiences": [TENANT.audience]}
        self._verifier = TokenVerifier(
            parse_issuers(json.dumps([issuer])), self._fetch, lambda *_: None, lambda: self.now
        )

    def _fetch(self, _url: str) -> Any:
        self.fetched += 1
        if not self.reachable:
            raise KeySetUnavailableError("down")
        return self.endpoint.key_set()

    def outcome(self, token: str) -> str:
        try:
            self._verifier.caller(token)
        except DeniedError as error:
            return error.denial.value
        except KeySetUnavailableError:
            return "unavailable"
        return "passed"


@pytest.fixture
def stand() -> Stand:
    return Stand()


def test_a_token_is_good_from_its_first_second_through_every_rotation(stand: Stand) -> None:
    """Half a day, a token every five minutes: the next key is known before it signs, so nothing waits for a refetch."""
    tokens: list[tuple[float, str]] = []
    for _ in range(144):
        tokens = [(since, token) for since, token in tokens if stand.now - since < LIFETIME_SECONDS]
        tokens.append((stand.now, stand.endpoint.sign()))
        assert {stand.outcome(token) for _, token in tokens} == {"passed"}
        stand.now += FRESH_SECONDS
    assert stand.fetched <= 144


def test_a_rotation_without_notice_is_found_once_the_key_set_may_be_read_again(stand: Stand) -> None:
    assert stand.outcome(stand.endpoint.sign()) == "passed"
    for _ in range(4):
        stand.endpoint.keys.rotate()
    token = stand.endpoint.sign()
    assert stand.outcome(token) == "unknown_key"
    stand.now += RETRY_SECONDS
    assert (stand.outcome(token), stand.fetched) == ("passed", 2)


def test_an_outage_of_a_day_stops_nobody_whose_key_is_known_and_opens_nothing(stand: Stand) -> None:
    stand.outcome(stand.endpoint.sign())
    known = stand.endpoint.keys.current()
    stand.reachable = False
    while stand.now < 1_800_000_000 + STALE_SECONDS - 2 * KEY_SECONDS:
        stand.now += KEY_SECONDS
        assert stand.outcome(known.sign(stand.endpoint.claims())) == "passed"
        stand.endpoint.keys.rotate()
    assert stand.outcome(stand.endpoint.sign()) == "unknown_key"
    stand.now += 3 * KEY_SECONDS
    assert stand.outcome(known.sign(stand.endpoint.claims())) == "unavailable"
    stand.reachable = True
    stand.now += RETRY_SECONDS
    assert stand.outcome(stand.endpoint.sign()) == "passed"
