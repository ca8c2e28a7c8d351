"""The changelog, the package and what is released agree on versions."""

import re
import tomllib
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_SECTION = re.compile(r"^## \[(?P<name>[^\]]+)\](?: - (?P<day>\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def test_the_changelog_has_the_version_of_the_package_first() -> None:
    package = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    found = list(_SECTION.finditer((_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")))
    assert found[0]["name"] == "Unreleased"
    released = [section["name"] for section in found[1:]]
    assert released[0] == package
    assert released == sorted(released, key=_version, reverse=True)
    assert all(section["day"] for section in found[1:])
