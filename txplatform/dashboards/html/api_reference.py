"""The API reference: Swagger UI, as a package ships it, over an OpenAPI document that the page itself holds.

The page loads the viewer's files from beside it, and nothing from another host. None of them is in this repository.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata, resources
from typing import Any

from txplatform.dashboards.html.templates import template

_PACKAGE = "mkdocs-swagger-ui-tag"  # of Swagger UI's files alone: nothing of it is imported
_FOLDER = "swagger-ui"
_FILES = {
    "stylesheets/swagger-ui.css": "text/css; charset=utf-8",
    "javascripts/swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "LICENSE": "text/plain; charset=utf-8",
    "NOTICE": "text/plain; charset=utf-8",
}
_AUTHORIZATION = """\
TOKEN=$(curl -s -u "$TXP_CLIENT_ID:$TXP_CLIENT_SECRET" -d grant_type=client_credentials "$TXP_TOKEN_URL" \\
  | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')"""


@dataclass(frozen=True, slots=True)
class ViewerFile:
    """A file of the viewer; `name` is its path from the page, which is another with each version of the package."""

    name: str
    content_type: str
    body: bytes


def render_api_reference(document: Mapping[str, Any]) -> str:
    """Return the page for an OpenAPI document; it needs `viewer_files` beside it."""
    text = json.dumps(_with_tokens_to_paste(document), separators=(",", ":"), ensure_ascii=False)
    return template("api.html.j2").render(
        title=document["info"]["title"],
        viewer=_viewer(),
        authorization=_AUTHORIZATION,
        # Within a script, what would end it or begin a comment is escaped as JSON allows.
        document=text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"),
    )


def _with_tokens_to_paste(document: Mapping[str, Any]) -> dict[str, Any]:
    """Replace schemes of OpenID Connect by tokens that a reader pastes: the viewer would ask each issuer's host."""
    components = dict(document.get("components", {}))
    schemes: dict[str, dict[str, Any]] = dict(components.get("securitySchemes", {}))
    for name, scheme in schemes.items():
        if scheme["type"] == "openIdConnect":
            described = f"{scheme.get('description', '')} Its metadata: {scheme['openIdConnectUrl']}"
            schemes[name] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": described}
    return {**document, "components": {**components, "securitySchemes": schemes}}


def viewer_files() -> Iterator[ViewerFile]:
    """Read the viewer's files from their package, with its licence."""
    package = resources.files(_PACKAGE.replace("-", "_")) / _FOLDER
    for path, content_type in _FILES.items():
        yield ViewerFile(f"{_viewer()}/{path.rpartition('/')[2]}", content_type, package.joinpath(path).read_bytes())


def _viewer() -> str:
    return f"{_FOLDER}/{metadata.version(_PACKAGE)}"
