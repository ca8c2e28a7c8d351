"""How far an entity is folded, on a local ledger table."""

from datetime import UTC, datetime

from txplatform.ledger import Folded
from txplatform_tests.lake_stand import Stand

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_what_is_folded_only_moves_forward_whatever_the_clock_says(stand: Stand) -> None:
    ledger, entity = stand.ledger, stand.contract.name
    assert ledger.folded(entity) is None
    later = Folded(2, NOW.replace(year=2020))
    ledger.set_folded(entity, Folded(1, NOW))
    ledger.set_folded(entity, later)
    ledger.set_folded(entity, Folded(1, NOW))
    assert ledger.folded(entity) == later
