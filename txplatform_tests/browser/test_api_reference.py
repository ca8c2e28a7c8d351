"""In a real browser the API reference shows every operation, and asks nothing of another host."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.openapi import openapi_document
from txplatform.dashboards.html.api_reference import render_api_reference, viewer_files
from txplatform_tests.browser.chromium import Page, find_chromium

pytestmark = [pytest.mark.browser, pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed")]

ISSUERS = '[{"kind": "entra", "issuer": "https://login.microsoftonline.com/t/v2.0", "audiences": ["api"]}]'
DOCUMENT = openapi_document(load_contracts(), "/", "https://pool.example.com/oauth2/token", ISSUERS)
OPERATIONS = sum(
    method in ("get", "put", "post", "patch", "delete") for item in DOCUMENT["paths"].values() for method in item
)
SHOWN = "document.querySelectorAll('.opblock').length"
# Unfolds the first operation that takes a body, and asks for a token, as a reader does.
UNFOLDED = """
document.querySelector('.opblock-post .opblock-summary-control').click();
document.querySelector('.authorize').click();
"""
ASKED = """
document.addEventListener('securitypolicyviolation', event => { window.refused = event.blockedURI; });
new Image().src = 'http://127.0.0.2:9/pixel.png';
"""
LOADED = "performance.getEntriesByType('resource').map(entry => entry.name)"


class Pages(SimpleHTTPRequestHandler):
    """Serves a folder under a policy that lets pages load from their own origin alone, and keeps what breaks it."""

    broken: ClassVar[list[str]] = []

    def end_headers(self) -> None:
        policy = "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'"
        self.send_header("Content-Security-Policy", f"{policy}; report-uri /broken")
        super().end_headers()

    def do_POST(self) -> None:
        self.broken.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("reference")
    (folder / "api.html").write_text(render_api_reference(DOCUMENT), encoding="utf-8")
    for file in viewer_files():
        (folder / file.name).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.name).write_bytes(file.body)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def tab(tab: Page, address: str) -> Page:
    tab.view(1280, 1000)
    tab.open(f"{address}/api.html")
    tab.wait_for(f"{SHOWN} > 0")
    return tab


def test_every_operation_is_shown(tab: Page) -> None:
    assert tab.evaluate(SHOWN) == OPERATIONS
    assert tab.evaluate("document.querySelectorAll('.errors-wrapper').length") == 0


def test_nothing_is_asked_of_another_host(tab: Page, address: str) -> None:
    tab.evaluate(UNFOLDED)
    tab.wait_for("document.querySelectorAll('.opblock-body, .auth-container').length > 1")
    loaded = tab.evaluate(LOADED)
    assert [url for url in loaded if url.endswith("swagger-ui-bundle.js")]
    assert [url for url in loaded if not url.startswith((address, "data:", "blob:"))] == []
    assert Pages.broken == []


def test_a_page_that_asks_another_host_is_noticed(tab: Page) -> None:
    tab.evaluate(ASKED)
    tab.wait_for("window.refused === 'http://127.0.0.2:9/pixel.png'")
