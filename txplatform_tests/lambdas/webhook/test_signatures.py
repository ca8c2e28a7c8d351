"""Signatures that were published or recorded hold, and nothing near them does."""

import base64
import binascii
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.errors import ConfigurationError
from lambdas.webhook.errors import Unverified, UnverifiedError
from lambdas.webhook.signatures import MAX_SIGNATURES, check_time, read_signature
from lambdas.webhook.webhooks import Webhook, read_webhooks
from txplatform_tests.lambdas.webhook.signing import SECRET, code, stripe_header

STRIPE = Webhook("stripe", "stripe-signature", tolerance_seconds=300)
GITHUB = Webhook("hmac_sha256", "x-hub-signature-256", "hex", "sha256=")
SHOPIFY = Webhook("hmac_sha256", "x-shopify-hmac-sha256", "base64")
NOW = 1_700_000_000
BODY = b'{"id":"evt_1"}'

# An event that Stripe sent in 2017, published with its secret:
# https://gist.github.com/nicocavallo/753f896cda1ce2974778e1166e2dbb70
RECORDED = b"""{
  "id": "evt_YEEz4JGN6UwGkCjdqr7wfPqL",
  "object": "event",
  "api_version": "2017-06-05",
  "created": 1509023721,
  "data": {
    "object": {
      "id": "my-first-test-plan",
      "object": "plan",
      "amount": 599,
      "created": 1509023721,
      "currency": "gbp",
      "interval": "month",
      "interval_count": 1,
      "livemode": false,
      "metadata": {
      },
      "name": "My first test plan",
      "statement_descriptor": "My first test plan",
      "trial_period_days": 31
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": {
    "id": "req_6UwGkCjdqr7wfPqLAq",
    "idempotency_key": null
  },
  "type": "plan.created"
}"""
RECORDED_HEADER = "t=1509023726,v1=e786c1d46f2fa3bbd57cf974e89533ecb89ba2ea006c8ef672da3e7cb2c1101d,v0=6d9e8a0b0de1d3f3"


def holds(webhook: Webhook, value: str | None, body: bytes, *secrets: bytes) -> bool:
    headers = {} if value is None else {webhook.header: value}
    return read_signature(webhook, headers).matches(body, secrets)


def test_what_stripe_signed_holds() -> None:
    assert holds(STRIPE, RECORDED_HEADER, RECORDED, b"whsec_A2EdfajGiGHx9jFmkP7ia6j25VXh9IWV")


def test_the_example_of_github_holds() -> None:
    """https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"""
    value = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert holds(GITHUB, value, b"Hello, World!", b"It's a Secret to Everybody")
    assert not holds(GITHUB, value, b"Hello, World?", b"It's a Secret to Everybody")


def test_the_example_of_adyen_holds() -> None:
    """https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures: the key is written in hex."""
    key = binascii.unhexlify("44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056")
    signed = b"7914073381342284::TestMerchant:TestPayment-1407325143704:1130:EUR:AUTHORISATION:true"
    assert holds(SHOPIFY, "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=", signed, key)


@pytest.mark.parametrize("place", range(len(BODY)))
def test_a_body_that_differs_in_one_byte_does_not_hold(place: int) -> None:
    altered = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
    assert holds(STRIPE, stripe_header(BODY, NOW), BODY, SECRET.encode())
    assert not holds(STRIPE, stripe_header(BODY, NOW), altered, SECRET.encode())


def test_the_signed_time_cannot_be_replaced() -> None:
    value = stripe_header(BODY, NOW).replace(f"t={NOW}", f"t={NOW + 1}")
    assert not holds(STRIPE, value, BODY, SECRET.encode())


def test_during_a_rotation_either_secret_holds() -> None:
    assert holds(STRIPE, stripe_header(BODY, NOW, "old", "new"), BODY, b"new")
    assert holds(STRIPE, stripe_header(BODY, NOW, "old", "new"), BODY, b"old")
    assert holds(STRIPE, stripe_header(BODY, NOW, "old"), BODY, b"new", b"old")
    assert not holds(STRIPE, stripe_header(BODY, NOW, "older"), BODY, b"new", b"old")
    assert not holds(STRIPE, stripe_header(BODY, NOW, "new"), BODY)


@pytest.mark.parametrize(
    ("webhook", "value", "reason"),
    [
        (STRIPE, None, Unverified.MISSING),
        (STRIPE, " ", Unverified.MISSING),
        (STRIPE, "x", Unverified.MALFORMED),
        (STRIPE, f"t={NOW}", Unverified.MALFORMED),
        (STRIPE, f"v1={code(SECRET, BODY)}", Unverified.MALFORMED),
        (STRIPE, f"t={NOW},v0={code(SECRET, BODY)}", Unverified.MALFORMED),
        (STRIPE, f"t={NOW},t={NOW},v1=00", Unverified.MALFORMED),
        (STRIPE, f"t=-{NOW},v1=00", Unverified.MALFORMED),
        (STRIPE, "t=١٢,v1=00", Unverified.MALFORMED),
        (STRIPE, f"t={NOW},v1=0", Unverified.MALFORMED),
        (STRIPE, f"t={NOW},v1=é0", Unverified.MALFORMED),
        (STRIPE, f"t={NOW}" + ",v1=00" * (MAX_SIGNATURES + 1), Unverified.MALFORMED),
        (STRIPE, "t=1,v1=" + "00" * 4096, Unverified.MALFORMED),
        (GITHUB, code(SECRET, BODY), Unverified.MALFORMED),
        (GITHUB, f"sha1={code(SECRET, BODY)}", Unverified.MALFORMED),
        (SHOPIFY, "***", Unverified.MALFORMED),
    ],
)
def test_what_is_no_signature_is_refused_with_its_reason(
    webhook: Webhook, value: str | None, reason: Unverified
) -> None:
    with pytest.raises(UnverifiedError) as refusal:
        holds(webhook, value, BODY, SECRET.encode())
    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    ("age", "reason"),
    [(0, None), (300, None), (-300, None), (301, Unverified.TOO_OLD), (-301, Unverified.TOO_NEW)],
)
def test_a_signed_time_may_be_as_far_from_now_as_is_tolerated(age: int, reason: Unverified | None) -> None:
    signature = read_signature(STRIPE, {STRIPE.header: stripe_header(BODY, NOW - age)})
    if reason is None:
        check_time(STRIPE, signature, NOW)
    else:
        with pytest.raises(UnverifiedError, match=reason.value):
            check_time(STRIPE, signature, NOW)


def test_a_scheme_without_a_time_has_no_age() -> None:
    check_time(GITHUB, read_signature(GITHUB, {GITHUB.header: "sha256=00"}), NOW)


@given(st.sampled_from([STRIPE, GITHUB, SHOPIFY]), st.text(), st.binary())
def test_no_header_crashes_it_and_none_holds(webhook: Webhook, value: str, body: bytes) -> None:
    try:
        signature = read_signature(webhook, {webhook.header: value})
    except UnverifiedError:
        return
    assert not signature.matches(body, [b"secret"])


@given(st.binary(), st.binary(min_size=1))
def test_whatever_a_system_signs_holds(body: bytes, secret: bytes) -> None:

    digest = hmac.new(secret, body, hashlib.sha256).digest()
    assert holds(GITHUB, f"sha256={digest.hex()}", body, secret)
    assert holds(SHOPIFY, base64.b64encode(digest).decode(), body, b"other", secret)


def test_the_setting_is_read_or_refused() -> None:
    assert read_webhooks('{"stripe":{"scheme":"stripe","header":"stripe-signature","tolerance_seconds":300}}') == {
        "stripe": STRIPE
    }
    for text in ("{", "[]", '{"stripe":{"header":"x"}}', '{"stripe":7}'):
        with pytest.raises(ConfigurationError, match="TXP_WEBHOOKS"):
            read_webhooks(text)
