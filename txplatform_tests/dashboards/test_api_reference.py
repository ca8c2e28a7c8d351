"""The API reference holds its document, and loads nothing but the viewer's files beside it."""

import json
import re
from typing import Any

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.openapi import openapi_document
from txplatform.dashboards.html.api_reference import render_api_reference, viewer_files

DOCUMENT = openapi_document(load_contracts(), "http://127.0.0.1:8080/")
PAGE = render_api_reference(DOCUMENT)
FILES = {file.name: file for file in viewer_files()}


def document_of(page: str) -> dict[str, Any]:
    [text] = re.findall(r'<script id="document" type="application/json">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_the_page_holds_the_document() -> None:
    assert document_of(PAGE) == DOCUMENT


def test_a_token_of_another_issuer_is_pasted_since_the_viewer_would_ask_its_host() -> None:
    document = openapi_document(load_contracts(), "/", further_issuers='[{"issuer": "https://id.example.com"}]')
    scheme = document_of(render_api_reference(document))["components"]["securitySchemes"]["issuer_1"]
    assert (scheme["type"], scheme["scheme"], "openIdConnectUrl" in scheme) == ("http", "bearer", False)
    assert "https://id.example.com/.well-known/openid-configuration" in scheme["description"]
    assert document["components"]["securitySchemes"]["issuer_1"]["type"] == "openIdConnect"


def test_no_text_of_the_document_ends_its_script() -> None:
    hostile = {
        "info": {"title": "</script><script>alert(1)</script>", "description": "<!-- \u2028 \u2029"},
        "paths": {},
    }
    page = render_api_reference(hostile)
    assert document_of(page)["info"] == hostile["info"]
    assert page.count("<script") == PAGE.count("<script")
    assert "\u2028" not in page


def test_what_the_page_loads_is_a_file_of_the_viewer() -> None:
    loaded = re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="([^"]+)"', PAGE)
    assert loaded
    assert set(loaded) - {"data:,"} <= set(FILES)


def test_the_viewer_comes_with_its_licence_and_reads_openapi_3_1() -> None:
    kinds = {name.rpartition("/")[2]: file.content_type.partition(";")[0] for name, file in FILES.items()}
    assert kinds == {
        "swagger-ui.css": "text/css",
        "swagger-ui-bundle.js": "text/javascript",
        "LICENSE": "text/plain",
        "NOTICE": "text/plain",
    }
    [bundle] = [file.body for name, file in FILES.items() if name.endswith(".js")]
    [version] = set(re.findall(rb'PACKAGE_VERSION:"([0-9]+)', bundle))
    assert int(version) >= 5
    assert all(file.body for file in FILES.values())


def test_files_of_another_version_have_another_name() -> None:
    assert all(re.fullmatch(r"swagger-ui/[0-9][^/]*/[^/]+", name) for name in FILES)
