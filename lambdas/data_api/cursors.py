"""Cursors: where the next page of a list begins, signed, so that none serves another list than the one that gave it.

A cursor holds a position, which is no secret; what it must not do is begin a list of other records or another order,
where it would silently leave some out.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any

from lambdas.data_api.positions import Position
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import Scalar

_SIGNATURE_BYTES = 16


class Cursors:
    """Writes and reads cursors; `key_of` gives the key that signs those of an entity."""

    def __init__(self, key_of: Callable[[str], bytes]) -> None:
        self._key_of = key_of

    def write(self, entity: str, query: Sequence[Scalar | None], position: Position) -> str:
        """The cursor of the page after a position in the list that `query` identifies."""
        content = dumps([position.key, position.sorted_by], ascii_only=False)
        signed = self._signature(entity, query, content) + content.encode()
        return base64.urlsafe_b64encode(signed).decode().rstrip("=")

    def read(self, entity: str, query: Sequence[Scalar | None], cursor: str) -> Position | None:
        """The position that a cursor of this very list holds; None of any other text."""
        try:
            signed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            content = signed[_SIGNATURE_BYTES:].decode()
        except (binascii.Error, ValueError):
            return None
        expected = self._signature(entity, query, content)
        if not hmac.compare_digest(signed[:_SIGNATURE_BYTES], expected):
            return None
        return Position(*loads(content))

    def _signature(self, entity: str, query: Sequence[Scalar | None], content: str) -> bytes:
        message: list[Any] = [entity, *query, content]
        return hmac.digest(self._key_of(entity), dumps(message).encode(), hashlib.sha256)[:_SIGNATURE_BYTES]
