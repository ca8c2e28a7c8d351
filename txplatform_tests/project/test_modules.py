"""Modules stay small: one thing each, read at one sitting."""

from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
PRODUCT = ("txplatform", "lambdas", "infra")


def _lines(*folders: str) -> dict[str, int]:
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}


def test_no_module_is_longer_than_300_lines() -> None:
    assert [name for name, lines in _lines(*PRODUCT, "txplatform_tests").items() if lines > 300] == []


def test_the_median_module_of_the_product_has_at_most_75_lines() -> None:
    lines = _lines(*PRODUCT)
    assert len(lines) > 300
    assert median(lines.values()) <= 75
