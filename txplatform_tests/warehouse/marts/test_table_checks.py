"""Marts that are tables: what may be one, and what is refused with file and line."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from txplatform.contracts.business_day import BusinessDay
from txplatform.contracts.loader import load_contracts
from txplatform.errors import ContractError
from txplatform.warehouse.mart_tables import replace_days
from txplatform.warehouse.marts.files import mart_tables, marts

PAYMENTS = load_contracts()["payments"]
MART = """\
-- Payments a day and status
-- Grain: day, status
-- Dimensions: day, status
-- Measures: payments
-- Personal data: none
-- Freshness: table by day
SELECT
  ${day:created_at} AS day,
  status,
  ${measures}
FROM payments
WHERE currency <> 'JOIN'
GROUP BY 1, 2
"""


def made(folder: Path, text: str) -> Path:
    folder /= str(len(list(folder.iterdir())))  # what a file said is remembered
    (folder / "payments").mkdir(parents=True)
    (folder / "payments" / "some.sql").write_text(text, encoding="utf-8")
    return folder


def test_the_header_says_by_which_day_a_table_is_replaced(tmp_path: Path) -> None:
    folder = made(tmp_path, MART)
    assert [(mart.name, mart.table_by) for mart in marts(PAYMENTS, None, folder)] == [("payments_some", "day")]
    assert mart_tables(PAYMENTS, folder) == ["payments_some"]
    assert mart_tables(PAYMENTS, made(tmp_path, MART.replace("table by day", "live"))) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("table by day", "table", "freshness is 'table'"),
        ("table by day", "table by status", "'status' is not the day of the partition field"),
        ("Grain: day, status", "Grain: status", "'day' is not in the grain"),
        ("${day:created_at}", "${day:updated_at}", "'day' is not the day of the partition field"),
        ("${day:created_at} AS day", "CAST(created_at AS date) AS day", "'day' is not the day of the partition field"),
        ("status,\n", "CASE WHEN ${today} IS NULL THEN '' ELSE status END AS status,\n", "'${today}' in the statement"),
        ("FROM payments\n", "FROM payments JOIN refunds ON true\n", "'JOIN' in the statement"),
        ("FROM payments\n", "FROM payments, refunds\n", "does not read payments alone"),
        ("FROM payments\n", "FROM refunds\n", "does not read payments alone"),
        ("FROM payments\n", "FROM (SELECT * FROM payments) payments\n", "does not read payments alone"),
        ("${measures}", "sum(count(*)) OVER (ORDER BY 1) AS payments", "'OVER' in the statement"),
        ("GROUP BY 1, 2", "GROUP BY 1, 2 LIMIT 9", "'LIMIT' in the statement"),
    ],
)
def test_what_cannot_be_replaced_by_days_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert old in MART
    with pytest.raises(ContractError, match=r"some\.sql:6: ") as caught:
        marts(PAYMENTS, None, made(tmp_path, MART.replace(old, new, 1)))
    assert problem in str(caught.value)
    assert "Remedy: " in str(caught.value)


def test_a_table_reads_no_further_entity(tmp_path: Path) -> None:
    text = MART.replace("-- Grain", "-- Reads: refunds\n-- Grain")
    with pytest.raises(ContractError, match=r"some\.sql:7: a table cannot be made by days of refunds too"):
        marts(PAYMENTS, load_contracts(), made(tmp_path, text))


def test_conditions_on_the_partition_field_hold_of_every_record_of_the_days(tmp_path: Path) -> None:
    [mart] = marts(PAYMENTS, None, made(tmp_path, MART))
    days = [date(2026, 3, 2), date(2026, 3, 1), date(2026, 3, 9)]
    sql = replace_days(PAYMENTS, mart, "some__1", days)
    assert (
        "(\"created_at\" >= TIMESTAMP '2026-03-01 00:00:00' AND \"created_at\" < TIMESTAMP '2026-03-03 00:00:00') OR "
        "(\"created_at\" >= TIMESTAMP '2026-03-09 00:00:00' AND \"created_at\" < TIMESTAMP '2026-03-10 00:00:00')"
    ) in sql
    elsewhere = replace(PAYMENTS, business_day=BusinessDay("Pacific/Kiritimati", time(12)))
    assert "\"created_at\" >= TIMESTAMP '2026-02-27 00:00:00'" in replace_days(elsewhere, mart, "some__1", days)
    assert "\"created_at\" < TIMESTAMP '2026-03-12 00:00:00'" in replace_days(elsewhere, mart, "some__1", days)
    ends = replace_days(PAYMENTS, mart, "some__1", [date.min, date.max])
    assert "(\"created_at\" >= TIMESTAMP '9999-12-31 00:00:00')" in ends
