"""Every pattern that a contract may use compiles in what will run it; what would not is refused."""

import re

import jsonschema_rs
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.contracts.model import Contract
from txplatform.contracts.patterns import MAX_PARTS, unportable

PORTABLE = [
    *("[0-9]{4}", "[A-Z0-9]+(?:[/.:_-][A-Z0-9]+)*", "a|b", "(a|b)*?", "a{2,3}", "a{2,}?", "é+", "[a-z-9]", "[a^$.]"),
    *(r"[\]\[\-]", r"\/\.", r"[^\]]+", r"[\n\t]", "()", "a||b", "x{0}", "[^a]{1000}", ".{1000}", "(?:.{100}){10}"),
]
UNPORTABLE = [
    *(
        "a{b}",
        "{",
        "a{2,",
        "[0-9]{,3}",
        "}",
        "]",
        "[]a]",
        "a{1001}",
        "(?:[a-z]{1000}){1000}",
        "a{99999}",
        "(?:a{30}){34}",
    ),
    *("a*+", "a++", "a?+", "a{2}+", "a**", "*", "(*a)", "a|+", "(?>a)", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)"),
    *("(?P<x>a)", "(?<x>a)", "(?i)a", "(?i:a)", "(?#c)a", r"(a)\1", "(a)(?P=x)", "^a", "a$", r"\d", r"[\w]", r"\bx"),
    *(r"\A", r"\p{L}", r"\u0041", r"\x41", r"\<a", r"\_", "[[a-z]]", "[[:alpha:]]", "[a&&b]", "[a--b]", "[a~~b]"),
    *("[a-", "a)", "\\"),
]


def compiles(pattern: str) -> bool:
    """Whether the functions, the lake and Python all read it."""
    anchored = f"^(?:{pattern})$"
    try:
        re.compile(anchored)
        jsonschema_rs.validator_for({"type": "string", "pattern": anchored}).is_valid("x")
        pl.Series(["x"]).str.contains(anchored)
    except (re.error, jsonschema_rs.ValidationError, pl.exceptions.ComputeError):
        return False
    return True


@pytest.mark.parametrize("pattern", PORTABLE)
def test_a_portable_pattern_compiles_everywhere(pattern: str) -> None:
    assert unportable(pattern) is None
    assert compiles(pattern)


def test_every_shipped_pattern_is_one(contract: Contract) -> None:
    patterns = [field.pattern for field in contract.fields if field.pattern is not None]
    assert patterns
    assert [pattern for pattern in patterns if unportable(pattern) or not compiles(pattern)] == []


@pytest.mark.parametrize("pattern", UNPORTABLE)
def test_what_is_not_read_alike_everywhere_is_refused(pattern: str) -> None:
    assert unportable(pattern)


@given(st.text(alphabet="ab09-^$.|?*+()[]{},:\\nd=!<>&~", max_size=12))
def test_what_python_reads_and_is_not_refused_compiles_everywhere(pattern: str) -> None:
    if unportable(pattern) is None:
        try:
            re.compile(pattern)
        except re.error:
            return
        assert compiles(pattern)


def test_the_limit_is_on_all_parts_together() -> None:
    half = f"[a-z]{{{MAX_PARTS // 2}}}"
    assert unportable(half * 2) is None
    assert unportable(half * 2 + "a") == "a"
