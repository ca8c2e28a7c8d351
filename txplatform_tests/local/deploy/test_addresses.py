"""The hosts that AWS gives to APIs and user pools, and what stays as it is."""

import pytest

from txplatform.local.deploy.addresses import Addresses

ADDRESSES = Addresses(services="http://127.0.0.1:5000", gateway="http://127.0.0.1:8080")
POOL = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_aB3"


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("https://a1b2.execute-api.eu-central-1.amazonaws.com", "http://127.0.0.1:8080"),
        ("https://a1b2.execute-api.eu-central-1.amazonaws.com/v1/x", "http://127.0.0.1:8080/v1/x"),
        ("https://shop-1.auth.eu-central-1.amazoncognito.com/oauth2/token", "http://127.0.0.1:8080/oauth2/token"),
        (f"{POOL}/.well-known/jwks.json", "http://127.0.0.1:5000/eu-central-1_aB3/.well-known/jwks.json"),
        (POOL, POOL),
        ("https://a1b2.execute-api.eu-central-1.amazonaws.com.evil.example", None),
        ("https://sqs.eu-central-1.amazonaws.com/1/q", None),
        ("arn:aws:execute-api:eu-central-1:1:a1b2/*", None),
    ],
)
def test_addresses(text: str, local: str | None) -> None:
    assert ADDRESSES.localise(text) == (text if local is None else local)
