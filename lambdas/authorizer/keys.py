"""The published keys of one issuer: read when needed, kept, and read again when they change.

What happens when the key set cannot be read:
- none was ever read: KeySetUnavailableError, so that the gateway answers 500 and caches nothing;
- one was read: its keys go on for `STALE_SECONDS`, and a key that is not among them is denied;
- that time has passed: KeySetUnavailableError. Never is a token taken whose key is not known.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lambdas.authorizer.denial import Denial, DeniedError
from lambdas.authorizer.issuers import TENANT_SLOT, Issuer, Kind, entra_tenant
from lambdas.shared.errors import KeySetUnavailableError

FRESH_SECONDS = 300.0  # after which a key set is read again
RETRY_SECONDS = 30.0  # between two readings, however many unknown keys are asked for: a flood of them reaches no issuer
STALE_SECONDS = 24 * 3600.0  # for which known keys go on while the key set cannot be read
MAX_KEYS = 100
_MIN_RSA_BITS = 2048
_KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}


@dataclass(frozen=True, slots=True)
class Key:
    """A public key with the one algorithm that it verifies; with a `tenant`, it signs for that tenant alone."""

    algorithm: str
    tenant: str | None
    jwk: jwt.PyJWK

    def verifies(self, signed: bytes, signature: bytes) -> bool:
        return self.jwk.Algorithm.verify(signed, self.jwk.key, signature)


Keys = Mapping[str, Sequence[Key]]
"""Keys by their id: one for each algorithm that a key may verify."""


class KeySet:
    """The keys of one issuer. `fetch` reads its key set; `on_unread` is called when that fails, with the reason.

    Safe to share between threads.
    """

    def __init__(
        self,
        issuer: Issuer,
        fetch: Callable[[str], Any],
        on_unread: Callable[[Issuer, str], None],
        clock: Callable[[], float] = time.time,  # the monotonic clock stands still while Lambda freezes the sandbox
    ) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._on_unread = on_unread
        self._clock = clock
        self._reading = threading.Lock()
        self._keys: Keys | None = None
        self._read_at = self._tried_at = 0.0

    def key(self, key_id: str, algorithm: str) -> Key:
        """The issuer's key for an id and an algorithm; raise DeniedError, KeySetUnavailableError."""
        known = self._keys
        if known is None or self._clock() - self._read_at > FRESH_SECONDS or key_id not in known:
            known = self._refreshed(key_id)
        for key in known.get(key_id, ()):
            if key.algorithm == algorithm:
                return key
        raise DeniedError(Denial.UNKNOWN_KEY if key_id not in known else Denial.WRONG_ALGORITHM)

    def _refreshed(self, key_id: str) -> Keys:
        """Read the key set unless that was tried just now, or another thread does and known keys will do."""
        if self._reading.acquire(blocking=self._keys is None or key_id not in self._keys):
            try:
                if self._keys is None or self._clock() - self._tried_at >= RETRY_SECONDS:
                    self._read()
            finally:
                self._reading.release()
        if self._keys is None or self._clock() - self._read_at > STALE_SECONDS:
            raise KeySetUnavailableError(f"the key set of {self._issuer.issuer} cannot be read")
        return self._keys

    def _read(self) -> None:
        self._tried_at = self._clock()
        try:
            self._keys = parse_keys(self._issuer, self._fetch(self._issuer.jwks_url))
            self._read_at = self._clock()
        except KeySetUnavailableError as error:
            self._on_unread(self._issuer, str(error))


def parse_keys(issuer: Issuer, document: Any) -> Keys:
    """The keys of a JWK Set (RFC 7517) that may verify the issuer's tokens; raise KeySetUnavailableError without any.

    What is for other purposes, of another type or too weak is left out, and does not stand in the way of the rest.
    """
    listed: Any = cast("dict[str, Any]", document).get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise KeySetUnavailableError("the answer is no key set")
    keys: dict[str, list[Key]] = {}
    for item in cast("list[Any]", listed)[:MAX_KEYS]:
        if isinstance(item, dict) and isinstance(key_id := cast("dict[str, Any]", item).get("kid"), str):
            keys.setdefault(key_id, []).extend(_usable(issuer, cast("dict[str, Any]", item)))
    usable = {key_id: made for key_id, made in keys.items() if made}
    if not usable:
        raise KeySetUnavailableError("the key set holds no key that could verify a token")
    return usable


def _usable(issuer: Issuer, document: dict[str, Any]) -> list[Key]:
    uses = document.get("key_ops", ["verify"])
    if document.get("use", "sig") != "sig" or not isinstance(uses, list) or "verify" not in uses or "d" in document:
        return []
    tenant = _tenant(issuer, document)
    if tenant is None:
        return []
    signs_for = None if tenant == TENANT_SLOT else tenant
    algorithms = [
        algorithm
        for algorithm in sorted(issuer.algorithms)
        if document.get("kty") == _KEY_TYPES[algorithm] and document.get("alg", algorithm) == algorithm
    ]
    try:
        keys = [jwt.PyJWK(document, algorithm) for algorithm in algorithms]
    except (jwt.PyJWTError, ValueError, TypeError):
        return []
    return [Key(key.algorithm_name, signs_for, key) for key in keys if _strong(key.key)]


def _tenant(issuer: Issuer, document: Mapping[str, Any]) -> str | None:
    """The tenant that a key signs for, `{tenantid}` for any that is taken, or None for none.

    In the key set that all tenants share, Entra ID names the issuer of each key, and only that says whether it signs
    for everyone. Version 1.0 of the key sets names none. The set of one tenant holds no keys of others.
    https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#validate-the-issuer
    """
    if issuer.kind is not Kind.ENTRA:
        return TENANT_SLOT
    if "issuer" in document:
        return entra_tenant(document["issuer"])
    return None if issuer.multi_tenant and issuer.entra_version == "2.0" else TENANT_SLOT


def _strong(material: Any) -> bool:
    if isinstance(material, RSAPublicKey):
        return material.key_size >= _MIN_RSA_BITS
    return material.curve.name == "secp256r1"  # ES256 is P-256 alone: RFC 7518 §3.4
