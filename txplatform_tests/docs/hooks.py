"""MkDocs hooks: the generated references, the API reference, and the pages that stand elsewhere in the repository."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.openapi import openapi_document
from txplatform.dashboards.html.api_reference import render_api_reference, viewer_files
from txplatform_tests.docs.references import PAGES

_ROOT = Path(__file__).parents[2]
PAGES_ELSEWHERE = {
    "security.md": "SECURITY.md",
    "changelog.md": "CHANGELOG.md",
    "reference/local-aws.md": "txplatform/local/README.md",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not files of `docs/`."""
    for place, render in PAGES.items():
        files.append(File.generated(config, place, content=render().markdown))
    for place, source in PAGES_ELSEWHERE.items():
        files.append(File.generated(config, place, content=(_ROOT / source).read_text(encoding="utf-8")))
    page = render_api_reference(openapi_document(load_contracts(), "/"))
    files.append(File.generated(config, "reference/api.html", content=page))
    for file in viewer_files():
        files.append(File.generated(config, f"reference/{file.name}", content=file.body))
    return files
