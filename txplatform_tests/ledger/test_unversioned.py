"""The ledger over a bucket that keeps no versions, as some landing areas of others do: the content tells them apart."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from txplatform.clock import parse_timestamp, timestamp_text
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.ledger import LandedObject
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY = date(2026, 11, 1)


@pytest.fixture
def unversioned(stand: Stand) -> Stand:
    bucket = f"unversioned-{uuid.uuid4().hex[:8]}"
    stand.clients.client("s3").create_bucket(Bucket=bucket)
    return stand.with_settings(lake_bucket=bucket)


def _put(stand: Stand, body: str) -> None:
    key = f"{names.lane_prefix(Lane.FILES, stand.contract.name)}dt={DAY}/a.csv"
    stand.clients.client("s3").put_object(Bucket=stand.settings.lake_bucket, Key=key, Body=body.encode())


def _reconciled(stand: Stand) -> list[LandedObject]:
    stand.ledger.reconcile(Lane.FILES, stand.contract.name, [DAY])
    return stand.ledger.pending(Lane.FILES, stand.contract.name)


def test_a_file_corrected_under_its_name_is_ingested(unversioned: Stand) -> None:
    for amount in ("1.00", "2.00", "1.00"):
        _put(unversioned, csv_of([payment("p1", amount)]))
        _make_older(unversioned)
        assert len(_reconciled(unversioned)) == 1
        assert unversioned.ingest_files(DAY).rows == 1
        held = unversioned.rows(names.files_table(unversioned.contract.name))
        assert [str(value) for value in held["amount"].to_pylist()] == [amount]
        assert _reconciled(unversioned) == []


def test_what_lands_again_while_a_run_reads_it_stays_pending(unversioned: Stand) -> None:
    _put(unversioned, "A")
    (read,) = _reconciled(unversioned)
    later = replace(read, landed_at=read.landed_at + timedelta(seconds=5))
    assert unversioned.ledger._enter(later)
    assert not unversioned.ledger._enter(later)
    unversioned.ledger.done([read])
    assert unversioned.ledger.pending(Lane.FILES, unversioned.contract.name) == [later]
    unversioned.ledger.done([later])
    assert unversioned.ledger.pending(Lane.FILES, unversioned.contract.name) == []


def test_whether_versions_are_kept_is_known(stand: Stand, unversioned: Stand) -> None:
    assert stand.ledger.landing_area.keeps_versions()
    assert not unversioned.ledger.landing_area.keeps_versions()


def _make_older(stand: Stand) -> None:
    """Let what has landed have landed ten seconds ago: the next content lands in a later second."""
    partition = f"{Lane.FILES}#{stand.contract.name}"
    for row in list(stand.ledger._rows_below(partition, names.lane_prefix(Lane.FILES, stand.contract.name))):
        earlier = timestamp_text(parse_timestamp(row["landed_at"]["S"]) - timedelta(seconds=10))
        stand.ledger._put([{**row, "landed_at": {"S": earlier}}])
