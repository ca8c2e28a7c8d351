"""Small queries whose answers Trino's or AWS's documentation gives: right, or refused as not supported.

`cases.json` has a line a query: its source, and `rows` (as texts), or the name of the `error`. `refused` marks a known
divergence: Athena answers with the rows, and the local one says by name that it does not.
"""

from collections.abc import Callable
from typing import Any

import pytest

from txplatform.local.aws.athena.errors import QueryError
from txplatform_tests.local.aws.athena import reference, without_tables
from txplatform_tests.local.aws.athena.reference import CASES

Answer = Callable[[str], list[list[str | None]]]


@pytest.fixture(scope="module")
def answer() -> Answer:
    connection = without_tables.connect()
    return lambda sql: without_tables.answer(connection, sql)


def _failure(answer: Answer, case: dict[str, Any]) -> str | None:
    """Return what is wrong with the answer to a case."""
    wanted = case.get("error") or ("NOT_SUPPORTED" if case.get("refused") else None)
    try:
        rows = answer(case["sql"])
    except QueryError as error:
        return None if wanted and str(error).startswith(wanted) else f"{case['sql']}: {error}"
    return f"{case['sql']}: {rows}" if wanted or rows != case["rows"] else None


@pytest.mark.parametrize("source", sorted({case["source"].partition("#")[0] for case in CASES}))
def test_cases(answer: Answer, source: str) -> None:
    """One connection, and one test, for the queries of a page: there are hundreds."""
    of_page = [case for case in CASES if case["source"].partition("#")[0] == source]
    assert [failure for case in of_page if (failure := _failure(answer, case))] == []


def test_every_case_has_a_source() -> None:
    assert all(case["source"].startswith("https://") for case in CASES)
    assert len({case["sql"] for case in CASES}) == len(CASES)


def test_the_page_says_what_passes_and_what_does_not() -> None:
    assert reference.PAGE.read_text(encoding="utf-8") == reference.render()
