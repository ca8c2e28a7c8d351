"""How each source system signs, as the contracts say and the function's environment holds it."""

import json
from dataclasses import dataclass
from typing import Literal

from lambdas.shared.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Webhook:
    """How one system signs; `tolerance_seconds` is how far from now a signed time may be, None where none is signed."""

    scheme: Literal["stripe", "hmac_sha256"]
    header: str
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    tolerance_seconds: int | None = None


def read_webhooks(text: str) -> dict[str, Webhook]:
    """Read the setting: by system, the fields of a Webhook; raise ConfigurationError."""
    try:
        return {system: Webhook(**fields) for system, fields in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            "TXP_WEBHOOKS does not say how systems sign. Remedy: make synth, and deploy"
        ) from error
