"""How source systems sign what they post, over the raw bytes of the body.

- `stripe`: the header is `t=<seconds>,v1=<hex>[,v1=<hex>]`, signed is `<t>.<body>`: https://docs.stripe.com/webhooks
- `hmac_sha256`: the header is a prefix and the HMAC of the body in hex or base64, as of GitHub (`sha256=`), Shopify:
  https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries,
  https://shopify.dev/docs/apps/build/webhooks/subscribe/https

Secrets are compared in constant time, all of them: an answer's time says nothing of how near a guess was.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.webhook.errors import Unverified, UnverifiedError
from lambdas.webhook.webhooks import Webhook

MAX_HEADER_LENGTH = 4096
MAX_SIGNATURES = 20  # of one header
_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a header claims: HMACs, any of which may be right, of `prefix` and the body."""

    codes: tuple[bytes, ...]
    prefix: bytes = b""
    signed_at: int | None = None

    def matches(self, body: bytes, secrets: Sequence[bytes]) -> bool:
        """Say whether one of the secrets gives one of the codes."""
        found = False
        for secret in secrets:
            code = hmac.new(secret, self.prefix + body, hashlib.sha256).digest()
            for claimed in self.codes:
                found |= hmac.compare_digest(code, claimed)
        return found


def read_signature(webhook: Webhook, headers: Mapping[str, Any]) -> Signature:
    """Read the signature of a request, whose headers have names in small characters; raise UnverifiedError."""
    value = headers.get(webhook.header)
    if not isinstance(value, str) or not value.strip():
        raise UnverifiedError(Unverified.MISSING)
    if len(value) > MAX_HEADER_LENGTH:
        raise UnverifiedError(Unverified.MALFORMED)
    return _stripe(value) if webhook.scheme == "stripe" else _plain(webhook, value.strip())


def check_time(webhook: Webhook, signature: Signature, now: float) -> None:
    """Raise UnverifiedError for a signed time that is too far from now. The signature must have been checked before."""
    if webhook.tolerance_seconds is None or signature.signed_at is None:
        return
    if signature.signed_at < now - webhook.tolerance_seconds:
        raise UnverifiedError(Unverified.TOO_OLD)
    if signature.signed_at > now + webhook.tolerance_seconds:
        raise UnverifiedError(Unverified.TOO_NEW)


def _stripe(value: str) -> Signature:
    parts = [part.strip().partition("=") for part in value.split(",")]
    times = [text for name, _, text in parts if name == "t"]
    codes = [text for name, _, text in parts if name == "v1"]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not 1 <= len(codes) <= MAX_SIGNATURES:
        raise UnverifiedError(Unverified.MALFORMED)
    return Signature(tuple(_decoded("hex", code) for code in codes), f"{times[0]}.".encode(), int(times[0]))


def _plain(webhook: Webhook, value: str) -> Signature:
    if not value.startswith(webhook.prefix):
        raise UnverifiedError(Unverified.MALFORMED)
    return Signature((_decoded(webhook.encoding, value.removeprefix(webhook.prefix)),))


def _decoded(encoding: str, text: str) -> bytes:
    try:
        return binascii.unhexlify(text) if encoding == "hex" else base64.b64decode(text, validate=True)
    except ValueError as error:
        raise UnverifiedError(Unverified.MALFORMED) from error
