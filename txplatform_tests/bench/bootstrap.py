"""A bootstrap of a table that is written to meanwhile: whether the lake equals it at the end, and how long it takes.

The items are there before the stream is: they are written straight into the table. The function `cdc` runs in this
process, and a thread delivers the stream to it every second, while another writes records anew.
"""

import threading
import time
from collections.abc import Iterator

import pytest

from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import cost_of, progress
from txplatform_tests.bench.frame.stand import empty_stand
from txplatform_tests.lake_stand import payment
from txplatform_tests.store_stand import Store

_ITEMS = {Size.SMALL: 300, Size.FULL: 200_000}
_WRITES_A_SECOND = 50
SETTINGS = {size: f"{_ITEMS[size]:,} items, {_WRITES_A_SECOND} writes/s meanwhile." for size in Size}


def measure(size: Size) -> Iterator[Figure]:
    """Fill the table, bootstrap the lake under writes, deliver what is left, and compare."""
    with pytest.MonkeyPatch.context() as patch:
        store = Store(empty_stand(), patch)
        count = _ITEMS[size]
        progress(f"writing {count:,} items")
        store.fill(payment(f"pay_{number}") for number in range(count))
        stopping, written = threading.Event(), [0]
        writer = threading.Thread(target=_write, args=(store, count, stopping, written))
        writer.start()
        progress("bootstrap")
        with cost_of() as cost:
            report = store.bootstrap(segments=1)  # the local DynamoDB answers one request at a time
        stopping.set()
        writer.join()
        store.deliver()
        progress("comparing")
        parity = store.parity()
        rows = store.stand.athena.arrow(
            f'SELECT count(*) AS rows, count(DISTINCT payment_id) AS keys FROM "{store.stand.contract.name}"'
        ).to_pylist()[0]
    yield Figure("items read", report.items, least=count, exact=True)
    yield Figure("items a second", report.items / cost.seconds)
    yield Figure("CPU of command and function", cost.cpu_seconds, "s")
    yield Figure("memory of command and function", cost.peak_bytes / 1e6, "MB")
    yield Figure("writes meanwhile", written[0], least=1, exact=True)
    yield Figure("differences", sum(parity.counts.values()), most=0, exact=True)
    yield Figure("rows of the state above its keys", rows["rows"] - rows["keys"], most=0, exact=True)


def _write(store: Store, count: int, stopping: threading.Event, written: list[int]) -> None:
    """Change records in turn, 50 a second, and deliver the stream each second."""
    while not stopping.is_set():
        began = time.monotonic()
        for _ in range(_WRITES_A_SECOND):
            number = written[0]
            store.put(payment(f"pay_{number * 7919 % count}", f"{number}.00", number + 1))
            written[0] += 1
        store.land()
        stopping.wait(max(0.0, began + 1 - time.monotonic()))
