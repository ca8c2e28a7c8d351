"""The fold on a local Athena, with commits happening during it."""

import gzip
import json
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.errors import QueryError
from txplatform.lake import changes as changes_module
from txplatform.lake import fold as fold_module
from txplatform.lake.fold import fold, why_fold
from txplatform_tests.lake_stand import Stand, payment


def test_commit_that_began_before_the_fold_and_ended_after_is_not_lost(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.put_changes("a", [(1, payment("p1", "1.00"), False), (2, payment("p2", "2.00"), False)])
    stand.ingest_changes()
    stand.put_changes("b", [(3, payment("p1", "1.50", 1), False), (4, payment("p3", "3.00"), False)])
    real = changes_module.append_once

    def append_after_a_fold(*arguments: Any) -> Any:
        stand.fold()
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(changes_module, "append_once", append_after_a_fold)
        stand.ingest_changes()
    expected = [
        {"payment_id": key, "amount": Decimal(value)} for key, value in (("p1", "1.50"), ("p2", "2.00"), ("p3", "3.00"))
    ]
    assert stand.view("payment_id, amount") == expected
    stand.fold()
    assert stand.view("payment_id, amount") == expected


def test_late_older_record_never_wins_and_deletes_stay(stand: Stand) -> None:
    stand.put_changes("a", [(5, payment("p1", "5.00", 5), False), (7, payment("p2"), True)])
    stand.ingest_changes()
    stand.fold()
    stand.put_changes("late", [(3, payment("p1", "3.00", 3), False), (6, payment("p2", "6.00", 6), False)])
    stand.ingest_changes()
    assert stand.view("payment_id, amount") == [{"payment_id": "p1", "amount": Decimal("5.00")}]
    stand.fold()
    assert stand.view("payment_id, amount") == [{"payment_id": "p1", "amount": Decimal("5.00")}]
    rows = stand.rows(names.snapshot_table(stand.contract.name)).to_pylist()
    assert sorted((row["payment_id"], row["_deleted"]) for row in rows) == [("p1", False), ("p2", True)]


def test_a_fold_takes_whole_epochs(stand: Stand) -> None:
    stand.put_changes("a", [(1, payment("p1"), False)])
    stand.ingest_changes()
    first = fold(stand.contract, stand.lake, stand.athena, stand.ledger)
    assert (first.previous, first.folded.epoch) == (None, 1)
    stand.put_changes("b", [(2, payment("p2"), False)])
    stand.ingest_changes()
    second = fold(stand.contract, stand.lake, stand.athena, stand.ledger)
    assert second.previous == first.folded == replace(first.folded)
    assert stand.ledger.folded(stand.contract.name) == second.folded
    rows = stand.rows(names.changes_table(stand.contract.name)).to_pylist()
    assert sorted((row["payment_id"], row["_epoch"]) for row in rows) == [("p1", 1), ("p2", 2)]
    assert second.folded.epoch == 2


def test_a_late_row_that_is_outranked_is_in_no_epoch(stand: Stand) -> None:
    """Of the late ones the newest of its key is unfolded; the others would hide a newer row of the snapshot."""
    stand.put_changes("a", [(5, payment("p1", "5.00", 5), False), (8, payment("p2", "8.00"), False)])
    stand.ingest_changes()
    stand.fold()
    stand.put_changes("b", [(4, payment("p1", "4.00", 4), False), (6, payment("p1", "6.00", 6), False)])
    stand.put_changes("c", [(7, payment("p3", "7.00"), False)])
    stand.ingest_changes()
    rows = stand.rows(names.changes_table(stand.contract.name)).to_pylist()
    epochs = {(row["payment_id"], str(row["amount"])): row["_epoch"] for row in rows}
    assert epochs == {
        ("p1", "5.00"): 1, ("p2", "8.00"): 1, ("p1", "4.00"): 0, ("p1", "6.00"): 2, ("p3", "7.00"): 2
    }  # fmt: skip
    shown = [("p1", Decimal("6.00")), ("p2", Decimal("8.00")), ("p3", Decimal("7.00"))]
    for _ in range(2):
        assert [(row["payment_id"], row["amount"]) for row in stand.view("payment_id, amount")] == shown
        stand.fold()


def test_a_late_row_is_compared_with_a_closed_epoch_that_is_not_folded_yet(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.put_changes("a", [(5, payment("p1", "5.00", 5), False)])
    stand.ingest_changes()
    with monkeypatch.context() as patch:
        patch.setattr(stand.athena, "execute", failing)
        with pytest.raises(QueryError):
            stand.fold()
    stand.put_changes("b", [(4, payment("p1", "4.00", 4), False)])
    stand.ingest_changes()
    for _ in range(2):
        assert stand.view("payment_id, amount") == [{"payment_id": "p1", "amount": Decimal("5.00")}]
        stand.fold()


def failing(_: str) -> None:
    raise QueryError("Athena is out of order")


def test_a_record_that_moved_twice_is_there_once_in_whatever_order_its_changes_come(stand: Stand) -> None:
    """Of each key one of the orders, with a fold after each change: all that was delivered must come out right."""
    orders = list(permutations(range(3)))
    days = ("2026-01-01", "2026-01-05", "2026-01-09")
    moved = list(enumerate((f"{day}T00:00:00.000000Z" for day in days), 1))
    made: dict[int, list[dict[str, Any]]] = {}
    for key in range(len(orders)):
        records = [(number, payment(f"p{key}", f"{number}.00", number, created_at=day)) for number, day in moved]
        made[key] = [stand.envelope(10 * key + number, record) for number, record in records]
    for turn in range(3):
        changes = [made[key][order[turn]] for key, order in enumerate(orders)]
        stand.put_raw_changes(f"{turn}.jsonl.gz", gzip.compress("\n".join(map(json.dumps, changes)).encode()))
        stand.ingest_changes()
        stand.fold()
    expected = [{"payment_id": f"p{key}", "amount": Decimal("3.00")} for key in range(len(orders))]
    assert stand.view("payment_id, amount") == expected
    assert why_fold(stand.contract, stand.lake, stand.ledger) is None


def test_the_first_fold_waits_for_commits_or_time(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    def why() -> str | None:
        return why_fold(stand.contract, stand.lake, stand.ledger)

    assert why() is None
    stand.put_changes("a", [(1, payment("p1"), False)])
    stand.ingest_changes()
    assert why() is None
    with monkeypatch.context() as later:
        later.setattr(fold_module, "utc_now", lambda: utc_now() + fold_module.LEAST_AGE)
        assert why() == "1 change, and none was folded before"
    monkeypatch.setattr(fold_module, "FEWEST_COMMITS", 2)
    assert why() is None
    stand.put_changes("b", [(2, payment("p2"), False)])
    stand.ingest_changes()
    assert why() == "2 changes, and none was folded before"


def test_what_was_captured_before_a_finished_bootstrap_is_outranked(stand: Stand) -> None:
    stand.ledger.set_loaded_generation(stand.contract.name, 2)
    stand.put_changes("a", [(1, payment("p1"), False)])  # of generation 1
    stand.ingest_changes()
    assert stand.view("payment_id") == []
    stand.fold()
    assert stand.view("payment_id") == []


def test_tombstone_without_partition_value_and_a_key_that_moves(stand: Stand) -> None:
    lone = {"payment_id": "p1"}
    stand.put_changes("a", [(1, lone, True), (2, payment("p2", created_at="2026-01-01T00:00:00.000000Z"), False)])
    stand.ingest_changes()
    stand.fold()
    moved = payment("p2", "9.00", 9, created_at="2026-03-01T00:00:00.000000Z")
    stand.put_changes("b", [(3, payment("p1", "1.00"), False), (4, moved, False)])
    stand.ingest_changes()
    expected = [{"payment_id": "p1", "amount": Decimal("1.00")}, {"payment_id": "p2", "amount": Decimal("9.00")}]
    assert stand.view("payment_id, amount") == expected
    stand.fold()
    assert stand.view("payment_id, amount") == expected
    rows = stand.rows(names.snapshot_table(stand.contract.name)).to_pylist()
    assert sum(not row["_deleted"] for row in rows) == 2
    assert len(rows) == 4


def test_many_keys_that_moved_are_folded_twice_without_loss(stand: Stand) -> None:
    """Within the allowance a fold meets its own rows again: which of two equal copies it takes must not be chance."""
    keys = [f"k{number:04d}" for number in range(2000)]
    stand.put_changes("a", [(number, payment(key, "1.00"), False) for number, key in enumerate(keys, 1)])
    moved = {"created_at": "2026-03-01T00:00:00.000000Z"}
    stand.put_changes("b", [(n, payment(key, "2.00", 1, **moved), False) for n, key in enumerate(keys, 100_000)])
    stand.ingest_changes()
    for _ in range(2):
        stand.fold()
        assert stand.view("count(*) AS n, sum(amount) AS total") == [{"n": 2000, "total": Decimal("4000.00")}]


@pytest.mark.parametrize("unit", ["day", "month"])
def test_a_fold_of_many_partitions_is_several_merges(stand: Stand, monkeypatch: pytest.MonkeyPatch, unit: Any) -> None:
    """Athena refuses a statement that writes to more than 100 partitions."""
    stand.contract = replace(stand.contract, partition_transform=unit)
    monkeypatch.setattr(fold_module, "_MOST_PARTITIONS", 2)
    merges: list[str] = []
    real = stand.athena.execute
    monkeypatch.setattr(stand.athena, "execute", lambda sql: merges.append(sql) or real(sql))
    days = [f"2026-0{month}-{day}T23:59:59.999999Z" for month in range(1, 6) for day in ("01", "31")[: 1 + month % 2]]
    records = [payment(f"p{n}", f"{n}.00", created_at=day) for n, day in enumerate(days)]
    stand.put_changes("a", [(n, record, False) for n, record in enumerate([*records, payment("moved")], 1)])
    stand.put_changes("b", [(99, payment("moved", created_at=days[-1]), False), (98, {"payment_id": "none"}, True)])
    stand.ingest_changes()
    expected = stand.view("payment_id, amount, created_at")
    assert len(expected) == len(days) + 1
    merges.clear()
    for _ in range(2):
        stand.fold()
        assert stand.view("payment_id, amount, created_at") == expected
    assert sum(sql.startswith("MERGE") for sql in merges) == {"day": 4, "month": 3}[unit] + 1  # the second is empty
    rows = stand.rows(names.snapshot_table(stand.contract.name)).to_pylist()
    assert sum(not row["_deleted"] for row in rows) == len(expected)
