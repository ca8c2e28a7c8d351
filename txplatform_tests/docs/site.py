"""Builds the documentation site and checks what MkDocs does not: `python -m txplatform_tests.docs.site [folder]`.

The last line is one JSON object of figures and bounds; the status is 1 when a figure is out of its bounds.
"""

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mkdocs.commands.build import build
from mkdocs.config import load_config

from txplatform_tests.docs.blocks import documents
from txplatform_tests.docs.references import PAGES

ROOT = Path(__file__).parents[2]
BOUNDS: Mapping[str, tuple[int, int | None]] = {
    "pages": (20, None),
    "fenced_blocks": (20, None),
    "warnings": (0, 0),
    "broken_links": (0, 0),
    "remote_resources": (0, 0),
    "undocumented": (0, 0),
}
"""The least and the greatest value of each figure; None stands for no bound."""

_LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


class _Html(HTMLParser):
    """Collects the anchors of a page, where it leads, and what a browser loads with it."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag in _LOADED and _LOADED[tag] in values and values.get("rel") != "canonical":
            self.loads.append(values[_LOADED[tag]])


class _Warnings(logging.Handler):
    """Keeps what MkDocs warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def build_site(folder: Path) -> list[str]:
    """Build the site into a folder; return the warnings, which do not stop it."""
    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(warnings)
    try:
        build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=False))
    finally:
        logger.removeHandler(warnings)
    return warnings.texts


def broken_links(folder: Path) -> Iterator[str]:
    """Every link to a page, file or anchor of the built site that is not there."""
    pages = _parsed(folder)
    for page, html in pages.items():
        for link in [*html.links, *html.loads]:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (page.parent / unquote(url.path)).resolve() if url.path else page
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or (url.fragment and target in pages and not _has(pages[target], url.fragment)):
                yield f"{page.relative_to(folder)}: {link}"


def remote_resources(folder: Path) -> Iterator[str]:
    """Everything that a browser would load from another host to show a page."""
    for page, html in _parsed(folder).items():
        for address in html.loads:
            if urlsplit(address).netloc:
                yield f"{page.relative_to(folder)}: {address}"


def _parsed(folder: Path) -> dict[Path, _Html]:
    pages: dict[Path, _Html] = {}
    for path in sorted(folder.resolve().rglob("*.html")):
        if path.name != "404.html":  # its links are absolute: it may be served from anywhere
            pages[path] = _Html()
            pages[path].feed(path.read_text(encoding="utf-8"))
    return pages


def _has(html: _Html, fragment: str) -> bool:
    return unquote(fragment) in html.anchors


def within(figures: Mapping[str, int]) -> bool:
    """Say whether every figure is within its bounds."""
    return all(
        figures[name] >= least and (most is None or figures[name] <= most) for name, (least, most) in BOUNDS.items()
    )


def check(folder: Path) -> dict[str, Any]:
    """Build the site, print every defect, and return the figures with their bounds."""
    folder = folder.resolve()
    defects = {
        "warnings": build_site(folder),
        "broken_links": list(broken_links(folder)),
        "remote_resources": list(remote_resources(folder)),
        "undocumented": [f"{place}: {name}" for place, render in PAGES.items() for name in render().undocumented],
    }
    for kind, texts in defects.items():
        for text in texts:
            print(f"{kind}: {text}", file=sys.stderr)
    figures = {
        "pages": len(_parsed(folder)),
        "fenced_blocks": sum(len(document.blocks) for document in documents(ROOT)),
        **{kind: len(texts) for kind, texts in defects.items()},
    }
    return {"name": "docs", "figures": figures, "bounds": BOUNDS, "ok": within(figures)}


def main(arguments: list[str]) -> int:
    """Check the site, print the one line, return the status."""
    result = check(Path(arguments[0]) if arguments else ROOT / "site")
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
