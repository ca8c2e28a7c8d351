"""A mart's header: what it declares, and what is refused with file and line."""

from pathlib import Path

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.errors import ContractError
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.marts.header import parse_header

CONTRACTS = load_contracts()
MART = """\
-- Payments a status
-- Grain: status
-- Dimensions: status
-- Measures: payments,
--   amount
-- Personal data: none
-- Freshness: live
SELECT status, ${measures}
FROM payments
GROUP BY status
"""


def made(folder: Path, text: str) -> str:
    folder /= str(len(list(folder.iterdir())))  # what a file said is remembered
    path = folder / "payments" / "some.sql"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    [mart] = marts(CONTRACTS["payments"], CONTRACTS, folder)
    return mart.sql


def test_a_header_declares_what_the_view_is(tmp_path: Path) -> None:
    header = parse_header(Path("some.sql"), MART)
    assert (header.description, header.grain, header.measures) == (
        "Payments a status",
        ("status",),
        ("payments", "amount"),
    )
    assert made(tmp_path, MART) == (
        "SELECT status, count(*) AS payments,\n  CAST(coalesce(sum(amount), 0) AS decimal(38, 2)) AS amount\n"
        "FROM payments\nGROUP BY status"
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("-- Payments a status", "--", "some.sql:1: has no description"),
        ("-- Grain: status\n", "", "some.sql:6: the header has Dimensions, Measures, Personal data, Freshness"),
        ("-- Grain: status", "-- Grains: status", "some.sql:2: '-- Grains: status' is no line of a header"),
        ("-- Grain: status", "-- Grain: status\n-- Grain: status", "some.sql:3: '-- Grain: status' is no line"),
        ("-- Freshness: live", "-- Freshness: hourly", "some.sql:7: freshness is 'hourly'"),
        ("-- Personal data: none", "-- Personal data: yes", "some.sql:6: personal data are 'yes'"),
        ("-- Personal data: none", "-- Personal data: masked customer", "some.sql:6: 'customer' is no dimension"),
        ("-- Grain: status", "-- Grain: method", "some.sql:2: 'method' is no dimension"),
        ("-- Dimensions: status", "-- Dimensions: status, method", "some.sql:3: the statement has the columns status"),
        ("--   amount", "--   turnover", "some.sql:3: the statement has the columns status, payments"),
        ("--   amount", "--   refund_rate", "some.sql:4: 'refund_rate' stands without charged_payments"),
        ("SELECT status,", "SELECT status AS state,", "some.sql:3: the statement has the columns state, payments"),
        ("${measures}", "${figures}", "some.sql: '${figures}' is no placeholder"),
        ("GROUP BY status", "WHERE payer_name <> '' GROUP BY status", "some.sql:6: the statement has the personal"),
    ],
)
def test_what_does_not_hold_is_refused_with_its_line(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in MART
    with pytest.raises(ContractError) as caught:
        made(tmp_path, MART.replace(old, new, 1))
    assert problem in str(caught.value)
    assert "Remedy: " in str(caught.value)


def test_a_measure_or_dimension_that_nothing_describes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"some.sql:4: 'turnover' is no measure of payments"):
        made(
            tmp_path, MART.replace("--   amount", "--   turnover").replace("${measures}", "${measures}, 1 AS turnover")
        )
    dimension = MART.replace("Dimensions: status", "Dimensions: state").replace("Grain: status", "Grain: state")
    assert made(tmp_path, dimension.replace("SELECT status,", "SELECT status AS state,"))
    with pytest.raises(ContractError, match=r"some.sql:3: 'stage' is no field of payments"):
        made(tmp_path, dimension.replace("SELECT status,", "SELECT status AS stage,").replace("state", "stage"))


def test_a_mart_has_the_name_of_no_view_that_every_entity_has(tmp_path: Path) -> None:
    path = tmp_path / "payments" / "history.sql"
    path.parent.mkdir()
    path.write_text(MART, encoding="utf-8")
    with pytest.raises(ContractError, match="'payments_history' names a table or view of every entity"):
        marts(CONTRACTS["payments"], CONTRACTS, tmp_path)
