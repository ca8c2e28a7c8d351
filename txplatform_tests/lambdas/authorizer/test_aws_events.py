"""The authorizer on the events that AWS documents (format 2.0, simple answers): who is let through, who is not and why.

`{token}` in a document stands for a token that the test's issuer signs.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.authorizer.handler import handler
from txplatform_tests.lambdas.authorizer.providers import Provider
from txplatform_tests.lambdas.conftest import CONTEXT

pytestmark = pytest.mark.usefixtures("wired")

GRANTED = ["authorizer/with_token", "authorizer/identity_source_list", "authorizer/mutual_tls"]
DENIED = {
    "authorizer/without_token": "no_token",
    "authorizer/basic_credentials": "no_token",
    "authorizer/token_in_cookie_only": "no_token",
    "authorizer/two_authorization_headers": "malformed_token",
    "authorizer/unsigned_example_token": "malformed_token",
    "authorizer/entity_outside_the_scope": "missing_scope",
    "authorizer/default_route": "no_route",
}


@pytest.fixture
def signed(event: Callable[[str], Any], issuer: Provider) -> Callable[[str], Any]:
    """Loads an event with a genuine token in the place of `{token}`."""
    return lambda name: json.loads(json.dumps(event(name)).replace("{token}", issuer.token()))


@pytest.mark.parametrize("name", GRANTED)
def test_a_genuine_token_is_let_through_with_what_it_grants(signed: Callable[[str], Any], name: str) -> None:
    answer = handler(signed(name), CONTEXT)
    assert answer["isAuthorized"]
    assert answer["context"]["client_id"] == "6ab1example"
    assert answer["context"]["scope"] == "payments.read payments.write"


@pytest.mark.parametrize("name", DENIED)
def test_any_other_request_is_denied_with_its_reason(
    signed: Callable[[str], Any], reasons: list[str], name: str
) -> None:
    assert handler(signed(name), CONTEXT) == {"isAuthorized": False}
    assert reasons == [DENIED[name]]
