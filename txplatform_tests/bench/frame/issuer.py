"""An issuer on the loopback address: its key set, and tokens signed with its key."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

ISSUER = "https://issuer.bench"
CLIENT_ID = "bench"
_KEY_ID = "one"


class Issuer:
    """Signs access tokens as Cognito writes them; `key_set_url` is where its key set is."""

    def __init__(self, key_set_url: str) -> None:
        self.key_set_url = key_set_url
        self._key = generate_private_key(65537, 2048)

    def key_set(self) -> bytes:
        """The public key, as JWKS."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return json.dumps({"keys": [{**public, "kid": _KEY_ID, "alg": "RS256", "use": "sig"}]}).encode()

    def token(self, scope: str) -> str:
        """A token with one scope, for an hour."""
        now = int(time.time())
        times = {"iat": now, "auth_time": now, "exp": now + 3600}
        claims = {"iss": ISSUER, "client_id": CLIENT_ID, "token_use": "access", "scope": scope, **times}
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": _KEY_ID})


@contextmanager
def served_issuer() -> Iterator[Issuer]:
    """Serve an issuer's key set."""
    issuer: Issuer

    class KeySet(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = issuer.key_set()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), KeySet)
    server.daemon_threads = True
    issuer = Issuer(f"http://127.0.0.1:{server.server_address[1]}/jwks.json")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
