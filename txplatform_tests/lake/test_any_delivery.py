"""Any set of files, in any order, any of them twice, with the process killed at any call, gives the same tables.

History counts by design in a few cases, which are left out here: of two values of one version the later file decides, a
damaged delivery deletes nothing that a former one brought, and a day that comes again empty is held back.
"""

import gzip
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.ledger import State
from txplatform.ledger.rows import partition
from txplatform_tests.lake_stand import CREDENTIALS, Stand, csv_of, payment

DAYS = (date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3))
KINDS = ("rows", "empty", "torn", "bad", "corrected", "repaired", "replaced")
File = tuple[str, date, int]  # its kind, its day, and the version of the key that files of all days share
Deliveries = tuple[list[File], list[int], list[bool], list[int]]


class KilledError(BaseException):
    """The process is gone: nothing catches it."""


def contents(place: int, file: File) -> list[bytes]:
    """What is delivered under the file's name, one after the other."""
    kind, _, version = file
    own = [payment(f"own-{place}-{number}") for number in range(3)]
    bad = payment(f"bad-{place}", "x", status="odd")
    good = gzip.compress(csv_of([*own, payment("shared", f"{version}.00", minute=version)]).encode())
    texts: dict[str, list[bytes | str]] = {
        "rows": [good],
        "empty": [csv_of(own).partition("\n")[0]],
        "torn": [good[:-9]],
        "bad": [csv_of([own[0], bad, own[1]])],
        "corrected": [csv_of([own[0], own[1] | {"amount": "x"}]), csv_of(own)],
        "repaired": [good[:-9], good],
        "replaced": [csv_of(own[:2]), csv_of([payment(own[0]["payment_id"], "9.00", minute=1), own[2]])],
    }
    return [text.encode() if isinstance(text, str) else text for text in texts[kind]]


def deliver(stand: Stand, files: Sequence[File], order: Sequence[int]) -> Iterator[None]:
    """Put a file for each number, in its next content, or in its last one again."""
    left = [contents(place, file) for place, file in enumerate(files)]
    for place in order:
        body = left[place].pop(0) if len(left[place]) > 1 else left[place][0]
        stand.put_file(files[place][1], f"{place}.csv", body)
        yield


def die_at(stand: Stand, point: int) -> "count[int]":
    """Let the stand's process die at a point of its calls of AWS: before one is sent, or before its answer is known."""
    points = count()

    def pass_point(**_: object) -> None:
        if next(points) >= point:  # of several threads none goes on
            raise KilledError

    def watch(client: Any) -> None:
        for event in ("before-send", "response-received"):
            client.meta.events.register(event, pass_point)

    make: Any = stand.clients._make

    def made(*arguments: Any, **options: Any) -> Any:
        client = make(*arguments, **options)
        watch(client)
        return client

    for client in stand.clients._clients.values():
        watch(client)
    stand.clients._make = made
    return points


def take_in(stand: Stand, kills: Iterator[int]) -> None:
    """Take in what is pending as the sensor asks for it, in a new process after each that was killed."""
    while days := {item.dt for item in stand.ledger.pending(Lane.FILES, stand.contract.name)}:
        process = stand.with_settings()
        point = next(kills, None)
        try:
            if point is not None:
                die_at(process, point)
            process.ingest_files(*days)
        except KilledError:
            continue


def tables(stand: Stand) -> dict[str, Any]:
    """What there is in the end: the view, what is refused for which reasons, and what the ledger says."""
    name = stand.contract.name

    def origin(uri: str) -> str:
        return uri.partition("?")[0].replace(name, "")

    rows = stand.ledger._rows_below(partition(Lane.FILES, name), names.lane_prefix(Lane.FILES, name))
    refused = [
        (origin(row["source"]), row["row"], origin(row["payload"]), *sorted(map(str, row["reasons"])))
        for row in stand.quarantine()
    ]
    return {
        "view": stand.view("payment_id, amount, updated_at"),
        "quarantine": sorted(refused),
        "states": {State(row["state"]["S"]) for row in rows},
    }


@st.composite
def deliveries(draw: st.DrawFn) -> Deliveries:
    """Files, an order in which some come twice, after which of them a run begins, and where runs are killed."""
    file = st.tuples(st.sampled_from(KINDS), st.sampled_from(DAYS), st.integers(0, 3))
    files: list[File] = list(draw(st.lists(file, min_size=2, max_size=5)))
    times = [len(contents(place, each)) + draw(st.integers(0, 1)) for place, each in enumerate(files)]
    order = draw(st.permutations([place for place, often in enumerate(times) for _ in range(often)]))
    runs = draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
    return files, order, runs, draw(st.lists(st.integers(0, 120), max_size=4))


def check(found: Deliveries) -> None:
    files, order, runs, kills = found
    plain, other = Stand.of("payments"), Stand.of("payments")
    list(deliver(plain, files, [place for place, file in enumerate(files) for _ in contents(place, file)]))
    take_in(plain, iter(()))
    points = iter(kills)
    for _, is_run in zip(deliver(other, files, order), runs, strict=True):
        if is_run:
            take_in(other, points)
    take_in(other, points)
    assert tables(other) == tables(plain)


@pytest.fixture(autouse=True, scope="module")
def _credentials() -> Iterator[None]:
    """What clients of the local AWS sign with, for all examples."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        yield


FILES: list[File] = [(kind, DAYS[place % 2], place % 3) for place, kind in enumerate(KINDS)]
PLAINLY = [place for place, file in enumerate(FILES) for _ in contents(place, file)]
SHUFFLED = [6, 4, 0, 5, 6, 3, 2, 5, 1, 4, 0, 6, 2]


@settings(phases=[Phase.explicit])  # a generated example takes seconds
@example((FILES, SHUFFLED, [place == 5 for place in range(len(SHUFFLED))], [55, 85]))
@given(deliveries())
def test_deliveries_in_any_order_twice_and_killed_give_the_same_tables(found: Deliveries) -> None:
    check(found)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(max_examples=40)
@given(deliveries())
def test_many_deliveries_in_any_order_twice_and_killed_give_the_same_tables(found: Deliveries) -> None:
    check(found)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_kill_at_each_call_in_turn_gives_the_same_tables() -> None:
    stand = Stand.of("payments")
    list(deliver(stand, FILES, PLAINLY))
    take_in(stand, iter(()))
    wanted, point, ended = tables(stand), 0, False
    while not ended:
        list(deliver(stand, FILES, [*PLAINLY, *range(len(FILES))]))
        process = stand.with_settings()
        points = die_at(process, point)
        try:
            process.ingest_files(*DAYS[:2])
            ended = next(points) <= point
        except KilledError:
            take_in(stand, iter(()))
        assert tables(stand) == wanted, point
        point += 1
    assert point > 20
