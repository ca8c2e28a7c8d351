"""Parameters of an execution are literals to their last character."""

import pytest

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.parameters import fill


@pytest.mark.parametrize(
    "literal",
    ["1", "-1.5", "+.5", "1e3", "'a'", "'it''s'", "''", "true", "NULL", "DATE '2024-01-01'", "decimal '1.50'", " 7 "],
)
def test_a_literal_takes_the_place_of_its_mark(literal: str) -> None:
    assert fill("SELECT '?', ? -- ?", [literal]) == f"SELECT '?',  {literal}  -- ?"


@pytest.mark.parametrize(
    "text",
    ["1 FROM payments", "1; DROP VIEW v", "1 -- ", "1 /*", "'a' OR true", "'a' || 'b'", "''' OR 1=1 --", "id", "",
     "(SELECT 1)", "now()", "1, 2", "1 AS x", "'a", "CAST(id AS varchar)", "?", "1\n--", "DATE id"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(StatementError, match="INVALID_PARAMETER_USAGE"):
        fill("SELECT ?", [text])


def test_a_minus_before_a_mark_begins_no_comment() -> None:
    assert "--" not in fill("SELECT 1 -?", ["-1"])
