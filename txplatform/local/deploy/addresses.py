"""Where the hosts that AWS gives to APIs and user pools are on this machine.

A template computes the addresses of its HTTP API, of its token endpoint and of its pool's public keys as
`https://<id>.execute-api.…`, `https://<domain>.auth.….amazoncognito.com` and `https://cognito-idp.…/<pool>/.well-known`.
Wherever such a text results from an expression, in the environment of a function too, the local address takes its
place. A pool's issuer is a name that tokens carry, not a place to call: it stays as it is.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Addresses:
    """`services` is the URL at which the AWS services answer, `gateway` that of the HTTP API and the token endpoint."""

    services: str
    gateway: str

    def localise(self, text: str) -> str:
        """Return `text` with the hosts of APIs, token endpoints and key sets replaced by their local addresses."""
        text = _API_HOST.sub(self.gateway, text)
        text = _TOKEN_HOST.sub(self.gateway, text)
        return _KEY_SET.sub(lambda found: f"{self.services}/{found['pool']}/.well-known/", text)


_API_HOST = re.compile(r"https://[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?![\w.-])")
_TOKEN_HOST = re.compile(r"https://[a-z0-9-]+\.auth\.[a-z0-9-]+\.amazoncognito\.com(?![\w.-])")
_KEY_SET = re.compile(r"https://cognito-idp\.[a-z0-9-]+\.amazonaws\.com/(?P<pool>[^/]+)/\.well-known/")
