"""Paging through lists of the data API under writes and deletions: each untouched record comes exactly once.

The function runs in the process of the bench, over a table of the local AWS. What a page costs must not grow with
those before it: the baseline of the last pages are the first.
"""

import statistics
import time
from collections import Counter
from collections.abc import Iterator

from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.listed_table import CUSTOMER, ListedTable
from txplatform_tests.bench.frame.measuring import progress

_RECORDS = {Size.SMALL: 600, Size.FULL: 20_000}
SETTINGS = {size: f"{_RECORDS[size]:,} records, of 50 moments in all." for size in Size}
_LISTS: dict[str, dict[str, str]] = {
    "by customer": {"customer_id": CUSTOMER, "limit": "100"},
    "by customer, newest first": {"customer_id": CUSTOMER, "order": "desc", "limit": "83"},
    "by status, between times": {"status": "settled", "created_at.gte": "2026-01-01T00:00:00Z", "limit": "100"},
    "all": {"limit": "100"},
}


def measure(size: Size) -> Iterator[Figure]:
    """Page through each list to its end, while records are created, updated and deleted."""
    progress(f"writing {_RECORDS[size]:,} records")
    table = ListedTable(_RECORDS[size])
    for name, query in _LISTS.items():
        progress(f"paging {name}")
        yield from _paged(name, table, query)
    table.drop()


def _paged(name: str, table: ListedTable, query: dict[str, str]) -> Iterator[Figure]:
    seen: Counter[str] = Counter()
    moments: list[str] = []
    seconds: list[float] = []
    with table.writes() as written:
        started = time.perf_counter()
        for records in table.pages(query):
            seconds.append(time.perf_counter() - started)
            seen.update(record["payment_id"] for record in records)
            moments += [record["created_at"] for record in records]
            started = time.perf_counter()
    ordered = sorted(moments, reverse=query.get("order") == "desc") if len(query) > 1 else moments
    few = max(1, len(seconds) // 10)
    yield Figure(f"{name}: untouched records", len(table.untouched), least=1, exact=True)
    yield Figure(f"{name}: of these not listed", len(table.untouched - seen.keys()), most=0, exact=True)
    yield Figure(f"{name}: records listed twice", sum(count > 1 for count in seen.values()), most=0, exact=True)
    yield Figure(
        f"{name}: records out of order", sum(a != b for a, b in zip(moments, ordered, strict=True)), most=0, exact=True
    )
    yield Figure(f"{name}: writes meanwhile", len(written), least=1, exact=True)
    yield Figure(f"{name}: a page", statistics.median(seconds), "s")
    growth = statistics.median(seconds[-few - 1 : -1] or seconds) / statistics.median(seconds[:few])
    yield Figure(f"{name}: last pages to first ones", growth, "x", most=2)
