"""Each version that lands is taken once, whatever becomes of its notification and of who takes it."""

from datetime import timedelta

import pytest

from txplatform.contracts.names import Lane
from txplatform_tests.lake_stand import Stand
from txplatform_tests.ledger.arrivals import FIRST_DAY, Arrivals

HOT = (FIRST_DAY + timedelta(days=27), FIRST_DAY + timedelta(days=30))


@pytest.mark.parametrize("lane", Lane)
def test_each_version_is_taken_once(stand: Stand, lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    arrivals, entity = Arrivals(stand, lane, monkeypatch), stand.contract.name
    traffic = arrivals.land(120, same_second=25, overwritten=20, late=10)
    assert traffic.lost == 3
    middle = len(traffic.notified) // 2
    arrivals.deliver(traffic.notified[:middle])
    assert arrivals.take() > 0
    arrivals.deliver(traffic.notified[middle:])
    arrivals.take()
    days = [HOT[0] + timedelta(days=number) for number in range(4)]
    found = stand.ledger.reconcile(lane, entity, days)
    found += stand.ledger.reconcile_others(lane, entity, HOT, lambda _: None)
    assert found == traffic.lost + len(traffic.late)
    arrivals.take()
    arrivals.deliver([*traffic.late, *traffic.notified])
    assert arrivals.take() == 0
    assert arrivals.wrong(traffic.expected) == 0
    assert len(arrivals.taken) == len(traffic.expected)
    assert stand.ledger.reconcile(lane, entity) == 0
    assert stand.ledger.pending(lane, entity) == []
