"""Four source systems at once, in their own payloads: every record ends right, and every message is accounted for."""

import os
from dataclasses import astuple
from operator import add

import pytest

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.demo.system_counts import SystemCounts, system_counts
from txplatform_tests.e2e.flow import Platform
from txplatform_tests.e2e.mixed_stream import MixedStream, mixed_stream

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(1800)]

SIZE = int(os.environ.get("TXP_TEST_MIXED", "240"))
_SECONDS = 120 + SIZE / 10  # partial updates that came before their record wait on top


Counts = dict[str, SystemCounts]


def _counted(platform: Platform, stream: MixedStream) -> Counts:
    now = utc_now()
    return {system: system_counts(platform.clients, system, now, now) for system in stream.counts}


def _sum(some: Counts, more: Counts) -> Counts:
    return {system: SystemCounts(*map(add, astuple(some[system]), astuple(more[system]))) for system in some}


def _dead_letters(platform: Platform, stream: MixedStream) -> dict[str, int]:
    return {system: platform.waiting(names.source_dead_letter_queue(system)) for system in stream.counts}


def test_a_mixed_stream_of_four_systems_ends_in_parity_and_every_message_is_counted(platform: Platform) -> None:
    """With TXP_TEST_MIXED=10000 it is as many messages, in some minutes."""
    stream = mixed_stream(SIZE, seed=9)
    assert set(stream.counts) == {"fix", "kraken", "salesforce", "stripe"}
    before, dead_before = _counted(platform, stream), _dead_letters(platform, stream)

    for system in stream.counts:
        platform.send_to(names.source_queue(system), stream.of(system))
    platform.wait_consumed(*map(names.source_queue, stream.counts), timeout=_SECONDS)

    for system, counts in stream.counts.items():
        assert counts.answered == len(stream.of(system))
    after = _sum(before, stream.counts)
    platform.wait_until(lambda: _counted(platform, stream) == after, 30, f"the counts {after}")
    dead = {system: number - dead_before[system] for system, number in _dead_letters(platform, stream).items()}
    assert dead == {system: counts.refused for system, counts in stream.counts.items()}

    for entity in ("payments", "customers", "trades"):
        report = platform.drain(entity, timeout=_SECONDS)
        assert (report.missing, report.extra, report.different) == (0, 0, 0)
    found = platform.athena.arrow("SELECT payment_id, status, amount FROM payments").to_pylist()
    payments = {row["payment_id"]: (row["status"], row["amount"]) for row in found}
    assert {key: payments.get(key) for key in stream.payments} == stream.payments
    found = platform.athena.arrow("SELECT customer_id, balance FROM customers").to_pylist()
    customers = {row["customer_id"]: row["balance"] for row in found}
    assert {key: customers.get(key) for key in stream.customers} == stream.customers
    assert not stream.gone & customers.keys()
    found = platform.athena.arrow("SELECT venue, trade_id, notional FROM trades").to_pylist()
    trades = {(row["venue"], row["trade_id"]): row["notional"] for row in found}
    assert {key: trades.get(key) for key in stream.trades} == stream.trades
