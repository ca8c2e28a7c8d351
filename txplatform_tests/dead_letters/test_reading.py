"""A pass through a queue sees each message once, ends, and leaves nothing hidden."""

import itertools
from typing import Any

import pytest

from txplatform.clock import utc_now
from txplatform.dead_letters import reading as module
from txplatform.dead_letters.reading import HIDDEN_SECONDS, LONGEST_SECONDS, Pass
from txplatform_tests.dead_letters.sqs import DEAD, KilledError, Sqs


def read(sqs: Sqs, **options: Any) -> tuple[Pass, list[str]]:
    with Pass(sqs, "dead", DEAD, **options) as reading:  # type: ignore[arg-type]
        bodies = [message.body for batch in reading.batches() for message in batch]
    return reading, sorted(bodies)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 85, 1000])
@pytest.mark.parametrize("repeats", [False, True])
def test_each_message_is_seen_once_and_is_visible_again(count: int, repeats: bool) -> None:
    sqs = Sqs(repeats=repeats)
    for number in range(count):
        sqs.put(f"{number:04}")
    reading, bodies = read(sqs)
    assert bodies == sqs.bodies(DEAD) == [f"{number:04}" for number in range(count)]
    assert (reading.complete, reading.still_hidden, sqs.hidden()) == (True, 0, 0)


def test_a_pass_through_many_messages_takes_a_call_for_ten_and_one_to_show_them() -> None:
    sqs = Sqs()
    for number in range(5000):
        sqs.put(str(number))
    _, bodies = read(sqs)
    assert len(bodies) == 5000
    assert sqs.calls.count("receive") <= 500 + 8 * module.IDLE_ROUNDS
    assert sqs.calls.count("show") == 500


def test_nothing_stays_hidden_after_an_error() -> None:
    sqs = Sqs()
    for number in range(100):
        sqs.put(str(number))

    def stop(_what: str, _done: int, _of: int) -> None:
        assert sqs.hidden()
        raise KilledError

    with pytest.raises(KilledError):
        read(sqs, progress=stop)
    assert sqs.hidden() == 0


def test_an_interruption_while_sqs_is_asked_leaves_nothing_hidden() -> None:
    """Other calls of the round go on, and show messages, while the first has failed already."""
    sqs = Sqs()
    for number in range(100):
        sqs.put(str(number))
    calls = itertools.count()
    sqs.kill = lambda call: call == "receive" and next(calls) == 0
    with pytest.raises(KilledError):
        read(sqs)
    assert sqs.calls.count("receive") > 1
    assert sqs.hidden() == 0


def test_what_cannot_be_made_visible_is_counted() -> None:
    sqs = Sqs(fail=lambda call, entry: call == "show" and entry == "0")
    for number in range(25):
        sqs.put(str(number))
    reading, _ = read(sqs)
    assert reading.still_hidden == sqs.hidden() == 3


def test_it_ends_while_messages_keep_arriving_and_takes_none_of_them() -> None:
    sqs = Sqs()
    old = {sqs.put("old") for _ in range(30)}
    receive = sqs.receive_message

    def receive_and_refuse(**arguments: Any) -> Any:
        for _ in range(10):
            sqs.put("new", sent=utc_now().timestamp() + 1)
        return receive(**arguments)

    sqs.receive_message = receive_and_refuse  # type: ignore[method-assign]
    ticks = itertools.count(step=LONGEST_SECONDS / 200)
    _, bodies = read(sqs, clock=lambda: next(ticks))
    assert bodies == ["old"] * len(old)
    assert sqs.hidden() == 0


def test_it_ends_in_time_and_says_that_there_is_more() -> None:
    sqs = Sqs()
    for number in range(500):
        sqs.put(str(number))
    ticks = iter((0.0, 1.0, 2.0, float(LONGEST_SECONDS)))
    reading, bodies = read(sqs, clock=lambda: next(ticks))
    assert len(bodies) == 160
    assert not reading.complete
    assert sqs.hidden() == 0
    assert LONGEST_SECONDS < HIDDEN_SECONDS


def test_it_ends_where_sqs_hides_no_more() -> None:
    sqs = Sqs(most_hidden=50)
    for number in range(200):
        sqs.put(str(number))
    reading, bodies = read(sqs)
    assert not reading.complete
    assert len(bodies) < 200
    assert sqs.hidden() == 0


def test_what_another_reader_has_hidden_is_counted_and_not_waited_for() -> None:
    sqs = Sqs()
    for number in range(5):
        sqs.put(str(number))
    sqs.receive_message(QueueUrl=DEAD, MaxNumberOfMessages=2, VisibilityTimeout=30)
    reading, bodies = read(sqs)
    assert len(bodies) == 3
    assert (reading.depth.visible, reading.depth.hidden) == (3, 2)


def test_progress_never_shows_more_than_there_is() -> None:
    sqs = Sqs()
    for number in range(95):
        sqs.put(str(number))
    shown: list[tuple[int, int]] = []
    read(sqs, progress=lambda _what, done, of: shown.append((done, of)))
    assert shown
    assert all(done <= of for done, of in shown)
