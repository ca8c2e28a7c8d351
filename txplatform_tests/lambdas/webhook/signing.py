"""Signatures as source systems make them, by the public documentation of each scheme, and requests that carry them."""

import base64
import hashlib
import hmac
from typing import Any

SECRET = "whsec_current"


def code(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def stripe_header(body: bytes, at: float, *secrets: str) -> str:
    """What Stripe sends: while a secret is replaced, a code of each."""
    signed = f"{int(at)}.".encode() + body
    codes = [f"v1={code(secret, signed)}" for secret in secrets or (SECRET,)]
    return ",".join([f"t={int(at)}", *codes, "v0=6d9e8a0b0de1d3f363c85f02842950c0"])


def request(
    body: bytes, headers: dict[str, str], system: str = "stripe", method: str = "POST", *, binary: bool = False
) -> dict[str, Any]:
    """The event of an HTTP API; `binary` as it comes for media types that are no text."""
    return {
        "version": "2.0",
        "routeKey": "ANY /webhooks/{system}",
        "rawPath": f"/webhooks/{system}",
        "pathParameters": {"system": system},
        "headers": {"content-type": "application/json", **headers},
        "requestContext": {"http": {"method": method}, "requestId": "req-1"},
        "body": base64.b64encode(body).decode() if binary else body.decode(),
        "isBase64Encoded": binary,
    }
