"""How long a message takes from its queue into the current view, with Dagster running, at two rates.

Three entities get messages by turns, each a new record. A reader asks the views every second which of them are there,
so that up to a second of each figure is its own.
"""

import os
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import quantiles

from txplatform.aws import AwsClients
from txplatform.clock import timestamp_text, utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.demo.dagster_dev import DagsterDev
from txplatform.demo.messages import Kind, Message
from txplatform.demo.queues import InboundQueues
from txplatform.demo.records import RecordMaker
from txplatform.demo.wire import to_json
from txplatform.errors import QueryError
from txplatform.local_platform import start_platform
from txplatform.settings import Settings
from txplatform.warehouse.athena import Athena
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import progress

_ENTITIES = ("payments", "customers", "trades")
_RATES = (20, 80)  # messages a second, of all entities together
_MOST_SECONDS = {20: {50: 5, 95: 10}, 80: {95: 15}}  # by percentile
_SENDING_SECONDS = {Size.SMALL: 3, Size.FULL: 300}
_TURN_SECONDS = 0.5  # of the sender
_POLL_SECONDS = 1.0
_START_SECONDS, _ARRIVAL_SECONDS = 240, 180
_LOOK_BACK = timedelta(minutes=2)
SETTINGS = {
    size: f"{' and '.join(map(str, _RATES))} messages/s, {_SENDING_SECONDS[size]} s each, over three entities."
    for size in Size
}


def measure(size: Size) -> Iterator[Figure]:
    """Send at each rate, wait until everything is in the views, and tell how long each message took."""
    with tempfile.TemporaryDirectory(prefix="bench-freshness-") as folder, _platform(Path(folder)) as clients:
        views = _Views(Athena(clients))
        views.wait_until_there()
        records = RecordMaker(7)
        for rate in _RATES:
            yield from _measured(clients, views, records, rate, _SENDING_SECONDS[size])


def _measured(clients: AwsClients, views: "_Views", records: RecordMaker, rate: int, seconds: int) -> Iterator[Figure]:
    progress(f"sending {rate} messages/s for {seconds} s")
    sent: dict[str, float] = {}
    took: list[float] = []
    sending: list[float] = []
    began, since = time.monotonic(), utc_now()
    sender = threading.Thread(target=_send, args=(clients, records, rate, seconds, sent, sending))
    sender.start()
    while (sender.is_alive() or sent) and time.monotonic() - began < seconds + _ARRIVAL_SECONDS:
        asked = time.monotonic()
        recently = max(since, utc_now() - _LOOK_BACK) if sender.is_alive() else since
        arrived = [identity for identity in views.taken_in(recently) if identity in sent]
        now = time.monotonic()
        took += [now - sent.pop(identity) for identity in arrived]
        time.sleep(max(asked + _POLL_SECONDS - time.monotonic(), 0))
    sender.join()
    shares = quantiles(took, n=100, method="inclusive")
    most = _MOST_SECONDS[rate]
    for percent in (50, 95):
        yield Figure(f"{rate}/s: {percent} in 100 within", shares[percent - 1], "s", most=most.get(percent))
    yield Figure(f"{rate}/s: the longest", max(took), "s")
    yield Figure(f"{rate}/s: sent a second", len(took) / sending[0], least=0.95 * rate)
    yield Figure(f"{rate}/s: messages that did not arrive", rate * seconds - len(took), most=0, exact=True)


def _send(
    clients: AwsClients, records: RecordMaker, rate: int, seconds: int, sent: dict[str, float], sending: list[float]
) -> None:
    """Send `rate` messages a second, in turns.

    `sent` gets the moment before each was given to its queue, `sending` how long all of it took.
    """
    queues = InboundQueues(clients, _ENTITIES)
    began = time.monotonic()
    for turn in range(int(seconds / _TURN_SECONDS)):
        count = int(rate * _TURN_SECONDS)
        messages = [_message(records, _ENTITIES[place % len(_ENTITIES)]) for place in range(count)]
        moment = time.monotonic()
        sent |= {_identity(message): moment for message in messages}
        queues.send(sorted(messages, key=lambda message: message.entity))
        time.sleep(max(began + (turn + 1) * _TURN_SECONDS - time.monotonic(), 0))
    sending.append(time.monotonic() - began)


def _message(records: RecordMaker, entity: str) -> Message:
    now = utc_now()
    record = {
        "payments": lambda: records.payment("cus_00001", now),
        "customers": lambda: records.customer(now),
        "trades": lambda: records.trade(now),
    }[entity]()
    return Message(entity, Kind.NEW, to_json(record), record=record)


@cache
def _key(entity: str) -> tuple[str, ...]:
    return load_contracts()[entity].key


def _identity(message: Message) -> str:
    assert message.record is not None
    return "/".join([message.entity, *(str(message.record[name]) for name in _key(message.entity))])


class _Views:
    """The current views of the entities, asked for what is in them."""

    def __init__(self, athena: Athena) -> None:
        self._athena = athena
        keys = {entity: " || '/' || ".join(_key(entity)) for entity in _ENTITIES}
        self._sql = " UNION ALL ".join(
            f"SELECT '{entity}/' || {key} AS identity FROM {entity} WHERE _ingested_at >= TIMESTAMP '{{since}}'"
            for entity, key in keys.items()
        )

    def taken_in(self, since: datetime) -> set[str]:
        """What was taken in since then, each as its entity and its key."""
        text = timestamp_text(since).replace("T", " ").removesuffix("Z")
        return set(self._athena.arrow(self._sql.format(since=text))["identity"].to_pylist())

    def wait_until_there(self) -> None:
        """Wait until Dagster has made the views."""
        progress("waiting for the views")
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.taken_in(utc_now())
            except QueryError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_POLL_SECONDS)
            else:
                return


@contextmanager
def _platform(folder: Path) -> Iterator[AwsClients]:
    """Run the platform and Dagster for the block, under an environment that names them alone."""
    stack = start_platform(folder, progress=progress)
    try:
        with _environment(stack.environment):
            dagster = DagsterDev.start(folder, stack.environment)
            try:
                dagster.wait_ready(_START_SECONDS)
                yield AwsClients(Settings.from_env(stack.environment))
                dagster.check()
            finally:
                dagster.stop()
    finally:
        stack.stop()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    try:
        for name in [name for name in os.environ if name.startswith(("AWS_", "TXP_"))]:
            del os.environ[name]
        os.environ.update(variables)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
