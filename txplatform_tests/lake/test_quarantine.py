"""The quarantine table as the checks of both lanes query it."""

from datetime import date, timedelta

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane
from txplatform.lake.quarantine import refused_since
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY, NEXT = date(2026, 1, 1), date(2026, 1, 2)


def test_refusals_are_counted_by_lane_and_moment_until_the_file_is_corrected(stand: Stand) -> None:
    entity, start = stand.contract.name, utc_now() - timedelta(seconds=1)
    stand.put_changes("one", [(1, payment("p1", status="odd"), False), (2, payment("p2"), False)])
    stand.ingest_changes()
    stand.put_file(DAY, "a.csv", csv_of([payment("p3", status="odd"), payment("p4", status="odd")]))
    stand.put_file(NEXT, "a.csv", csv_of([payment("p5")]))
    stand.ingest_files(DAY)
    stand.ingest_files(NEXT)
    assert refused_since(stand.lake, entity, Lane.CHANGES, start) == 1
    assert refused_since(stand.lake, entity, Lane.FILES, start) == 2
    assert refused_since(stand.lake, entity, Lane.FILES, utc_now()) == 0
    stand.put_file(DAY, "a.csv", csv_of([payment("p3"), payment("p4")]))
    stand.ingest_files(DAY)
    assert refused_since(stand.lake, entity, Lane.FILES, start) == 0
