"""Watermarks on a local ledger table."""

from datetime import UTC, date, datetime, timedelta

from txplatform_tests.lake_stand import Stand

DAY = date(2026, 11, 1)
NOW = datetime(2100, 1, 1, tzinfo=UTC)


def test_watermark_only_moves_forward(stand: Stand) -> None:
    ledger, entity = stand.ledger, stand.contract.name
    assert ledger.watermark(entity) is None
    ledger.set_watermark(entity, NOW)
    ledger.set_watermark(entity, NOW - timedelta(microseconds=1))
    assert ledger.watermark(entity) == NOW
    ledger.set_watermark(entity, NOW + timedelta(microseconds=1))
    assert ledger.watermark(entity) == NOW + timedelta(microseconds=1)
