"""`txplatform query`."""

from decimal import Decimal

import pandas as pd
import pytest
from click.testing import CliRunner

import txplatform
from txplatform.cli.main import main


@pytest.fixture(autouse=True)
def _answers(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"entity": ["a"], "amount": [Decimal("12345678901234567890.120")]})
    answers = {"SELECT 1": frame, "SELECT 0": frame.head(0)}
    monkeypatch.setattr(txplatform, "query", lambda sql, as_of: answers[sql] if as_of is None else None)


def test_a_table_shows_every_digit() -> None:
    result = CliRunner().invoke(main, ["query", "SELECT 1"])
    assert result.exit_code == 0
    assert "12345678901234567890.120" in result.output
    assert result.output.endswith("(1 row)\n")


def test_a_result_without_rows_is_its_columns() -> None:
    assert CliRunner().invoke(main, ["query", "SELECT 0"]).output == "entity amount\n(0 rows)\n"


def test_csv() -> None:
    result = CliRunner().invoke(main, ["query", "--csv", "SELECT 1"])
    assert result.output == "entity,amount\na,12345678901234567890.120\n"
