"""The API reference shows every operation and every field of the document, with references resolved."""

import re
from html import unescape

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.openapi import openapi_document
from txplatform.dashboards.html.api_reference import render_api_reference

DOCUMENT = openapi_document(load_contracts(), "http://127.0.0.1:8080/")
PAGE = render_api_reference(DOCUMENT)


def test_every_operation_has_its_article() -> None:
    expected = {
        (method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item if method != "parameters"
    }
    shown = re.findall(r'<h3><span class="method (\w+)">\w+</span><code>([^<]+)</code></h3>', PAGE)
    assert {(method, unescape(path)) for method, path in shown} == expected


def test_every_field_of_every_schema_is_shown() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        for name in schema.get("properties", {}):
            assert f"<code>{name}</code>" in PAGE


def test_links_lead_somewhere() -> None:
    targets = re.findall(r'href="#([^"]+)"', PAGE)
    anchors = set(re.findall(r'id="([^"]+)"', PAGE))
    assert targets
    assert set(targets) <= anchors


def test_names_in_backticks_are_shown_as_code() -> None:
    assert "<code>next</code> of the page before" in PAGE
    assert "`" not in PAGE


def test_constraints_are_given_in_words() -> None:
    page = unescape(PAGE)
    assert "one of authorised, captured, settled, refunded, failed" in page
    assert "1 to 64 characters" in page
    assert "≤ 100" in page


def test_a_schema_is_described_in_words() -> None:
    page = render_api_reference(
        {
            "info": {"title": "T", "version": "1"},
            "paths": {
                "/x": {
                    "post": {
                        "requestBody": {
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/a~1b"}}}
                        },
                        "responses": {"204": {"description": "Done"}},
                    }
                }
            },
            "components": {
                "schemas": {
                    "a/b": {
                        "type": "object",
                        "properties": {
                            "names": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
                            "either": {"anyOf": [{"type": "integer", "exclusiveMinimum": 0}, {"type": "null"}]},
                            "when": {"type": "string", "format": "date"},
                            "kind": {"const": "x"},
                        },
                        "required": ["kind"],
                    }
                }
            },
        }
    )
    text = unescape(page)
    for expected in ("list of string", "0 to 3 items", "integer or null", "string (date)", "always x", '"names": ['):
        assert expected in text
    assert '</code> <span class="required">' in page
