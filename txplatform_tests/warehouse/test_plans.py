"""The plans of what the platform asks of its tables: hash joins alone, and conditions that reach the files."""

import re

import pytest

from txplatform.lake.epochs import close_epoch
from txplatform.ledger import Folded, MartSource
from txplatform.warehouse import statements
from txplatform.warehouse.mart_tables import changed_days
from txplatform.warehouse.statements import LookUp
from txplatform_tests.lake_stand import Stand, payment

NESTED_LOOPS = re.compile(r"NESTED_LOOP|BLOCKWISE_NL|CROSS_PRODUCT|IE_?JOIN|PIECEWISE|DELIM", re.IGNORECASE)


_FILLED: list[Stand] = []


@pytest.fixture
def filled(stand: Stand) -> Stand:
    """An entity with folded and unfolded rows, the same one for all tests here."""
    if _FILLED:
        return _FILLED[0]
    stand.put_changes("a", [(number, payment(f"p{number}"), False) for number in range(1, 50)])
    stand.ingest_changes()
    stand.fold()
    stand.put_changes("b", [(number, payment(f"p{number}"), False) for number in range(51, 60)])
    stand.ingest_changes()
    stand.view()
    _FILLED.append(stand)
    return stand


def plan(stand: Stand, sql: str) -> str:
    lines = stand.athena.arrow(f"EXPLAIN {sql}")
    return "\n".join(str(line) for column in lines.columns for line in column.to_pylist())


@pytest.mark.parametrize(
    "condition",
    ["true", "created_at >= TIMESTAMP '2026-01-01 00:00:00' AND created_at < TIMESTAMP '2026-01-02 00:00:00'",
     "payment_id = 'p1' AND created_at = TIMESTAMP '2026-01-01 00:00:00'"],
    ids=["whole", "day", "key"],
)  # fmt: skip
def test_the_current_view_is_a_hash_join(filled: Stand, condition: str) -> None:
    found = plan(filled, f'SELECT count(*), sum(amount) FROM "{filled.contract.name}" WHERE {condition}')
    assert "HASH_JOIN" in found
    assert not NESTED_LOOPS.search(found), found


@pytest.mark.parametrize("look_up", LookUp)
def test_a_fold_makes_hash_joins_alone(filled: Stand, look_up: LookUp) -> None:
    folded = filled.ledger.folded(filled.contract.name)
    assert isinstance(folded, Folded)
    epoch = close_epoch(filled.lake, filled.contract)
    for sql in (
        statements.fold(filled.contract, folded, epoch, look_up),
        statements.folded_partitions(filled.contract, folded, epoch, look_up),
    ):
        found = plan(filled, sql)
        assert not NESTED_LOOPS.search(found), found


def test_the_days_that_have_changed_are_found_by_hash_joins_alone(filled: Stand) -> None:
    found = plan(filled, changed_days(filled.contract, MartSource("", 1, 0)))
    assert "HASH_JOIN" in found
    assert not NESTED_LOOPS.search(found), found


def test_a_condition_on_the_partition_reaches_both_parts_of_the_view(filled: Stand) -> None:
    """Without a cast in between, DuckDB's scans of the snapshot and of the changes both carry it."""
    scans = plan(
        filled,
        f"SELECT sum(amount) FROM \"{filled.contract.name}\" WHERE created_at >= TIMESTAMP '2026-03-01 00:00:00'",
    )
    assert scans.count("2026-03-01") >= 2, scans
