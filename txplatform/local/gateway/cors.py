"""Cross-origin resource sharing as an HTTP API answers it, before any authorizer and instead of the integration.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from txplatform.local.gateway.response import Response

_PREFIX = "access-control-"


@dataclass(frozen=True, slots=True)
class Cors:
    """The configuration of an API. Of answers to other origins, nothing is shared."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed: tuple[str, ...]
    max_age: int | None

    @classmethod
    def read(cls, configuration: Mapping[str, Any]) -> "Cors":
        """Read what API Gateway keeps."""
        return cls(
            origins=tuple(configuration.get("AllowOrigins") or ()),
            methods=tuple(configuration.get("AllowMethods") or ()),
            headers=tuple(configuration.get("AllowHeaders") or ()),
            exposed=tuple(configuration.get("ExposeHeaders") or ()),
            max_age=configuration.get("MaxAge"),
        )

    @staticmethod
    def is_preflight(method: str, headers: Mapping[str, str]) -> bool:
        """Whether a browser asks what it may ask for."""
        return method == "OPTIONS" and {"origin", "access-control-request-method"} <= headers.keys()

    def preflight(self, headers: Mapping[str, str]) -> Response:
        """Answer a preflight request."""
        allowed = self._allowed(headers)
        if allowed is None:
            return Response(204, (), b"")
        listed = (("allow-methods", self.methods), ("allow-headers", self.headers))
        age = () if self.max_age is None else ((f"{_PREFIX}max-age", str(self.max_age)),)
        return Response(204, (*allowed, *_joined(listed), *age), b"")

    def shared(self, headers: Mapping[str, str], response: Response) -> Response:
        """Return the response of an integration with the API's headers; its own of this kind do not count."""
        own = tuple(header for header in response.headers if not header[0].startswith(_PREFIX))
        allowed = self._allowed(headers)
        given = () if allowed is None else (*allowed, *_joined((("expose-headers", self.exposed),)))
        return replace(response, headers=(*own, *given))

    def _allowed(self, headers: Mapping[str, str]) -> tuple[tuple[str, str]] | None:
        origin = headers.get("origin", "")
        if "*" in self.origins:
            origin = "*" if origin else ""
        elif origin not in self.origins:
            return None
        return ((f"{_PREFIX}allow-origin", origin),) if origin else None


def _joined(listed: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{_PREFIX}{name}", ",".join(values)) for name, values in listed if values)
