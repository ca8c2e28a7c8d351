"""The signing keys of an identity provider: made at run time, rotated, and published before they are used.

As providers do, the key that signs next is in the key set already, and the keys that signed before stay there for as
long as a token that they signed can be in force.
"""

import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

ALGORITHM = "RS256"
KEY_SECONDS = 3600.0  # for which a key signs
_FORMER_KEYS = 2  # that stay published: for longer than a token lives


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key under its id."""

    key_id: str
    private: RSAPrivateKey

    @classmethod
    def generate(cls) -> "SigningKey":
        return cls(uuid.uuid4().hex, generate_private_key(65537, 2048))

    def public(self) -> dict[str, Any]:
        """The public half as a JWK."""
        made = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return {"kty": "RSA", "use": "sig", "kid": self.key_id, "n": made["n"], "e": made["e"]}

    def sign(self, claims: dict[str, Any]) -> str:
        """A token with these claims."""
        return jwt.encode(claims, self.private, algorithm=ALGORITHM, headers={"kid": self.key_id})


class SigningKeys:
    """The key that signs now, the next one, and the former ones. Made on first use, since that takes a moment."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._keys: list[SigningKey] = []  # former ones, the current one, the next one
        self._since = 0.0

    def current(self) -> SigningKey:
        """The key that signs now."""
        with self._lock:
            return self._in_force()[-2]

    def key_set(self) -> dict[str, Any]:
        """What is published, as a JWK Set."""
        with self._lock:
            return {"keys": [key.public() for key in self._in_force()]}

    def rotate(self) -> None:
        """Let the next key sign from now on."""
        with self._lock:
            self._in_force()
            self._advance()

    def _in_force(self) -> list[SigningKey]:
        if not self._keys:
            self._keys, self._since = [SigningKey.generate(), SigningKey.generate()], self._clock()
        elif self._clock() - self._since >= KEY_SECONDS:
            self._advance()
        return self._keys

    def _advance(self) -> None:
        self._keys = [*self._keys[-_FORMER_KEYS - 1 :], SigningKey.generate()]
        self._since = self._clock()
