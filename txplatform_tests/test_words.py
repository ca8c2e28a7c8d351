"""The tree uses the words of its field: one word for one thing, and none of the ones it used before."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOT_SEARCHED = {
    "CHANGELOG.md",  # speaks of the past
    "LICENSE",
    "docs/concepts/glossary.md",  # lists the former words
    "txplatform_tests/test_words.py",
}
# Former word -> the words to use. The domain keeps its own: a payment is settled, a trade settles.
FORMER_WORDS = {
    r"(?<!dead[ -])(?<!dead_)\bletters?\b(?!-spacing)": "dead letter, dead-letter message; character",
    r"\bbur(?:y|ied|ies|ying)\b": "tombstone, soft-delete",
    r"\bstrangers?\b|\bstrays?\b": "unrecognised object, unknown column or attribute",
    r"\bforeign(?! key)\b": "unrecognised, unknown, out of range",
    r"\bspared\b": "retained, skipped",
    r"\btold\b": "alerted, reported",
    r"\bflaws?\b": "violations",
    r"\bsettl(?:e|es|ed|ing)\b": "mark done, complete, drain",
    r"\bjudg\w*": "validate, align, screen, read",
    r"\bverdicts?\b": "outcome",
    r"(?<!there )\b(?:is|are) (?-i:none)\b(?! of the)|\bof ours\b": "name the thing",
    r"\bmend(?:s|ed|ing)?\b": "fix, correct, repair",
    r"\b(?:given|gives?|gave|giving)[ _]up\b": "abandoned",
}
_DOMAIN = re.compile(
    r"\b(?:captured|authorised|refunded|paid)\b.*\bsettled\b|\bsettled\b.*\b(?:captured|authorised|refunded|paid)\b"
    r"|the trade settles|\bsettled_on\b|[\"',`]settled[\"',`]"
)


def _searched() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout, so nothing says which files belong to the repository")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and name not in NOT_SEARCHED]


def _lines() -> list[tuple[str, int, str]]:
    found: list[tuple[str, int, str]] = []
    for path in _searched():
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture, or a file removed and not yet committed
        name = path.relative_to(ROOT).as_posix()
        # Identifiers are words too: `spared_keys` and `isForeign` are read as they are spoken.
        found += [(name, 0, name.replace("_", " "))]
        found += [(name, number, line) for number, line in enumerate(text.splitlines(), 1)]
    return found


@pytest.fixture(scope="module")
def lines() -> list[tuple[str, int, str]]:
    return _lines()


@pytest.mark.parametrize("word", FORMER_WORDS, ids=lambda word: FORMER_WORDS[word])
def test_former_words_are_gone(word: str, lines: list[tuple[str, int, str]]) -> None:
    pattern = re.compile(word, re.IGNORECASE)
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, number, line in lines
        if pattern.search(line.replace("_", " ") if "dead_" not in line else line) and not _DOMAIN.search(line)
    ]
    assert not found, f"say instead: {FORMER_WORDS[word]}\n" + "\n".join(found[:40])


@pytest.mark.parametrize("text", ["a letter", "it was told", "judged rows", "these are none", "giving up"])
def test_the_search_finds_former_words(text: str) -> None:
    assert any(re.search(word, text, re.IGNORECASE) for word in FORMER_WORDS)


@pytest.mark.parametrize("text", ["a dead letter", "dead-letter queue", "a foreign key", "it is not one"])
def test_the_search_leaves_the_fields_words(text: str) -> None:
    assert not any(re.search(word, text, re.IGNORECASE) for word in FORMER_WORDS)
