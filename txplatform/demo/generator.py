"""Makes the demo's input from one seed: byte for byte the same files all day, the same messages all hour (UTC)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from txplatform.contracts.model import Contract
from txplatform.demo.expected import Expected, expect
from txplatform.demo.files import History, history
from txplatform.demo.messages import Message, identity
from txplatform.demo.records import Record, RecordMaker
from txplatform.demo.stream import MessageMaker


@dataclass(frozen=True, slots=True)
class Workload:
    """Everything the demo sends, and what must come out of it."""

    history: History
    messages: tuple[Message, ...]
    expected: Expected


def generate(contracts: Mapping[str, Contract], now: datetime, *, seed: int, messages: int, days: int) -> Workload:
    """Make the files of the `days` days before `now` and a stream of so many messages up to its full hour (UTC)."""
    maker = RecordMaker(seed)
    files = history(maker, contracts, now.date(), days)
    full_hour = now.replace(minute=0, second=0, microsecond=0)
    stream = MessageMaker(maker, full_hour, _known(files)).stream(messages)
    return Workload(files, tuple(stream), expect(files, stream))


def _known(files: History) -> dict[str, list[Record]]:
    """Records that messages may change: the newest version of each, except those of the day that is delivered again."""
    known: dict[str, dict[tuple[str, ...], Record]] = {"customers": {}, "payments": {}, "trades": {}}
    for file in files.files:
        if (file.entity, file.day) != (files.redelivered.entity, files.redelivered.day):
            for record in file.records:
                known[file.entity][identity(file.entity, record)] = record
    return {entity: list(records.values()) for entity, records in known.items()}
