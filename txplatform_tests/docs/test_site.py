"""The documentation site builds whole, without a warning, a broken link or anything from another host."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from txplatform_tests.docs import site
from txplatform_tests.docs.blocks import commands, read_document
from txplatform_tests.docs.references import PAGES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def checked(folder: Path) -> dict[str, Any]:
    return site.check(folder)


def test_the_site_is_within_its_bounds(checked: dict[str, Any]) -> None:
    assert checked["ok"], checked["figures"]
    assert json.loads(json.dumps(checked))["name"] == "docs"
    assert set(checked["bounds"]) == set(checked["figures"])


def test_the_search_index_holds_every_page(checked: dict[str, Any], folder: Path) -> None:
    index = json.loads((folder / "search" / "search_index.json").read_text(encoding="utf-8"))
    found = {entry["location"].partition("#")[0] for entry in index["docs"]}
    assert checked["figures"]["pages"] > 20
    assert found >= {"concepts/glossary.html", "reference/contract.html", "guides/deploy.html"}


def test_the_api_reference_has_its_viewer_beside_it(checked: dict[str, Any], folder: Path) -> None:
    page = folder / "reference" / "api.html"
    loaded = re.findall(r'(?:src|href)="(swagger-ui/[^"]+)"', page.read_text(encoding="utf-8"))
    assert checked["figures"]["remote_resources"] == 0
    assert len(loaded) == 2
    assert all((page.parent / name).stat().st_size > 100_000 for name in loaded)


def test_what_is_broken_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.html").write_text('<h2 id="there">x</h2>')
    (tmp_path / "page.html").write_text(
        '<a href="other.html#there">ok</a><a href="other.html#gone">anchor</a><a href="gone.html">page</a>'
        '<a href="https://example.com">elsewhere</a><img src="gone.png"><script src="https://cdn.example/x.js"></script>'
    )
    assert list(site.broken_links(tmp_path)) == [
        f"page.html: {link}" for link in ("other.html#gone", "gone.html", "gone.png")
    ]
    assert list(site.remote_resources(tmp_path)) == ["page.html: https://cdn.example/x.js"]


@pytest.mark.parametrize("name", sorted(site.BOUNDS))
def test_a_figure_out_of_its_bounds_fails(name: str, checked: dict[str, Any]) -> None:
    least, most = site.BOUNDS[name]
    beyond = least - 1 if most is None else most + 1
    assert not site.within({**checked["figures"], name: beyond})


@pytest.mark.parametrize("place", PAGES)
def test_a_reference_describes_everything(place: str) -> None:
    page = PAGES[place]()
    assert page.undocumented == ()
    assert page.markdown.startswith("# ")


def test_references_name_what_the_code_has() -> None:
    assert "`TXP_LAKE_BUCKET` | required: output `LakeBucket`" in PAGES["reference/settings.md"]().markdown
    assert "| `contract_too_old` |" in PAGES["reference/errors.md"]().markdown
    assert "### txplatform ledger redrive" in PAGES["reference/cli.md"]().markdown
    assert "| `txplatform-‹entity›-refused` |" in PAGES["reference/alarms.md"]().markdown
    assert "| `txplatform-‹entity›-inbound` |" in PAGES["reference/names.md"]().markdown


def test_commands_of_a_console_block() -> None:
    text = "x\n```console\n$ one \\\n    more\noutput\n$ two\n```\n- list\n\n  ```sql\n  SELECT 1\n  ```\n"
    console, sql = read_document("a.md", text).blocks
    assert [(command.line, command.text) for command in commands(console)] == [(3, "one \\\n    more"), (6, "two")]
    assert (sql.language, sql.line, sql.text) == ("sql", 11, "SELECT 1\n")


def test_a_block_that_is_not_closed_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"a\.md:1: the fenced block is not closed"):
        read_document("a.md", "```console\n$ one\n")
