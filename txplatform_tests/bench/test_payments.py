"""The data of the benches: what is changed was folded before, in its place; changes fall on the days they should."""

from datetime import timedelta

import polars as pl
import pytest

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform_tests.bench.frame.payments import LAST_DAY, change_records, changes, fill_snapshot
from txplatform_tests.lake_stand import Stand

_FOLDED, _CHANGES = 1_000, 400
_RECENT = LAST_DAY - timedelta(days=2)


@pytest.fixture
def folded(stand: Stand) -> pl.DataFrame:
    """The rows of a snapshot that was filled."""
    stand.lake.ensure(stand.contract)
    fill_snapshot(stand.contract, stand.lake, _FOLDED)
    return pl.DataFrame(stand.rows(names.snapshot_table(stand.contract.name)))


def test_folded_rows_have_keys_of_their_own_and_their_days(folded: pl.DataFrame) -> None:
    assert folded["payment_id"].n_unique() == folded.height == _FOLDED
    assert folded["created_at"].dt.date().max() == LAST_DAY
    assert folded["created_at"].dt.date().n_unique() == 9


def test_changes_update_folded_rows_in_their_place_or_bring_new_keys(stand: Stand, folded: pl.DataFrame) -> None:
    made = pl.concat([pl.DataFrame(changes(stand.contract, _FOLDED, _CHANGES, utc_now(), turn)) for turn in (0, 1)])
    known = made.join(folded, on="payment_id")
    assert known.height == _CHANGES
    assert known.filter(
        pl.col("created_at").dt.replace_time_zone(None) != pl.col("created_at_right").dt.replace_time_zone(None)
    ).is_empty()
    assert known.filter(pl.col("_order_key") <= pl.col("_order_key_right")).is_empty()
    new = made.join(folded, on="payment_id", how="anti")
    assert new["payment_id"].n_unique() == new.height == _CHANGES
    assert made["_order_key"].n_unique() == 2 * _CHANGES
    recent = made.filter(pl.col("created_at").dt.date() >= _RECENT).height
    assert 0.9 * made.height < recent < made.height
    assert 0 < made.filter("_deleted").height < made.height / 20


def test_changes_are_what_the_lane_accepts(stand: Stand) -> None:
    made = changes(stand.contract, _FOLDED, 50, utc_now())
    stand.put_changes("made", change_records(stand.contract, made))
    report = stand.ingest_changes()
    assert (report.rows, report.refused) == (50, 0)
    held = pl.DataFrame(stand.rows(names.changes_table(stand.contract.name)))
    same = ["payment_id", "amount", "fee", "status", "_order_key"]
    live = ~pl.col("_deleted")
    assert held.filter(live).select(same).sort(same).equals(pl.DataFrame(made).filter(live).select(same).sort(same))
