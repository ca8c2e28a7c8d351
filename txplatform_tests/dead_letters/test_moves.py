"""Redriving and deleting lose nothing, whatever call ends the process, and touch nothing that does not match."""

import itertools
from contextlib import suppress

import pytest

from txplatform.clock import utc_now
from txplatform.dead_letters.filters import EVERYTHING, Filter
from txplatform.dead_letters.moves import MAX_BATCH_BYTES, Moves, Outcome
from txplatform.dead_letters.reading import Pass
from txplatform_tests.dead_letters.messages import refused_body
from txplatform_tests.dead_letters.sqs import DEAD, INBOUND, KilledError, Sqs

ENUM = Filter(rules=frozenset({"enum"}))


def filled(sqs: Sqs, count: int = 35) -> set[str]:
    """Fill the dead-letter queue, and return the bodies of those that match ENUM."""
    for number in range(count):
        sqs.put(refused_body(str(number)), correlation_id=f"c{number}")
        sqs.put(refused_body(str(number), ("amount", "type")))
        sqs.put(f"undelivered {number}")
    return {refused_body(str(number)) for number in range(count)}


def redrive(sqs: Sqs, chosen: Filter = ENUM) -> Outcome:
    outcome = Outcome()
    with Pass(sqs, "dead", DEAD) as reading:  # type: ignore[arg-type]
        Moves(sqs, reading, outcome).redrive(chosen, INBOUND)  # type: ignore[arg-type]
    return outcome


def purge(sqs: Sqs, chosen: Filter = ENUM) -> Outcome:
    outcome = Outcome()
    with Pass(sqs, "dead", DEAD) as reading:  # type: ignore[arg-type]
        Moves(sqs, reading, outcome).purge(chosen)  # type: ignore[arg-type]
    return outcome


def test_what_matches_moves_as_it_is_and_the_rest_stays_visible() -> None:
    sqs = Sqs()
    matching = filled(sqs)
    outcome = redrive(sqs)
    assert outcome == Outcome(matched=35, done=35)
    assert sqs.bodies(INBOUND) == sorted(matching)
    assert len(sqs.bodies(DEAD)) == 70
    assert matching.isdisjoint(sqs.bodies(DEAD))
    assert sqs.hidden() == 0
    attributes = {
        stored.message["MessageAttributes"]["correlation_id"]["StringValue"] for stored in sqs.queues[INBOUND].values()
    }
    assert attributes == {f"c{number}" for number in range(35)}


def test_undelivered_and_unreadable_messages_are_redriven_too() -> None:
    sqs = Sqs()
    filled(sqs, 3)
    before = sqs.bodies(DEAD)
    assert redrive(sqs, EVERYTHING).done == 9
    assert sqs.bodies(INBOUND) == before
    assert sqs.bodies(DEAD) == []


def test_messages_of_all_sizes_fit_into_calls() -> None:
    sqs = Sqs()
    sizes = [MAX_BATCH_BYTES, MAX_BATCH_BYTES - 1, 600_000, 600_000, 10, 10]
    for size in sizes:
        sqs.put("é" * (size // 2) + "x" * (size % 2))
    assert redrive(sqs, EVERYTHING).done == len(sizes)


def test_purge_deletes_what_matches_alone() -> None:
    sqs = Sqs()
    matching = filled(sqs)
    assert purge(sqs) == Outcome(matched=35, done=35)
    assert len(sqs.bodies(DEAD)) == 70
    assert matching.isdisjoint(sqs.bodies(DEAD))
    assert (sqs.hidden(), sqs.bodies(INBOUND)) == (0, [])


@pytest.mark.parametrize("call", ["send", "delete"])
def test_what_sqs_does_not_take_stays_and_is_counted(call: str) -> None:
    sqs = Sqs(fail=lambda name, entry: name == call and entry == "0")
    matching = filled(sqs, 10)
    outcome = redrive(sqs)
    kept = matching & set(sqs.bodies(DEAD))
    assert kept
    assert outcome.done == 10 - len(kept)
    assert outcome.kept == {"InternalError": len(kept)}
    assert matching <= {*sqs.bodies(DEAD), *sqs.bodies(INBOUND)}
    assert sqs.hidden() == 0


def _calls_of_a_run() -> int:
    sqs = Sqs()
    filled(sqs, 12)
    redrive(sqs)
    return len(sqs.calls)


@pytest.mark.parametrize("place", range(_calls_of_a_run()))
@pytest.mark.parametrize("when", ["kill", "kill_after"])
def test_killed_at_any_call_nothing_is_lost_and_the_next_run_completes(place: int, when: str) -> None:
    sqs = Sqs()
    matching = filled(sqs, 12)
    others = set(sqs.bodies(DEAD)) - matching
    calls = itertools.count()
    setattr(sqs, when, lambda _: next(calls) >= place)  # from this call on, none is made
    with suppress(KilledError):
        redrive(sqs)
    assert matching <= {*sqs.bodies(DEAD), *sqs.bodies(INBOUND)}
    assert others <= set(sqs.bodies(DEAD))

    setattr(sqs, when, lambda _: False)
    sqs.now += 600  # what the killed one had hidden is visible again
    redrive(sqs)
    assert set(sqs.bodies(INBOUND)) == matching
    assert set(sqs.bodies(DEAD)) == others
    assert sqs.hidden() == 0


def test_a_message_that_is_refused_again_at_once_is_not_redriven_for_ever() -> None:
    sqs = Sqs()
    filled(sqs, 5)
    send = sqs.send_message_batch

    def refuse_again(**arguments: object) -> object:
        answer = send(**arguments)  # type: ignore[arg-type]
        for stored in sqs.queues[INBOUND].values():
            sqs.put(stored.message["Body"], DEAD, sent=utc_now().timestamp() + 60)
        sqs.queues[INBOUND].clear()
        return answer

    sqs.send_message_batch = refuse_again  # type: ignore[method-assign,assignment]
    assert redrive(sqs).done == 5
    assert len(sqs.bodies(DEAD)) == 15
    assert sqs.hidden() == 0
