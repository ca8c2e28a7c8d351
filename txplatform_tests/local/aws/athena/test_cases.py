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


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["sql"])
def test_case(answer: Answer, case: dict[str, Any]) -> None:
    if "error" in case or case.get("refused"):
        with pytest.raises(QueryError, match=case.get("error", "NOT_SUPPORTED")):
            answer(case["sql"])
    else:
        assert answer(case["sql"]) == case["rows"]


def test_every_case_has_a_source() -> None:
    assert all(case["source"].startswith("https://") for case in CASES)
    assert len({case["sql"] for case in CASES}) == len(CASES)


def test_the_page_says_what_passes_and_what_does_not() -> None:
    assert reference.PAGE.read_text(encoding="utf-8") == reference.render()
